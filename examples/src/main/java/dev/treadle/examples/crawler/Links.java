package dev.treadle.examples.crawler;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/// The links of one page.
///
/// @param targets absolute addresses without fragments, each once, in the order of the page
/// @param problems what is wrong with the page or its links, a line each
record Links(Set<URI> targets, List<String> problems) {
    private static final Pattern CHARSET =
            Pattern.compile("charset\\s*=\\s*[\"']?([^\\s\"';]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern SCHEME =
            Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):.*", Pattern.DOTALL);
    private static final int SHOWN = 80;
    private static final int HIGHEST_PORT = 65_535;

    /// Reads a page, and makes the best of one that is malformed.
    ///
    /// @param body its bytes
    /// @param contentType the header, which may name the charset; empty if there was none
    /// @param address where it was found: what relative links are relative to
    static Links of(byte[] body, String contentType, URI address) {
        List<String> problems = new ArrayList<>();
        Charset declared = declaredCharset(contentType, problems);
        Document page = parse(body, declared, address);
        if (!isTextIn(page.charset(), body)) {
            problems.add("malformed page: its bytes are not " + page.charset());
        }
        Set<URI> targets = new LinkedHashSet<>();
        for (Element link : page.select("a[href], area[href]")) {
            String reference = link.attr("href").strip();
            try {
                URI target = resolve(new URI(link.baseUri()), reference);
                if (target != null) {
                    targets.add(target);
                }
            } catch (URISyntaxException e) {
                problems.add("bad URL: " + shorten(reference) + " (" + e.getReason() + ")");
            }
        }
        return new Links(targets, problems);
    }

    private static @Nullable Charset declaredCharset(String contentType, List<String> problems) {
        Matcher matcher = CHARSET.matcher(contentType);
        if (!matcher.find()) {
            return null;
        }
        try {
            return Charset.forName(matcher.group(1));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
            problems.add("malformed page: no charset is named " + shorten(matcher.group(1)));
            return null;
        }
    }

    private static Document parse(byte[] body, @Nullable Charset declared, URI address) {
        try {
            String charset =
                    declared == null ? null : declared.name(); // null: by its own marks, else UTF-8
            return Jsoup.parse(new ByteArrayInputStream(body), charset, address.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be read", e);
        }
    }

    private static boolean isTextIn(Charset charset, byte[] body) {
        try {
            charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    /// Resolves a reference; null for one that leads to the page itself or out of the web, such as
    /// `mailto:`.
    static @Nullable URI resolve(URI base, String reference) throws URISyntaxException {
        int fragment = reference.indexOf('#');
        String bare = fragment < 0 ? reference : reference.substring(0, fragment);
        Matcher scheme = SCHEME.matcher(bare);
        boolean leavesTheWeb =
                scheme.matches()
                        && !scheme.group(1).equalsIgnoreCase("http")
                        && !scheme.group(1).equalsIgnoreCase("https");
        if (bare.isEmpty() || leavesTheWeb) {
            return null;
        }
        // java.net.URI follows an older standard, by which "?q" would drop the last part of the
        // base's path.
        URI target =
                bare.startsWith("?")
                        ? base.resolve(new URI(base.getRawPath() + bare))
                        : base.resolve(new URI(bare));
        if (!isWeb(target)) {
            throw new URISyntaxException(reference, "no host, or no such port");
        }
        return normalise(target);
    }

    /// Whether an address names a host and port to ask over HTTP.
    static boolean isWeb(URI uri) {
        return uri.getHost() != null
                && uri.getPort() <= HIGHEST_PORT
                && ("http".equalsIgnoreCase(uri.getScheme())
                        || "https".equalsIgnoreCase(uri.getScheme()));
    }

    /// The one spelling of an address: no fragment, no dots, no default port, lower case where case
    /// does not matter.
    static URI normalise(URI uri) throws URISyntaxException {
        if (!isWeb(uri)) {
            return uri;
        }
        URI plain = uri.normalize();
        String scheme = plain.getScheme().toLowerCase(Locale.ROOT);
        int defaultPort = scheme.equals("https") ? 443 : 80;
        String port =
                plain.getPort() < 0 || plain.getPort() == defaultPort ? "" : ":" + plain.getPort();
        String path = plain.getRawPath().isEmpty() ? "/" : plain.getRawPath();
        String query = plain.getRawQuery() == null ? "" : "?" + plain.getRawQuery();
        URI spelled =
                new URI(
                        scheme
                                + "://"
                                + plain.getHost().toLowerCase(Locale.ROOT)
                                + port
                                + path
                                + query);
        return new URI(spelled.toASCIIString());
    }

    private static String shorten(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
