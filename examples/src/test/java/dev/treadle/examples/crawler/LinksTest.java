package dev.treadle.examples.crawler;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinksTest {
    private static final URI PAGE = URI.create("http://host/a/b.html?x=1");
    private static final String UTF_8 = "text/html; charset=utf-8";

    private static Links of(String html) {
        return Links.of(html.getBytes(StandardCharsets.UTF_8), UTF_8, PAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "c.html, http://host/a/c.html",
        "../c.html, http://host/c.html",
        "/c.html#part, http://host/c.html",
        "?x=2, http://host/a/b.html?x=2",
        "//other/c, http://other/c",
        "HTTP://Host:80, http://host/",
        "https://host:443/x, https://host/x",
        "http://host:81/x, http://host:81/x",
        "/%7Ec, http://host/%7Ec",
        "/caf\u00e9, http://host/caf%C3%A9",
    })
    void referencesAreResolvedAndSpelledInOneWay(String reference, URI target) {
        Links links = of("<a href='" + reference + "'>x</a>");

        assertThat(links.targets()).containsExactly(target);
        assertThat(links.problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "#part", "mailto:a@b", "javascript: void(0)", "data:text/plain,x y"})
    void whatLeadsNowhereElseIsNoLink(String reference) {
        Links links = of("<a href='" + reference + "'>x</a>");

        assertThat(links.targets()).isEmpty();
        assertThat(links.problems()).isEmpty();
    }

    @Test
    void eachTargetCountsOnceInTheOrderOfThePage() {
        Links links = of("<a href=b>1</a><map><area href=a></map><a href='b#x'>2</a>");

        assertThat(links.targets())
                .containsExactly(URI.create("http://host/a/b"), URI.create("http://host/a/a"));
    }

    @Test
    void theBaseElementIsHonoured() {
        assertThat(of("<base href='/other/'><a href=x>x</a>").targets())
                .containsExactly(URI.create("http://host/other/x"));
    }

    @Test
    void aBadUrlGetsALineAndTheOthersCount() {
        Links links =
                of(
                        "<a href='http://[::1/'>bad</a><a href='http:///x'>no host</a><a href=good>good</a>");

        assertThat(links.targets()).containsExactly(URI.create("http://host/a/good"));
        assertThat(links.problems())
                .containsExactly(
                        "bad URL: http://[::1/ (Expected closing bracket for IPv6 address)",
                        "bad URL: http:///x (no host, or no such port)");
    }

    @Test
    void bytesThatAreNotTextGetALineAndTheLinksCount() {
        byte[] latin1 = "<p>caf\u00e9 <a href=c>c</a>".getBytes(StandardCharsets.ISO_8859_1);

        Links links = Links.of(latin1, UTF_8, PAGE);

        assertThat(links.targets()).containsExactly(URI.create("http://host/a/c"));
        assertThat(links.problems()).containsExactly("malformed page: its bytes are not UTF-8");
    }

    @Test
    void anUnknownCharsetGetsALine() {
        Links links =
                Links.of(
                        "<a href=c>c</a>".getBytes(StandardCharsets.UTF_8),
                        "text/html; charset=klingon",
                        PAGE);

        assertThat(links.targets()).hasSize(1);
        assertThat(links.problems()).containsExactly("malformed page: no charset is named klingon");
    }
}
