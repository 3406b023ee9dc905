package dev.treadle.scheduler.test;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.treadle.Async;
import dev.treadle.Awaitable;
import dev.treadle.TaskGroup;
import dev.treadle.sync.Lock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The example of docs/testing.md: a race, its report, its replay and its repair.
@NullUnmarked
class ShopTest {

    static class Shop {
        int left = 1;
        int sold = 0;

        void sell() {
            if (left > 0) {
                audit().await(); // somebody else may sell meanwhile
                left--;
                sold++;
            }
        }

        Awaitable<@Nullable Void> audit() {
            return Async.sleep(ofMillis(10));
        }
    }

    static class RepairedShop extends Shop {
        private final Lock lock = new Lock();

        @Override
        void sell() {
            try (var _ = lock.acquire().await()) {
                super.sell();
            }
        }
    }

    private static void sellTwice(Shop shop) {
        TaskGroup.run(
                        g -> {
                            g.createTask(shop::sell);
                            g.createTask(() -> {
                                Async.sleep(ofMillis(10)).await();
                                shop.sell();
                            });
                        })
                .await();
        assertThat(shop.sold).isEqualTo(1);
    }

    @Test
    void theRaceIsFoundAndItsTokenRepeatsIt() {
        Exploration random = Exploration.defaults().withStrategies(Strategy.RANDOM);
        Scenario scenario = _ -> sellTwice(new Shop());

        SimulationFailure failure = random.find(scenario).orElseThrow();

        assertThat(failure).hasMessageContaining("treadle replay " + failure.token());
        assertThatExceptionOfType(SimulationFailure.class)
                .isThrownBy(() -> random.replay(failure.token(), scenario))
                .withMessageContaining("expected: 1\n but was: 2");
    }

    @Test
    void theReportIsTheOneThatTheDocumentationShows() throws IOException {
        SimulationFailure failure =
                Exploration.defaults()
                        .withStrategies(Strategy.RANDOM)
                        .find(_ -> sellTwice(new Shop()))
                        .orElseThrow();
        String report = squeezed(failure.getMessage());
        String page = Files.readString(Path.of("..", "docs", "testing.md"));

        List<String> shown =
                Arrays.stream(page.split("```"))
                        .filter(block -> block.strip().startsWith("expected: 1"))
                        .flatMap(String::lines)
                        .map(line -> squeezed(line.replaceFirst("….*", "")))
                        .filter(line -> !line.isEmpty())
                        .toList();
        assertThat(shown)
                .hasSizeGreaterThan(10)
                .allSatisfy(line -> assertThat(report).contains(line));
        assertThat(page).contains("@Replay(\"" + failure.token() + "\")");
    }

    private static String squeezed(String text) {
        return text.strip().replaceAll("Shop(Test.java)?:\\d+", "Shop").replaceAll("\\s+", " ");
    }

    @Test
    void theOrderOfTheLoopHidesIt() {
        Exploration fifo = Exploration.defaults().withStrategies(Strategy.FIFO);

        assertThat(fifo.find(_ -> sellTwice(new Shop()))).isEmpty();
    }

    @TreadleTest
    void theRepairedShopSellsNoMoreThanItHas() {
        sellTwice(new RepairedShop());
    }
}
