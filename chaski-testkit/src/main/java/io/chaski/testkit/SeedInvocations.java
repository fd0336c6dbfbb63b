package io.chaski.testkit;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs a test once for each seed that {@link RepeatSeeds} asks for. Stateless. */
final class SeedInvocations implements TestTemplateInvocationContextProvider {

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getElement(), RepeatSeeds.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        int count = AnnotationSupport.findAnnotation(context.getElement(), RepeatSeeds.class)
                .map(RepeatSeeds::value)
                .orElse(0);
        if (count < 1) {
            throw new ExtensionConfigurationException("@RepeatSeeds needs 1 seed or more: " + count);
        }
        if (System.getProperty(NetworkBuilder.SEED_PROPERTY) != null) {
            return Stream.of(new Invocation(0));
        }
        return LongStream.range(0, count).mapToObj(Invocation::new);
    }

    /** One run, with a seed that is so much beyond the test's own. */
    private record Invocation(long offset) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return "seed + " + offset;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of((BeforeEachCallback) context -> ChaskiExtension.shiftSeed(context, offset));
        }
    }
}
