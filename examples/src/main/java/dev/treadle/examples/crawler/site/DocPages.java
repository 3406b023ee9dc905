package dev.treadle.examples.crawler.site;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Pages made of the project's documents, as far as the build put them on the class path.
final class DocPages {
    private static final String FOLDER = "material/";

    private final List<String> names =
            Material.under(
                    DocPages.class,
                    DocPages.class.getPackageName().replace('.', '/') + "/" + FOLDER);

    /// Returns the pages by path, an index of them among these.
    Map<String, String> pages() {
        Map<String, String> pages = new TreeMap<>();
        Map<String, String> titles = new TreeMap<>();
        for (String name : names) {
            String text = Material.read(DocPages.class, FOLDER + name);
            String title = Markdown.title(text, name);
            titles.put(name, title);
            pages.put(
                    pathOf(name),
                    Html.page(title, Markdown.toHtml(text, target -> resolve(name, target))));
        }
        List<String> links =
                titles.entrySet().stream()
                        .map(doc -> Html.link(pathOf(doc.getKey()), doc.getValue()))
                        .toList();
        pages.put("/docs/", Html.page("Documents", Html.section("All documents", links)));
        return pages;
    }

    private static String pathOf(String name) {
        String html = name.replaceAll("\\.md$", ".html");
        return html.startsWith("docs/") ? "/" + html : "/docs/" + html;
    }

    /// Maps a link between documents; null for what is not a document here. Links to other sites
    /// stay.
    private @Nullable String resolve(String from, String target) {
        if (target.startsWith("https://") || target.startsWith("http://")) {
            return target;
        }
        String file = target.replaceAll("#.*", "");
        String name;
        try {
            name = URI.create("/" + from).resolve(file).normalize().getPath().substring(1);
        } catch (IllegalArgumentException _) {
            return null; // not a URI: some bracketed text that only looks like a link
        }
        return !file.isEmpty() && names.contains(name) ? pathOf(name) : null;
    }
}
