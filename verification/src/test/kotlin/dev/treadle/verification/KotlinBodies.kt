@file:JvmName("KotlinBodies")

package dev.treadle.verification

import dev.treadle.DuplexGenerator
import dev.treadle.Generator
import dev.treadle.Yielder

// Generators as they are written in Kotlin. Each yields 10 and 20, and notes "last" at the end,
// however it comes.

fun lambda(log: MutableList<String>): Generator<Int> = Generator.of { y ->
    try {
        y.yield(10)
        y.yield(20)
    } finally {
        log.add("last")
    }
}

fun lambdaThatChangesALocal(log: MutableList<String>): Generator<Int> {
    var next = 10
    return Generator.of { y ->
        try {
            while (next <= 20) {
                y.yield(next)
                next += 10
            }
        } finally {
            log.add("last")
        }
    }
}

fun lambdaThatDelegates(log: MutableList<String>): Generator<Int> = Generator.of { y ->
    y.yieldFrom(lambda(log))
}

/** An interface of bodies that is Kotlin's own. */
fun interface KotlinBody : Generator.Body<Int>

fun ofOwnInterface(log: MutableList<String>): Generator<Int> = Generator.of(
    KotlinBody { y ->
        try {
            y.yield(10)
            y.yield(20)
        } finally {
            log.add("last")
        }
    },
)

fun functionReference(log: MutableList<String>): Generator<Int> {
    fun numbers(y: Yielder<Int, Void?>) {
        try {
            y.yield(10)
            y.yield(20)
        } finally {
            log.add("last")
        }
    }
    return Generator.of(::numbers)
}

private class Numbers(private val log: MutableList<String>) {
    fun ofAnybody(y: Yielder<Int, Void?>) {
        ofItsOwn(y)
    }

    private fun ofItsOwn(y: Yielder<Int, Void?>) {
        try {
            y.yield(10)
            y.yield(20)
        } finally {
            log.add("last")
        }
    }

    fun all(): Generator<Int> = Generator.of(this::ofItsOwn)
}

fun referenceToAPrivateMethod(log: MutableList<String>): Generator<Int> = Numbers(log).all()

fun referenceToAPublicMethod(log: MutableList<String>): Generator<Int> =
    Generator.of(Numbers(log)::ofAnybody)

fun objectExpression(log: MutableList<String>): Generator<Int> = Generator.of(
    object : Generator.Body<Int> {
        override fun run(y: Yielder<Int, Void?>) {
            try {
                y.yield(10)
                y.yield(20)
            } finally {
                log.add("last")
            }
        }
    },
)

fun functionValue(log: MutableList<String>): Generator<Int> {
    val body: (Yielder<Int, Void?>) -> Unit = { y ->
        try {
            y.yield(10)
            y.yield(20)
        } finally {
            log.add("last")
        }
    }
    return Generator.of(body)
}

/** Yields what was sent, or thrown in, and returns how often. */
fun duplex(log: MutableList<String>): DuplexGenerator<String, Int, Int> = DuplexGenerator.of { y ->
    var count = 0
    var answer = "first"
    try {
        while (count < 3) {
            answer = try {
                "sent ${y.yield(answer)}"
            } catch (e: IllegalStateException) {
                "caught ${e.message}"
            }
            count++
        }
    } finally {
        log.add("last after $count")
    }
    count
}
