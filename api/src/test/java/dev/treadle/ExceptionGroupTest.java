package dev.treadle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExceptionGroupTest {

    private final RuntimeException state = new IllegalStateException("state");
    private final IOException io = new IOException("io");
    private final Error error = new AssertionError("error");

    @Test
    void theFirstFailureIsTheCauseAndTheOthersAreSuppressed() {
        ExceptionGroup group = new ExceptionGroup("several", List.of(io, state, error));

        assertThat(group).hasCause(io);
        assertThat(group.getSuppressed()).containsExactly(state, error);
        assertThat(group.exceptions()).containsExactly(io, state, error);
    }

    @Test
    void theMessageCountsAsPythonDoes() {
        assertThat(new ExceptionGroup("one", List.of(io))).hasMessage("one (1 sub-exception)");
        assertThat(new ExceptionGroup("two", List.of(io, state)))
                .hasMessage("two (2 sub-exceptions)");
    }

    @Test
    void anEmptyGroupIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExceptionGroup("nothing", List.of()))
                .withMessage("an ExceptionGroup needs at least one exception: nothing");
    }

    @Test
    void aSubgroupKeepsTheMessageAndWhatMatches() {
        ExceptionGroup group = new ExceptionGroup("some (odd) text", List.of(io, state, error));

        ExceptionGroup part =
                requireNonNull(group.subgroup(failure -> failure instanceof Exception));

        assertThat(part).hasMessage("some (odd) text (2 sub-exceptions)");
        assertThat(part.exceptions()).containsExactly(io, state);
    }

    @Test
    void aSubgroupKeepsTheNestingAndDropsEmptyBranches() {
        ExceptionGroup kept = new ExceptionGroup("kept", List.of(state, io));
        ExceptionGroup dropped = new ExceptionGroup("dropped", List.of(state));
        ExceptionGroup group = new ExceptionGroup("outer", List.of(kept, dropped, io));

        ExceptionGroup part =
                requireNonNull(group.subgroup(failure -> failure instanceof IOException));

        assertThat(part.exceptions()).hasSize(2).last().isSameAs(io);
        assertThat(part.exceptions().get(0))
                .isInstanceOfSatisfying(
                        ExceptionGroup.class,
                        nested -> {
                            assertThat(nested).hasMessage("kept (1 sub-exception)");
                            assertThat(nested.exceptions()).containsExactly(io);
                        });
    }

    @Test
    void nestedGroupsAreSearchedAndNotTested() {
        ExceptionGroup nested = new ExceptionGroup("nested", List.of(io));
        ExceptionGroup group = new ExceptionGroup("outer", List.of(nested));

        assertThat(group.subgroup(failure -> failure instanceof ExceptionGroup)).isNull();
    }

    @Test
    void aSubgroupOfNothingIsNull() {
        ExceptionGroup group = new ExceptionGroup("outer", List.of(io));

        assertThat(group.subgroup(failure -> false)).isNull();
    }

    @Test
    void splittingKeepsTheNestingOfBothParts() {
        ExceptionGroup nested = new ExceptionGroup("nested", List.of(io, state));
        ExceptionGroup group = new ExceptionGroup("outer", List.of(nested, error));

        ExceptionGroup.Split split = group.split(IOException.class);

        ExceptionGroup matching = requireNonNull(split.matching());
        ExceptionGroup rest = requireNonNull(split.rest());
        assertThat(matching).hasMessage("outer (1 sub-exception)");
        assertThat(leavesOf(matching)).containsExactly(io);
        assertThat(rest).hasMessage("outer (2 sub-exceptions)");
        assertThat(leavesOf(rest)).containsExactly(state, error);
    }

    @Test
    void splittingByWhatAllOrNoneIsLeavesOnePart() {
        ExceptionGroup group = new ExceptionGroup("outer", List.of(io, state));

        ExceptionGroup.Split byAll = group.split(Exception.class);
        ExceptionGroup.Split byNone = group.split(Error.class);

        assertThat(leavesOf(requireNonNull(byAll.matching()))).containsExactly(io, state);
        assertThat(byAll.rest()).isNull();
        assertThat(byNone.matching()).isNull();
        assertThat(leavesOf(requireNonNull(byNone.rest()))).containsExactly(io, state);
    }

    @Test
    void aDerivedGroupHasTheSameMessage() {
        ExceptionGroup group = new ExceptionGroup("outer", List.of(io, state));

        assertThat(group.derive(List.of(error)))
                .hasMessage("outer (1 sub-exception)")
                .extracting(ExceptionGroup::exceptions)
                .isEqualTo(List.of(error));
    }

    private static List<Throwable> leavesOf(ExceptionGroup group) {
        return group.exceptions().stream()
                .flatMap(each ->
                        each instanceof ExceptionGroup nested
                                ? leavesOf(nested).stream()
                                : Stream.of(each))
                .toList();
    }
}
