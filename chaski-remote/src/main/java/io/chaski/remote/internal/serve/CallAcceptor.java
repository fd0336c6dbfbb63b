package io.chaski.remote.internal.serve;

import io.chaski.core.Dispatch;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.context.PeerThreads;
import io.chaski.remote.internal.flow.ItemInbox;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.FailureCode;
import io.chaski.remote.internal.wire.MalformedException;
import io.chaski.remote.internal.wire.PeerSlots;
import io.chaski.remote.internal.wire.Reserve;
import java.util.function.BooleanSupplier;

/**
 * Takes the streams of calls. On the event loop: it looks up names in tables and runs no code of the application.
 */
public final class CallAcceptor implements StreamHandler {

    /** The acceptor only queues, and credit for items goes back as they are taken. */
    public static final StreamOptions OPTIONS =
            StreamOptions.builder().dispatch(Dispatch.INLINE).manualCredit(true).build();

    /**
     * A quarter of the threads may wait for the items of one peer, or be asking for those of its results, and a quarter is left
     * for calls that wait for no items, where threads are bounded.
     */
    private static final int SHARE_OF_PEER = 4;

    private final Serving serving;

    /**
     * Serves calls.
     *
     * @param services what is served
     * @param options limits and interceptors
     * @param budget what all bodies of the node may take
     * @param threads where implementations run
     * @param events hears of each call
     * @param callbacks makes what they call their callers back through
     * @param inEventLoop whether the current thread must not wait
     */
    public CallAcceptor(
            ServedServices services,
            RemoteOptions options,
            Budget budget,
            CallThreads threads,
            CallEvents events,
            CallbackFactory callbacks,
            BooleanSupplier inEventLoop) {
        this(services, options, budget, threads, events, callbacks, inEventLoop, StuckCalls.Limits.DEFAULTS);
    }

    CallAcceptor(
            ServedServices services,
            RemoteOptions options,
            Budget budget,
            CallThreads threads,
            CallEvents events,
            CallbackFactory callbacks,
            BooleanSupplier inEventLoop,
            StuckCalls.Limits limits) {
        int share = Math.max(1, threads.most() / SHARE_OF_PEER);
        this.serving = new Serving(
                services,
                new PeerSlots(options.maxPendingPerPeer()),
                new PeerSlots(share, Math.max(1, threads.most() - share)),
                budget,
                options.maxBodyBytes(),
                new ExecutedCalls(),
                new StuckCalls(limits, threads.own()),
                new IdleInput(limits.idle(), threads.own()),
                new IdleInput(options.itemIdle(), threads.own()),
                threads,
                new PeerThreads(threads.producers(), share),
                inEventLoop,
                events,
                options.serverInterceptors(),
                callbacks);
    }

    /** What all executions share. */
    Serving serving() {
        return serving;
    }

    @Override
    public StreamListener onStream(Stream stream) {
        CallHeaders headers;
        try {
            headers = CallHeaders.parse(stream.headers());
        } catch (MalformedException malformed) {
            stream.reset(StreamCode.REFUSED, malformed.what());
            return new Deaf();
        }
        ServedService service = serving.services().findForCall(headers.service(), headers.version());
        if (service == null) {
            return refused(stream, FailureCode.NO_SUCH_SERVICE, "no service '" + headers.service() + "'");
        }
        MethodModel method = service.model().find(headers.method());
        if (method == null) {
            return refused(stream, FailureCode.NO_SUCH_METHOD, "'" + headers.service() + "' has no such method");
        }
        if (stream.remaining().isEmpty() && !method.streams().isAny()) {
            stream.reset(StreamCode.REFUSED, "a call without streams of items has a deadline");
            return new Deaf();
        }
        if (!serving.slots().tryTake(stream.peer())) {
            return refused(stream, FailureCode.BUSY, "too many calls are under way");
        }
        Reserve memory = null;
        if (method.streams().argument() != null) {
            memory = serving.budget().reserve(stream.peer(), ItemInbox.WINDOW_BYTES);
            if (memory == null) {
                serving.slots().giveBack(stream.peer());
                return refused(stream, FailureCode.BUSY, "too many streams of items are under way");
            }
        }
        ServingCall call = new ServingCall(stream, headers, service, method, serving, memory);
        if (!call.tryTakeWaiter()) {
            call.giveBack();
            return refused(stream, FailureCode.BUSY, "too many calls wait for items");
        }
        serving.stuck().add(call);
        return call;
    }

    /** Ends the calls that are under way: their callers hear that nothing is known of them. */
    public void close() {
        serving.stuck().close();
    }

    private static StreamListener refused(Stream stream, FailureCode code, String message) {
        new BodyWriter(stream, Failure.of(code, message).toBody(), () -> {}).pump();
        return new Deaf();
    }

    /** For a stream that has its answer. */
    private static final class Deaf implements StreamListener {
        @Override
        public void onMessage(Stream stream, byte[] message) {
            stream.consumed(message.length); // arguments and items that were on their way when the call was refused
        }
    }
}
