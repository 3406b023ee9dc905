package dev.treadle.examples.crawler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    @Test
    void nothingMeansTheEmbeddedSite() throws Exception {
        Options options = Options.parse(List.of());

        assertThat(options)
                .isEqualTo(
                        new Options(
                                null,
                                40,
                                40,
                                Duration.ofMillis(600),
                                1000,
                                2,
                                Duration.ofMillis(100),
                                42,
                                1.0,
                                null,
                                null));
    }

    @Test
    void anotherSiteIsTreatedWithMoreCare() throws Exception {
        Options options = Options.parse(List.of("http://Example.org"));

        assertThat(options.start()).isEqualTo(URI.create("http://example.org/"));
        assertThat(options.perHost()).isEqualTo(8);
        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void everyOptionIsHeard() throws Exception {
        Options options =
                Options.parse(
                        List.of(
                                ("--workers 50 --per-host 20 --timeout 2s http://h/ --max-pages 7 --retries 0 --backoff 1m --seed -3"
                                                + " --latency 0.5 --metrics-port 9090 --stall 6s")
                                        .split(" ")));

        assertThat(options)
                .isEqualTo(
                        new Options(
                                URI.create("http://h/"),
                                50,
                                20,
                                Duration.ofSeconds(2),
                                7,
                                0,
                                Duration.ofMinutes(1),
                                -3,
                                0.5,
                                9090,
                                Duration.ofSeconds(6)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --wrkers 3         | unknown option --wrkers
                    --workers          | --workers needs a value
                    --workers 0        | --workers needs a whole number of at least 1, not 0
                    --workers many     | --workers needs a whole number of at least 1, not many
                    --retries -1       | --retries needs a whole number of at least 0, not -1
                    --timeout 2        | --timeout needs a time such as 750ms, 2s or 1m, not 2
                    --timeout 0s       | --timeout needs a time such as 750ms, 2s or 1m, not 0s
                    --seed x           | --seed needs a whole number, not x
                    --latency -1       | --latency needs a number from 0 to 1000, not -1
                    --latency x        | --latency needs a number from 0 to 1000, not x
                    --metrics-port x   | --metrics-port needs a whole number of at least 0, not x
                    --metrics-port 1e5 | --metrics-port needs a whole number of at least 0, not 1e5
                    --metrics-port 70000 | --metrics-port needs a port from 0 to 65535, not 70000
                    http://a/ http://b | one URL is enough: http://b
                    example.org        | not a URL of the form http://host/ or https://host/: example.org
                    ftp://example.org  | not a URL of the form http://host/ or https://host/: ftp://example.org
                    http://h:99999     | not a URL of the form http://host/ or https://host/: http://h:99999
                    http://[::1        | not a URL: http://[::1 (Expected closing bracket for IPv6 address)
                    """)
    void nonsenseIsNamed(String arguments, String complaint) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> Options.parse(List.of(arguments.split(" "))))
                .withMessage(complaint);
    }
}
