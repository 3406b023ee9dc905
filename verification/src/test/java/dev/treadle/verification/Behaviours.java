package dev.treadle.verification;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The behaviours that Treadle shares with CPython, as they are listed.
final class Behaviours {
    private static final Path FILE =
            Artifact.ROOT.resolve("verification/src/test/resources/conformance/behaviours.txt");
    private static final Pattern ROW = Pattern.compile("([A-Z]+-[0-9]{2}) (\\S.*)");

    /// One behaviour.
    ///
    /// @param area the heading that it stands below
    /// @param id its name
    /// @param statement what it is
    /// @param reason why it, or a part of it, can't be had in Java, or that it is not there yet;
    ///   else empty
    record Row(String area, String id, String statement, String reason) {

        /// Whether it is still to be built.
        boolean isPending() {
            return reason.equals("Not there yet.");
        }
    }

    private Behaviours() {}

    /// {@return all behaviours, in the order of the list}
    static List<Row> all() throws IOException {
        List<Row> rows = new ArrayList<>();
        String area = "";
        for (String line : Files.readAllLines(FILE)) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("## ")) {
                area = line.substring(3);
            } else if (line.startsWith("- ") && !rows.isEmpty()) {
                Row last = rows.removeLast();
                rows.add(new Row(last.area, last.id, last.statement, line.substring(2)));
            } else if (row.matches()) {
                rows.add(new Row(area, row.group(1), row.group(2), ""));
            } else if (!line.isBlank() && !line.startsWith("# ")) {
                throw new IllegalStateException(
                        "neither heading nor behaviour nor reason: " + line);
            }
        }
        return rows;
    }
}
