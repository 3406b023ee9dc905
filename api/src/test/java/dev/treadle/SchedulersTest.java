package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.treadle.spi.SchedulerProvider;
import dev.treadle.spi.SchedulerScope;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules by which one of the schedulers that were found is chosen.
class SchedulersTest {

    private static final SchedulerProvider RED = new FakeScheduler.Red();
    private static final SchedulerProvider BLUE = new FakeScheduler.Blue();
    private static final SchedulerProvider SHY = new FakeScheduler.Shy();
    private static final SchedulerProvider OTHER_BLUE = new FakeScheduler.OtherBlue();
    private static final String PLACE =
            FakeScheduler.class.getProtectionDomain().getCodeSource().getLocation().toString();
    private static final String RED_TEXT =
            "\"red\" (dev.treadle.FakeScheduler$Red from " + PLACE + ")";
    private static final String BLUE_TEXT =
            "\"blue\" (dev.treadle.FakeScheduler$Blue from " + PLACE + ")";
    private static final String OTHER_BLUE_TEXT =
            "\"blue\" (dev.treadle.FakeScheduler$OtherBlue from " + PLACE + ")";

    @Test
    void theOnlyOneIsTaken() {
        assertThat(Schedulers.choose(List.of(RED), null, null)).isSameAs(RED);
    }

    @Test
    void withoutAnyTheMessageNamesTheArtifactToAdd() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Schedulers.choose(List.of(), null, null))
                .withMessage(
                        "no scheduler found: add dev.treadle:treadle-scheduler-single, or another"
                                + " artifact that provides dev.treadle.spi.SchedulerProvider, to"
                                + " the class path or module path");
    }

    @Test
    void withoutAnyAChoiceDoesNotHelp() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Schedulers.choose(List.of(), "red", "blue"))
                .withMessageStartingWith("no scheduler found: add");
    }

    @Test
    void severalWithoutAChoiceAreListedWithTheirPlacesAndTheWaysToChoose() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Schedulers.choose(List.of(RED, BLUE), null, null))
                .withMessage(
                        "several schedulers found: "
                                + RED_TEXT
                                + ", "
                                + BLUE_TEXT
                                + "; keep one of them, or choose with -Dtreadle.scheduler=NAME or"
                                + " LoopConfig.withScheduler(NAME)");
    }

    @Test
    void oneThatStandsBackIsPassedOverForAnother() {
        assertThat(Schedulers.choose(List.of(SHY, RED), null, null)).isSameAs(RED);
    }

    @Test
    void oneThatStandsBackIsTakenIfThereIsNoOther() {
        assertThat(Schedulers.choose(List.of(SHY), null, null)).isSameAs(SHY);
    }

    @Test
    void oneThatStandsBackIsTakenByItsName() {
        assertThat(Schedulers.choose(List.of(RED, SHY), "shy", null)).isSameAs(SHY);
        assertThat(Schedulers.choose(List.of(RED, SHY), null, "shy")).isSameAs(SHY);
    }

    @Test
    void theMessageAboutSeveralLeavesOutWhoStandsBack() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Schedulers.choose(List.of(RED, SHY, BLUE), null, null))
                .withMessageStartingWith(
                        "several schedulers found: " + RED_TEXT + ", " + BLUE_TEXT + ";");
    }

    @Test
    void oneThatIsBoundMakesTheLoopsWhateverIsChosen() {
        EventLoop loop =
                SchedulerScope.call(
                        RED,
                        () -> EventLoop.create(LoopConfig.defaults().withScheduler("unknown")));

        assertThat(loop.scheduler()).isEqualTo("red");
        assertThat(SchedulerScope.current()).isNull();
    }

    @Test
    void thePropertyDecides() {
        assertThat(Schedulers.choose(List.of(RED, BLUE), null, "blue")).isSameAs(BLUE);
    }

    @Test
    void theConfigurationDecides() {
        assertThat(Schedulers.choose(List.of(RED, BLUE), "red", null)).isSameAs(RED);
    }

    @Test
    void theConfigurationGoesBeforeTheProperty() {
        assertThat(Schedulers.choose(List.of(RED, BLUE), "red", "blue")).isSameAs(RED);
    }

    @Test
    void anUnknownNameIsAnErrorEvenIfThereIsOnlyOne() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Schedulers.choose(List.of(RED), null, "green"))
                .withMessage(
                        "no scheduler is named \"green\" (from -Dtreadle.scheduler); found: "
                                + RED_TEXT);
        assertThatIllegalStateException()
                .isThrownBy(() -> Schedulers.choose(List.of(RED, BLUE), "green", "red"))
                .withMessage(
                        "no scheduler is named \"green\" (from LoopConfig.withScheduler); found: "
                                + RED_TEXT
                                + ", "
                                + BLUE_TEXT);
    }

    @Test
    void aNameThatTwoBearIsAnError() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Schedulers.choose(List.of(BLUE, RED, OTHER_BLUE), null, "blue"))
                .withMessage(
                        "several schedulers are named \"blue\": "
                                + BLUE_TEXT
                                + ", "
                                + OTHER_BLUE_TEXT
                                + "; keep one of them");
    }
}
