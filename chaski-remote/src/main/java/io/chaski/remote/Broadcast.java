package io.chaski.remote;

import io.chaski.remote.internal.call.Calling;
import io.chaski.remote.internal.call.CapturedCall;
import io.chaski.remote.internal.call.DirectoryProviders;
import io.chaski.remote.internal.call.ProxyHandler;
import io.chaski.remote.internal.many.Fanout;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * All providers of a service at once: {@code remote.all("menus", Menus.class).call(m -> m.today())}. Immutable; see {@link
 * ChaskiRemote#all}.
 *
 * @param <I> the interface
 */
public final class Broadcast<I> {

    /** Half of the edges that a node makes for streams alone. */
    public static final int DEFAULT_AT_ONCE = 128;

    private final Calling calling;
    private final DirectoryProviders providers;
    private final Executor executor;
    private final I proxy;
    private final int atOnce;

    Broadcast(Calling calling, DirectoryProviders providers, Executor executor, I proxy, int atOnce) {
        this.calling = calling;
        this.providers = providers;
        this.executor = executor;
        this.proxy = proxy;
        this.atOnce = atOnce;
    }

    /**
     * The same with options that go before all others, as {@link ChaskiRemote#with}.
     *
     * @param options what holds for the calls; a selection has no say
     */
    public Broadcast<I> with(CallOptions options) {
        return new Broadcast<>(calling, providers, executor, ProxyHandler.with(proxy, options), atOnce);
    }

    /**
     * Limits how many are called at a time; the others follow as these answer, within the same deadline.
     *
     * @param calls 1 or more; {@value #DEFAULT_AT_ONCE} by default
     * @throws IllegalArgumentException if it is less than 1
     */
    public Broadcast<I> atOnce(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("one call or more at once: " + calls);
        }
        return new Broadcast<>(calling, providers, executor, proxy, calls);
    }

    /**
     * Calls a method at every provider that is known now, this node left out: in each version that has the caller's signature, or in
     * all, each of which then tells whether it fits, if a node has none; in one version if the options name it. Does not wait.
     *
     * @param call names the call
     * @return what they answer
     * @throws IllegalArgumentException if the code does anything but one call of a method that neither returns a future nor
     *     takes or returns a stream of items
     */
    public <T extends @Nullable Object> Answers<T> call(RemoteCall<? super I, T> call) {
        return begin(CapturedCall.of(calling, proxy, call));
    }

    /**
     * As {@link #call}, of a method that has no result, or is one-way: then its value is there when the call has been sent.
     *
     * @param call names the call
     * @return whether each has executed it
     */
    public Answers<?> run(RemoteAction<? super I> call) {
        return this.<@Nullable Object>begin(CapturedCall.ofAction(calling, proxy, call));
    }

    private <T extends @Nullable Object> Answers<T> begin(CapturedCall call) {
        List<Provider> all = providers.all(
                call.service(), call.model().hash(), call.options().version());
        Fanout<T> fanout = new Fanout<>(call, all, providers.known(), atOnce, executor);
        fanout.start();
        return new Answers<>(all, fanout);
    }
}
