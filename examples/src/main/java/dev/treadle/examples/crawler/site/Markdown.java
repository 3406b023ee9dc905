package dev.treadle.examples.crawler.site;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// As much of Markdown as the project's documents need to be readable: headings, paragraphs, lists,
/// fenced code, links, code words.
///
/// Tables and nested lists come out as plain text.
final class Markdown {
    private static final Pattern HEADING = Pattern.compile("(#{1,6}) +(.*)");
    private static final Pattern ITEM = Pattern.compile("(?:[*-]|\\d+\\.) +(.*)");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]+)\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private final Function<String, @Nullable String> resolve;
    private final StringBuilder html = new StringBuilder();
    private String open = ""; // the element that the next line may continue

    private Markdown(Function<String, @Nullable String> resolve) {
        this.resolve = resolve;
    }

    /// Renders a document.
    ///
    /// @param resolve maps the target of a link to one of the site, or to null for a target that
    ///   the site does not have: of such a link the text is left
    static String toHtml(String markdown, Function<String, @Nullable String> resolve) {
        Markdown renderer = new Markdown(resolve);
        markdown.lines().forEach(renderer::line);
        renderer.enter("");
        return renderer.html.toString();
    }

    /// The text of the first heading, or the fallback.
    static String title(String markdown, String fallback) {
        return markdown.lines()
                .map(HEADING::matcher)
                .filter(Matcher::matches)
                .map(heading -> heading.group(2).replace("`", ""))
                .findFirst()
                .orElse(fallback);
    }

    private void line(String line) {
        if (line.startsWith("```")) {
            enter(open.equals("pre") ? "" : "pre");
            return;
        }
        if (open.equals("pre")) {
            html.append(Html.escape(line)).append('\n');
            return;
        }
        Matcher heading = HEADING.matcher(line);
        Matcher item = ITEM.matcher(line);
        if (line.isBlank()) {
            enter("");
        } else if (heading.matches()) {
            enter("");
            String tag = "h" + heading.group(1).length();
            html.append('<').append(tag).append('>').append(inline(heading.group(2)));
            html.append("</").append(tag).append(">\n");
        } else if (item.matches()) {
            enter("ul");
            html.append("<li>").append(inline(item.group(1))).append('\n');
        } else {
            if (open.isEmpty()) {
                enter("p");
            }
            html.append(inline(line.strip())).append('\n');
        }
    }

    private void enter(String element) {
        if (element.equals(open)) {
            return;
        }
        if (!open.isEmpty()) {
            html.append("</").append(open).append(">\n");
        }
        if (!element.isEmpty()) {
            html.append('<').append(element).append(">\n");
        }
        open = element;
    }

    private String inline(String text) {
        String coded = CODE.matcher(Html.escape(text)).replaceAll("<code>$1</code>");
        return LINK.matcher(coded)
                .replaceAll(link -> {
                    String target = resolve.apply(link.group(2));
                    String shown = link.group(1);
                    return Matcher.quoteReplacement(
                            target == null
                                    ? shown
                                    : "<a href=\"" + target + "\">" + shown + "</a>");
                });
    }
}
