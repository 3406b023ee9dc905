package dev.treadle.tck;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/// Says in every failure which rule is broken.
final class RuleReport implements TestExecutionExceptionHandler {

    RuleReport() {}

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        Requirement requirement = context.getRequiredTestMethod().getAnnotation(Requirement.class);
        if (requirement == null || failure instanceof TestAbortedException) {
            throw failure;
        }
        String said = failure instanceof AssertionError ? failure.getMessage() : failure.toString();
        throw new AssertionError("Rule " + requirement.value() + " is broken: " + said, failure);
    }
}
