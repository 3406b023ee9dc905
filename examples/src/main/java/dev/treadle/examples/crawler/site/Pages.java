package dev.treadle.examples.crawler.site;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All pages of the site.
final class Pages {
    private Pages() {}

    /// Makes the pages; the same ones each time.
    ///
    /// @return what each path answers with
    static Map<String, byte[]> all() {
        Map<String, String> texts = new TreeMap<>();
        texts.putAll(new DocPages().pages());
        texts.putAll(new ApiPages().pages());
        texts.put("/", home());
        texts.put(
                Faults.PAGE,
                Html.page("Faults", "<p>Every site has some; these are here on purpose.</p>"));
        texts.put(
                Faults.BUSY,
                Html.page("Busy", "<p>This page is not there at the first request.</p>"));
        texts.put(
                "/faults/behind.html",
                Html.page("Behind", "<p>Only the malformed page leads here.</p>"));
        texts.replaceAll(Pages::withFaults);

        Map<String, byte[]> pages = new TreeMap<>();
        texts.forEach((path, text) -> pages.put(path, text.getBytes(StandardCharsets.UTF_8)));
        pages.put(Faults.MALFORMED, malformed());
        return pages;
    }

    private static String home() {
        return Html.page(
                "Treadle",
                "<p>Python's generators and asyncio, for Java.</p>\n"
                        + Html.list(
                                List.of(
                                        Html.link("/docs/", "Documents"),
                                        Html.link("/api/", "API"),
                                        Html.link("/words/", "Words of the API"),
                                        Html.link(Faults.PAGE, "Faults"))));
    }

    private static String withFaults(String path, String page) {
        List<String> links = new ArrayList<>();
        Faults.linkedFrom(path).forEach(fault -> links.add(Html.link(fault.path(), fault.path())));
        return page.replace("</body>", Html.section("Loose ends", links) + "</body>");
    }

    /// Bytes that are not UTF-8 although the page says so, an address that is none, a quote that
    /// never ends.
    private static byte[] malformed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                "<!DOCTYPE html><meta charset=utf-8><title>Malformed</title><p>caf"
                        .getBytes(StandardCharsets.UTF_8));
        bytes.write(0xE9); // an e with an acute accent, in Latin-1
        bytes.writeBytes(
                "<a href=/faults/behind.html>on</a><a href='http://[::1/'>off</a><b><i></b><a href=\"/never"
                        .getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }
}
