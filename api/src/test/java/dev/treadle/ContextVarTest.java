package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ContextVarTest {

    private static final ContextVar<String> BARE = ContextVar.of("bare");
    private static final ContextVar<String> USER = ContextVar.of("user", "nobody");

    @Nested
    class WithoutAContext {

        @Test
        void theDefaultIsSeen() {
            assertThat(USER.get()).isEqualTo("nobody");
        }

        @Test
        void withoutADefaultGetNamesTheVariable() {
            assertThatExceptionOfType(NoSuchElementException.class)
                    .isThrownBy(BARE::get)
                    .withMessage("context variable bare is not set here and has no default");
        }

        @Test
        void orElseGoesBeforeTheDefault() {
            assertThat(USER.orElse("somebody")).isEqualTo("somebody");
            assertThat(BARE.orElse("somebody")).isEqualTo("somebody");
        }

        @Test
        void setSaysWhereToCallItInstead() {
            assertThatIllegalStateException()
                    .isThrownBy(() -> USER.set("ada"))
                    .withMessage(
                            "no context here to set user in: set it inside a coroutine, or inside"
                                    + " Context.empty().run(...)");
        }

        @Test
        void theCurrentContextIsEmpty() {
            assertThat(Context.copyCurrent().size()).isZero();
        }
    }

    @Nested
    class InAContext {

        @Test
        void whatIsSetStaysInTheContextAndNowhereElse() {
            Context context = Context.empty();

            context.run(() -> USER.set("ada"));

            assertThat(context.get(USER)).isEqualTo("ada");
            assertThat(context.size()).isEqualTo(1);
            assertThat(USER.get()).isEqualTo("nobody");
            String again = context.<String, RuntimeException>run(USER::get);
            assertThat(again).isEqualTo("ada");
        }

        @Test
        void theContextLooksAtWhatIsSetAndNotAtTheDefault() {
            assertThat(Context.empty().get(USER)).isNull();
        }

        @Test
        void theResultAndTheExceptionOfTheActionComeOut() {
            Context context = Context.empty();

            assertThat(context.<String, RuntimeException>run(() -> "result")).isEqualTo("result");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() ->
                            context.run(() -> {
                                throw new IOException("from the action");
                            }))
                    .withMessage("from the action");
        }

        @Test
        void aContextCanNotBeEnteredTwiceAtOnce() {
            Context context = Context.empty();

            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            context.run(() -> context.<String, RuntimeException>run(USER::get)))
                    .withMessage(
                            "cannot enter context: it is already entered; run in a copy() of it");
        }

        @Test
        void aContextThatAnotherOneWasEnteredFromIsStillEntered() {
            Context outer = Context.empty();
            Context inner = Context.empty();

            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            outer.run(() ->
                                    inner.run(
                                            () -> outer.<String, RuntimeException>run(USER::get))))
                    .withMessageStartingWith("cannot enter context");
        }

        @Test
        void aContextCanBeEnteredAgainAfterItsActionFailed() {
            Context context = Context.empty();
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            context.run(() -> {
                                throw new IllegalStateException("action");
                            }))
                    .withMessage("action");

            assertThat(context.<String, RuntimeException>run(USER::get)).isEqualTo("nobody");
        }

        @Test
        void neitherSideOfACopySeesWhatTheOtherSets() {
            Context original = Context.empty();
            original.run(() -> USER.set("ada"));
            Context copy = original.copy();

            copy.run(() -> USER.set("grace"));
            original.run(() -> BARE.set("only here"));

            assertThat(original.get(USER)).isEqualTo("ada");
            assertThat(copy.get(USER)).isEqualTo("grace");
            assertThat(copy.get(BARE)).isNull();
        }

        @Test
        void copyCurrentCopiesTheContextThatTheCodeRunsIn() {
            Context context = Context.empty();

            Context copy =
                    context.<Context, RuntimeException>run(() -> {
                        USER.set("ada");
                        return Context.copyCurrent();
                    });

            assertThat(copy).isNotSameAs(context);
            assertThat(copy.get(USER)).isEqualTo("ada");
        }

        @Test
        void anotherThreadDoesNotSeeTheContext() {
            Context context = Context.empty();

            String seen =
                    context.<String, RuntimeException>run(() -> {
                        USER.set("ada");
                        return CompletableFuture.supplyAsync(USER::get).join();
                    });

            assertThat(seen).isEqualTo("nobody");
        }
    }

    @Nested
    class TokenRules {

        @Test
        void closingPutsThePreviousValueBack() {
            Context context = Context.empty();

            context.run(() -> {
                USER.set("ada");
                try (var _ = USER.set("grace")) {
                    assertThat(USER.get()).isEqualTo("grace");
                }
                assertThat(USER.get()).isEqualTo("ada");
                return null;
            });
        }

        @Test
        void closingTheFirstOneUnsetsTheVariable() {
            Context context = Context.empty();

            context.run(() -> {
                USER.set("ada").close();
                return null;
            });

            assertThat(context.get(USER)).isNull();
            assertThat(context.size()).isZero();
        }

        @Test
        void aTokenWorksOnce() {
            Context context = Context.empty();
            ContextVar.Token token =
                    context.<ContextVar.Token, RuntimeException>run(() -> {
                        ContextVar.Token made = USER.set("ada");
                        made.close();
                        return made;
                    });

            assertThatIllegalStateException()
                    .isThrownBy(token::close)
                    .withMessage("the token has already been used once");
        }

        @Test
        void aTokenWorksInItsOwnContextOnly() {
            Context context = Context.empty();
            ContextVar.Token token =
                    context.<ContextVar.Token, RuntimeException>run(() -> USER.set("ada"));
            String message =
                    "the token was created in a different context: close it where set() was called";

            assertThatIllegalStateException().isThrownBy(token::close).withMessage(message);
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            context.copy()
                                    .run(() -> {
                                        token.close();
                                        return null;
                                    }))
                    .withMessage(message);

            context.run(() -> {
                token.close();
                return null;
            });
            assertThat(context.get(USER)).isNull();
        }
    }
}
