package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Which carriers a loop gets, by what is open and what was asked for.
@NullUnmarked
class CarrierChoiceTest {

    @Test
    void aStockJvmGetsJdkCarriers() {
        assertThat(CarrierChoice.choose(null, null, "loop").name()).isEqualTo("baton");
    }

    @Test
    void anOpenJvmGetsMountedCarriersUnlessAskedOtherwise() {
        String asStarted = System.getProperty("treadle.test.carriers");

        assertThat(CarrierChoice.newCarriers("loop").name()).isEqualTo(asStarted);
        assertThat(CarrierChoice.choose("baton", VirtualThreads.find(), "loop").name())
                .isEqualTo("baton");
    }

    @Test
    void askingForMountedCarriersThatAreNotThereNamesTheFlag() {
        assertThatIllegalStateException()
                .isThrownBy(() -> CarrierChoice.choose("mounted", null, "loop"))
                .withMessage(
                        "-Dtreadle.carriers=mounted needs the JVM option --add-opens java.base/java.lang=ALL-UNNAMED");
    }

    @Test
    void askingForUnknownCarriersNamesTheChoice() {
        assertThatIllegalStateException()
                .isThrownBy(() -> CarrierChoice.choose("magic", null, "loop"))
                .withMessage("-Dtreadle.carriers=magic: must be mounted or baton");
    }
}
