package io.chaski.remote.internal.call;

import io.chaski.remote.CallOptions;
import io.chaski.remote.RemoteAction;
import io.chaski.remote.RemoteCall;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ServiceModel;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call that somebody has described by making it on a proxy that only takes note: to be made once, or often. Immutable. */
public final class CapturedCall {

    private final Calling calling;
    private final Target target;
    private final List<@Nullable Object> arguments;
    private final CallOptions options;

    CapturedCall(Calling calling, Target target, List<@Nullable Object> arguments, CallOptions options) {
        this.calling = calling;
        this.target = target;
        this.arguments = arguments;
        this.options = options;
    }

    /**
     * Takes note of the one call that some code makes.
     *
     * @param calling of the remote that is asked
     * @param proxy of one of its services
     * @param call makes one call of it
     * @throws IllegalArgumentException if the proxy is none of this remote, the code throws, makes no call or more than one, or calls a
     *     method that returns a future, or takes or returns a stream of items
     */
    public static <I> CapturedCall of(Calling calling, I proxy, RemoteCall<? super I, ?> call) {
        CallRecorder recorder = new CallRecorder();
        I noting = ProxyHandler.recording(calling, proxy, recorder);
        try {
            var unused = call.call(noting);
        } catch (Throwable thrown) {
            throw new IllegalArgumentException("one call of a remote method was expected, and the code threw", thrown);
        } finally {
            recorder.close();
        }
        CapturedCall captured = recorder.captured();
        if (captured.target.method().isFuture()) {
            throw new IllegalArgumentException(
                    captured.target.label() + " returns a future: one with a plain result is needed here");
        }
        if (captured.target.method().streams().isAny()) {
            throw new IllegalArgumentException(
                    captured.target.label()
                            + " takes or returns a stream of items, which flows in one call and cannot be kept for others: call it directly");
        }
        return captured;
    }

    /**
     * As {@link #of}, for a method whose result nobody wants.
     *
     * @param calling of the remote that is asked
     * @param proxy of one of its services
     * @param call makes one call of it
     */
    public static <I> CapturedCall ofAction(Calling calling, I proxy, RemoteAction<? super I> call) {
        return of(calling, proxy, service -> {
            call.call(service);
            return "";
        });
    }

    /**
     * Makes the call.
     *
     * @return its result; cancelling it cancels the call
     */
    public CompletableFuture<@Nullable Object> begin() {
        return begin(target.providers(), options);
    }

    /**
     * Makes the call.
     *
     * @return its end; cancelling it cancels the call
     */
    public CompletableFuture<Void> beginVoid() {
        CompletableFuture<@Nullable Object> result = begin();
        CompletableFuture<Void> end = result.thenAccept(ignored -> {});
        var unused = end.whenComplete((nothing, failure) -> {
            if (end.isCancelled()) {
                result.cancel(false);
            }
        });
        return end;
    }

    /**
     * Makes the call with other providers and options.
     *
     * @param providers who may execute it
     * @param complete all layers taken together
     * @return its result; cancelling it cancels the call
     */
    public CompletableFuture<@Nullable Object> begin(Providers providers, CallOptions complete) {
        calling.requireOpen();
        return Invocation.later(calling, target.at(providers)).begin(arguments, complete);
    }

    /** Those whom the proxy would call, in order. */
    public Iterator<Candidate> candidates() {
        return target.providers().candidates(target.service(), target.model().hash(), options);
    }

    /** Name of the service. */
    public String service() {
        return target.service();
    }

    /** The caller's view of the service. */
    public ServiceModel model() {
        return target.model();
    }

    /** Which method. */
    public MethodModel method() {
        return target.method();
    }

    /** What was passed. */
    public List<@Nullable Object> arguments() {
        return arguments;
    }

    /** What holds for it, all layers taken together. */
    public CallOptions options() {
        return options;
    }
}
