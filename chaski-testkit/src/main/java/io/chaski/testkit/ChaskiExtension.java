package io.chaski.testkit;

import io.chaski.core.ChaskiNode;
import java.lang.reflect.AnnotatedElement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The JUnit side of {@link ChaskiTest}. What it keeps is in the store of the test it belongs to, so tests may be nested
 * and run at the same time. Stateless.
 */
final class ChaskiExtension implements ParameterResolver, AfterEachCallback {

    private static final String NETWORK = "network";
    private static final String SEED_OFFSET = "seed offset";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == ChaskiNetwork.class || type == ChaskiNode.class && parameter.isAnnotated(Node.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    "a network belongs to one test: ask for it in @Test, @BeforeEach or @AfterEach methods, not in "
                            + parameter.getDeclaringExecutable());
        }
        ChaskiNetwork network =
                store(context).getOrComputeIfAbsent(NETWORK, unused -> start(context), ChaskiNetwork.class);
        Optional<Node> wanted = parameter.findAnnotation(Node.class);
        return wanted.isPresent() ? network.node(wanted.get().value()) : network;
    }

    private static ChaskiNetwork start(ExtensionContext context) {
        ChaskiTest wanted = annotation(context);
        Long offset = store(context).getOrDefault(SEED_OFFSET, Long.class, 0L);
        return ChaskiNetwork.builder()
                .nodes(wanted.nodes())
                .topology(wanted.topology())
                .time(wanted.time())
                .seed(wanted.seed() + offset)
                .start();
    }

    /** Reports a failure and closes the network; without a network there is nothing to do. */
    @Override
    public void afterEach(ExtensionContext context) {
        ChaskiNetwork network = store(context).remove(NETWORK, ChaskiNetwork.class);
        if (network == null) {
            return;
        }
        try (network) {
            context.getExecutionException().ifPresent(failure -> {
                Map<String, String> report = network.report();
                context.publishReportEntry(report);
                failure.addSuppressed(new FailedRun(report));
            });
        }
    }

    /**
     * Lets a test use another seed than its annotation says.
     *
     * @param context of the test
     * @param offset what is added
     */
    static void shiftSeed(ExtensionContext context, long offset) {
        store(context).put(SEED_OFFSET, offset);
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(ExtensionContext.Namespace.create(ChaskiExtension.class, context.getUniqueId()));
    }

    /** The annotation that is nearest: of the method, its class, or the classes around it. */
    private static ChaskiTest annotation(ExtensionContext context) {
        for (Optional<ExtensionContext> at = Optional.of(context);
                at.isPresent();
                at = at.get().getParent()) {
            Optional<AnnotatedElement> element = at.get().getElement();
            Optional<ChaskiTest> found = AnnotationSupport.findAnnotation(element, ChaskiTest.class);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new ExtensionConfigurationException("there is no @ChaskiTest on " + context.getDisplayName());
    }
}
