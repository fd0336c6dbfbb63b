package io.chaski.remote.internal.call;

import io.chaski.remote.CallOptions;
import io.chaski.remote.internal.model.ServiceModel;
import java.util.Collections;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function at another node. Immutable.
 *
 * @param <A> its argument
 * @param <R> its result
 */
public final class FunctionCaller<A extends @Nullable Object, R extends @Nullable Object> implements Function<A, R> {

    private final Calling calling;
    private final Target target;

    /**
     * A function at another node.
     *
     * @param calling makes the calls
     * @param name its name
     * @param model of the function
     * @param providers who may execute it
     */
    public FunctionCaller(Calling calling, String name, ServiceModel model, Providers providers) {
        this.calling = calling;
        this.target = new Target(name, model, model.methods().iterator().next(), providers);
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // decoded by the type of the result, which says whether it may be null
    public R apply(A argument) {
        calling.requireOpen();
        if (calling.streams().inEventLoop()) {
            throw new IllegalStateException("this call waits, and the event loop must not");
        }
        Invocation invocation = Invocation.waiting(calling, target);
        return (R) invocation.join(
                invocation.begin(Collections.singletonList(argument), CallLayers.of(CallOptions.NONE, calling)));
    }
}
