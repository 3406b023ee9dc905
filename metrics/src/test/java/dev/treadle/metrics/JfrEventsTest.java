package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a recording of Flight Recorder has of a loop. Its clock is a real one, whatever ours is.
@Tag("realtime")
class JfrEventsTest {
    @TempDir private Path folder;
    private final Recording recording = new Recording();
    private final LoopOnVirtualTime on = new LoopOnVirtualTime("recorded");

    @BeforeEach
    void start() {
        recording.start();
    }

    @AfterEach
    void close() {
        on.close();
        recording.close();
    }

    private List<RecordedEvent> events(String name) throws IOException {
        recording.stop();
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .filter(event -> event.getString("loop").equals("recorded"))
                .toList();
    }

    private static List<EventType> eventTypes() {
        return Arrays.stream(JfrEvents.class.getDeclaredClasses())
                .filter(Event.class::isAssignableFrom)
                .map(type -> EventType.getEventType(type.asSubclass(Event.class)))
                .toList();
    }

    private static void block(Duration time) {
        try {
            boolean released = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(released).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void showsAStallWhileItLasts() throws IOException {
        on.runOnLoop(() -> {
            on.look();
            on.passWatched(Duration.ofMillis(300));
        });

        assertThat(events("treadle.LoopStall"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("cause")).isEqualTo("code");
                    assertThat(event.getString("running")).isEqualTo("a callback");
                    assertThat(event.getString("stack")).contains("JfrEventsTest");
                    assertThat(event.getDuration("soFar")).isEqualTo(Duration.ofMillis(100));
                });
    }

    @Test
    void showsHowLongItWas() throws IOException {
        on.runOnLoop(() -> {
            on.look();
            block(Duration.ofMillis(120));
            on.passWatched(Duration.ofMillis(300));
        });
        on.runOnLoop(on::look); // sees that it is over

        assertThat(events("treadle.LoopBlocked"))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.getDuration()).isGreaterThan(Duration.ofMillis(119)));
    }

    @Test
    void leavesOutWhatIsShorterThanTheThreshold() throws IOException {
        assertThat(eventTypes())
                .filteredOn(type -> type.getName().equals("treadle.LoopBlocked"))
                .flatExtracting(EventType::getSettingDescriptors)
                .filteredOn(setting -> setting.getName().equals("threshold"))
                .extracting(SettingDescriptor::getDefaultValue)
                .containsExactly("100 ms");
        // A machine that is busy elsewhere could make it longer than that.
        recording.enable("treadle.LoopBlocked").withThreshold(Duration.ofMinutes(1));
        on.runOnLoop(() -> {
            on.look();
            on.passWatched(Duration.ofMillis(300)); // on the virtual clock only
        });
        on.runOnLoop(on::look);

        assertThat(events("treadle.LoopBlocked")).isEmpty();
    }

    @Test
    void showsStepsOfTasksThatTakeLong() throws IOException {
        on.loop.runUntilComplete(
                Coroutine.of(() -> {
                    for (int i = 1; i <= 100; i++) {
                        if (i == 65) { // begins with the 64th time that the task is ready again
                            block(Duration.ofMillis(30));
                        }
                        Async.yieldNow().await();
                    }
                }));

        assertThat(events("treadle.SlowStep"))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.getDuration()).isGreaterThan(Duration.ofMillis(29)));
    }

    @Test
    void showsWhatIsRefused() throws IOException {
        on.loop.runUntilComplete(on.loop.shutdownOffload(Duration.ZERO));
        on.runOnLoop(() -> {
            try {
                on.loop.offload(() -> "too late");
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("takes no more blocking work");
            }
            on.look();
        });

        assertThat(events("treadle.Rejected"))
                .singleElement()
                .satisfies(event -> assertThat(event.getLong("count")).isEqualTo(1));
        assertThat(on.count("treadle.loop.rejected", "reason", "closed")).isEqualTo(1);
    }

    @Test
    void showsTimersThatAreLate() throws IOException {
        on.runOnLoop(() -> {
            for (int i = 0; i < 128; i++) { // two of which are measured
                on.loop.callLater(Duration.ofMillis(i < 64 ? 100 : 145), () -> {});
            }
        });
        on.runOnLoop(() -> on.pass(Duration.ofMillis(150)));

        assertThat(events("treadle.TimerLate")) // the other is five milliseconds late
                .singleElement()
                .satisfies(event ->
                        assertThat(event.getDuration("late")).isEqualTo(Duration.ofMillis(50)));
    }

    @Test
    void showsFailuresThatNobodyHandles() throws IOException {
        on.loop.exceptionHandler((_, _) -> {});
        on.runOnLoop(() -> {
            throw new IllegalStateException("as planned");
        });
        on.look();
        on.look();

        assertThat(events("treadle.Unhandled"))
                .singleElement()
                .satisfies(event -> assertThat(event.getLong("count")).isEqualTo(1));
    }

    @Test
    void showsHowTheLoopIs() throws IOException {
        recording.enable("treadle.LoopStatistics").with("period", "endChunk");
        on.loop.runUntilComplete(Coroutine.of(() -> Async.yieldNow().await()));
        on.loop.callSoon(() -> {});

        assertThat(events("treadle.LoopStatistics"))
                .last()
                .satisfies(event -> {
                    assertThat(event.getBoolean("running")).isFalse();
                    assertThat(event.getLong("ready")).isEqualTo(1);
                    assertThat(event.getLong("steps")).isEqualTo(2);
                    assertThat(event.getLong("spawned")).isEqualTo(1);
                    assertThat(event.getLong("live")).isZero();
                });
    }

    @Test
    void tellsNothingOfALoopThatIsBoundNoMore() throws IOException {
        recording.enable("treadle.LoopStatistics").with("period", "endChunk");
        on.metrics.close();

        assertThat(events("treadle.LoopStatistics")).isEmpty();
    }

    @Test
    void showsWhatBecameOfALoopsTasks() throws IOException {
        on.loop.exceptionHandler((_, _) -> {});
        on.loop.runUntilComplete(Coroutine.of(() -> "done"));
        on.loop.createTask(Coroutine.of(() -> "never begun"));
        on.loop.close();
        on.look(); // as nobody has told of it

        assertThat(events("treadle.LoopClosed"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getLong("spawned")).isEqualTo(2);
                    assertThat(event.getLong("cancelled")).isEqualTo(1);
                });
    }

    @Test
    void haveSettingsThatAreShipped() throws IOException, ParseException {
        Configuration shipped = Configuration.create(Shipped.RECORDING.path());

        List<EventType> known = eventTypes();
        Map<String, Set<String>> settings = new TreeMap<>();
        shipped.getSettings()
                .keySet()
                .forEach(key -> {
                    int sharp = key.indexOf('#');
                    settings.computeIfAbsent(key.substring(0, sharp), _ -> new TreeSet<>())
                            .add(key.substring(sharp + 1));
                });
        assertThat(settings.keySet())
                .filteredOn(name -> name.startsWith("treadle."))
                .containsExactlyInAnyOrderElementsOf(
                        known.stream().map(EventType::getName).toList());
        for (EventType type : known) {
            assertThat(type.getSettingDescriptors())
                    .as("settings of %s", type.getName())
                    .extracting(SettingDescriptor::getName)
                    .containsAll(settings.getOrDefault(type.getName(), Set.of()));
        }
    }
}
