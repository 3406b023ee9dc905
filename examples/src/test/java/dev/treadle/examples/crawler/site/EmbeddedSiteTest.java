package dev.treadle.examples.crawler.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddedSiteTest {

    @Test
    void thePagesAreTheSameEachTime() {
        Map<String, byte[]> first = Pages.all();
        Map<String, byte[]> second = Pages.all();

        assertThat(second.keySet()).isEqualTo(first.keySet());
        assertThat(first).allSatisfy((path, page) -> assertThat(second.get(path)).isEqualTo(page));
    }

    @Test
    void theApiHasAPageForEachTypeAndMethodName() {
        Map<String, byte[]> pages = Pages.all();

        assertThat(pages)
                .containsKeys(
                        "/",
                        "/docs/",
                        "/api/",
                        "/api/dev.treadle.sync/",
                        "/api/dev.treadle/Async.html",
                        "/api/dev.treadle/Async/gather.html",
                        "/api/dev.treadle/Coroutine.Body.html",
                        "/words/g.html")
                .doesNotContainKeys(
                        "/api/dev.treadle/Waiting.html", "/api/dev.treadle/Async/toString.html");
        assertThat(
                        new String(
                                pages.get("/api/dev.treadle/Async/gather.html"),
                                StandardCharsets.UTF_8))
                .contains("<a href=\"/api/dev.treadle/Future.html\">Future</a>&lt;");
    }

    @Test
    void documentsLinkToDocumentsOnly() {
        String html =
                Markdown.toHtml(
                        """
                        # A title

                        See [the other](other.md), [the source](Source.java) and `code <here>`.

                        - one
                        - two
                        ```java
                        a < b
                        ```
                        """,
                        target -> target.equals("other.md") ? "/docs/other.html" : null);

        assertThat(html)
                .isEqualTo(
                        """
                        <h1>A title</h1>
                        <p>
                        See <a href="/docs/other.html">the other</a>, the source and <code>code &lt;here&gt;</code>.
                        </p>
                        <ul>
                        <li>one
                        <li>two
                        </ul>
                        <pre>
                        a &lt; b
                        </pre>
                        """);
    }
}
