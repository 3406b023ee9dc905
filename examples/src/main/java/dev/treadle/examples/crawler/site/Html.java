package dev.treadle.examples.crawler.site;

import java.util.List;
import java.util.stream.Collectors;

/// Pieces of HTML.
final class Html {
    private Html() {}

    static String page(String title, String body) {
        return """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>%s</title></head>
        <body>
        <nav><a href="/">Treadle</a> | <a href="/docs/">Documents</a> | <a href="/api/">API</a> | <a href="/words/">Words</a></nav>
        <h1>%s</h1>
        %s
        </body>
        </html>
        """
                .formatted(escape(title), escape(title), body);
    }

    static String link(String target, String text) {
        return "<a href=\"" + escape(target) + "\">" + escape(text) + "</a>";
    }

    static String list(List<String> items) {
        return items.stream()
                .collect(Collectors.joining("</li>\n<li>", "<ul>\n<li>", "</li>\n</ul>\n"));
    }

    /// A heading and a list; nothing at all if there is nothing to list.
    static String section(String heading, List<String> items) {
        return items.isEmpty() ? "" : "<h2>" + escape(heading) + "</h2>\n" + list(items);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
