package dev.treadle.verification;

import java.util.List;

/// Bodies that Kotlin's compiler has made.
class KotlinHostTest extends HostTest {
    /// What Kotlin makes of a reference is a lambda that calls the function.
    private static final String PASSED_ON =
            "stackful: the yielder is passed to dev.treadle.verification.";

    private static final String CALLED =
            "stackful: the yielder is passed to kotlin.jvm.functions.Function1.invoke";

    static List<Simple> simple() {
        return List.of(
                new Simple("lambda", KotlinBodies::lambda, "compiled"),
                new Simple(
                        "lambda that changes a local",
                        KotlinBodies::lambdaThatChangesALocal,
                        "compiled"),
                new Simple("lambda that delegates", KotlinBodies::lambdaThatDelegates, "compiled"),
                new Simple("of its own interface", KotlinBodies::ofOwnInterface, "compiled"),
                new Simple("local function", KotlinBodies::functionReference, PASSED_ON),
                new Simple(
                        "reference to a private method",
                        KotlinBodies::referenceToAPrivateMethod,
                        PASSED_ON),
                new Simple(
                        "reference to a public method",
                        KotlinBodies::referenceToAPublicMethod,
                        PASSED_ON),
                new Simple("object expression", KotlinBodies::objectExpression, "compiled"),
                new Simple("value of a function type", KotlinBodies::functionValue, CALLED));
    }

    static List<Duplex> duplex() {
        return List.of(new Duplex("lambda", KotlinBodies::duplex, "compiled"));
    }
}
