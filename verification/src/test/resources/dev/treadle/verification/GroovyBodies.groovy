import dev.treadle.DuplexGenerator
import dev.treadle.Generator
import dev.treadle.Yielder
import groovy.transform.CompileStatic

// Generators as they are written in Groovy. Each yields 10 and 20, and notes "last" at the end,
// however it comes.

class DynamicBodies {
    static Generator<Integer> coercedClosure(List<String> log) {
        def body = { y ->
            try {
                y.yield(10)
                y.yield(20)
            } finally {
                log << 'last'
            }
        }
        Generator.of(body as Generator.Body)
    }

    static Generator<Integer> closure(List<String> log) {
        Generator.of { Yielder y ->
            try {
                y.yield(10)
                y.yield(20)
            } finally {
                log << 'last'
            }
        }
    }

    static Generator<Integer> anonymousClass(List<String> log) {
        Generator.of(new Generator.Body<Integer>() {
            void run(Yielder<Integer, Void> y) {
                try {
                    y.yield(10)
                    y.yield(20)
                } finally {
                    log << 'last'
                }
            }
        })
    }

    static DuplexGenerator<String, Integer, Integer> duplex(List<String> log) {
        def body = { y ->
            int count = 0
            String answer = 'first'
            try {
                while (count < 3) {
                    try {
                        answer = 'sent ' + y.yield(answer)
                    } catch (IllegalStateException e) {
                        answer = 'caught ' + e.message
                    }
                    count++
                }
            } finally {
                log << ('last after ' + count)
            }
            count
        }
        DuplexGenerator.of(body as DuplexGenerator.Body)
    }
}

@CompileStatic
class StaticBodies {
    static Generator<Integer> closure(List<String> log) {
        Generator.<Integer>of { Yielder<Integer, Void> y ->
            try {
                y.yield(10)
                y.yield(20)
            } finally {
                log << 'last'
            }
        }
    }

    static Generator<Integer> lambda(List<String> log) {
        Generator.Body<Integer> body = (Yielder<Integer, Void> y) -> {
            try {
                y.yield(10)
                y.yield(20)
            } finally {
                log << 'last'
            }
        }
        Generator.of(body)
    }

    static Generator<Integer> anonymousClass(List<String> log) {
        Generator.of(new Generator.Body<Integer>() {
            void run(Yielder<Integer, Void> y) {
                try {
                    y.yield(10)
                    y.yield(20)
                } finally {
                    log << 'last'
                }
            }
        })
    }

    static Generator<Integer> ownClass(List<String> log) {
        Generator.of(new Numbers(log))
    }

    static DuplexGenerator<String, Integer, Integer> duplex(List<String> log) {
        DuplexGenerator.of(new DuplexGenerator.Body<String, Integer, Integer>() {
            Integer run(Yielder<String, Integer> y) {
                int count = 0
                String answer = 'first'
                try {
                    while (count < 3) {
                        try {
                            answer = 'sent ' + y.yield(answer)
                        } catch (IllegalStateException e) {
                            answer = 'caught ' + e.message
                        }
                        count++
                    }
                } finally {
                    log << ('last after ' + count)
                }
                count
            }
        })
    }
}

@CompileStatic
class Numbers implements Generator.Body<Integer> {
    private final List<String> log

    Numbers(List<String> log) {
        this.log = log
    }

    void run(Yielder<Integer, Void> y) {
        try {
            y.yield(10)
            y.yield(20)
        } finally {
            log.add('last')
        }
    }
}
