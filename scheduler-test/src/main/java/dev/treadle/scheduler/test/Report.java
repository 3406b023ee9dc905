package dev.treadle.scheduler.test;

import org.jspecify.annotations.Nullable;

/// What a failure tells.
final class Report {
    private static final String SUSPECTS =
            "Look for what is not chosen by the simulation: threads that the code starts itself, or that block in what is not Treadle's, the order"
                    + " of hash sets of objects without a hashCode of their own, random numbers, the real clock,"
                    + " or state that is left from the run before.";

    private Report() {}

    static String failure(Finding finding, Outcome outcome, Token token, String how) {
        StringBuilder text = new StringBuilder(finding.headline());
        text.append("\ntreadle replay ").append(token);
        text.append("\n(")
                .append(how)
                .append("; repeat it with @Replay(\"…\") on the test, or with -D")
                .append(TreadleExtension.REPLAY_PROPERTY)
                .append("=…)");
        for (String line : finding.details()) {
            text.append('\n').append(line);
        }
        if (token.injection() != null) {
            text.append("\ninjected: ").append(token.injection());
        }
        if (outcome.trace() != null) {
            text.append("\n\n").append(outcome.trace().table()).append('\n');
        }
        return text.toString();
    }

    static String unrepeatable(Finding finding, String how, @Nullable Finding second) {
        return finding.headline()
                + "\n(found by "
                + how
                + "; the same choices then led "
                + (second == null ? "to no failure" : "to another failure: " + second.headline())
                + ", so that there is nothing to replay. "
                + SUSPECTS
                + ")";
    }

    static String nondeterminism(String difference) {
        return "the test does not do the same when the same is chosen: "
                + difference
                + ". "
                + SUSPECTS;
    }
}
