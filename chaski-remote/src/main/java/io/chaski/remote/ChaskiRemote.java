package io.chaski.remote;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.TypeRef;
import io.chaski.remote.internal.call.Calling;
import io.chaski.remote.internal.call.ConnectedPeers;
import io.chaski.remote.internal.call.ProxyHandler;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.serve.CallAcceptor;
import io.chaski.remote.internal.serve.Describer;
import io.chaski.remote.internal.serve.InterfaceInvoker;
import io.chaski.remote.internal.serve.Invoker;
import io.chaski.remote.internal.serve.ServedService;
import io.chaski.remote.internal.serve.ServedServices;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.Description;
import java.lang.reflect.Type;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls between nodes: a node serves Java interfaces and functions, and calls those of others through proxies.
 *
 * <p>Nothing can be called that was not served, and no class is ever found by a name that has arrived. Arguments and results are
 * encoded by the types that the interface declares: primitives and their boxes, {@code String}, {@code byte[]}, arrays, {@code
 * BigInteger}, {@code BigDecimal}, enums, records, {@code List}, {@code Set}, {@code Map}, {@code Optional}, the types of {@code
 * java.time}, {@code NodeId} and {@code Address}; a result may come as a {@code CompletableFuture}. Any other type is refused when
 * the interface is served or a proxy of it is made.
 *
 * <p>A method may return a stream of such items, and take one, as {@link Flow.Publisher}, {@link java.util.stream.Stream} or {@link
 * java.util.Iterator}; each side chooses. A slow reader slows the producer: at most 256 KiB wait at each side, and one item. Without
 * a deadline that somebody sets, such a call lasts as long as its connection.
 *
 * <p>A call is executed at most once for each time it is made; when that cannot be known, the exception says so, see {@link
 * CallException#execution()}. Implementations run on threads of their own, never on the event loop.
 *
 * <p>Thread-safe. One remote a node; it ends with the node.
 */
public final class ChaskiRemote implements AutoCloseable {

    private final ChaskiNode node;
    private final ErrorTypes errors;
    private final CallThreads threads;
    private final ServedServices services = new ServedServices();
    private final Calling calling;
    private final Registration calls;
    private final Registration descriptions;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private ChaskiRemote(ChaskiNode node, RemoteOptions options) {
        this.node = node;
        this.errors = new ErrorTypes(options.errors());
        this.threads = new CallThreads(node.name());
        Budget budget = Budget.ofHeap();
        this.calling = new Calling(node.streams(), options, budget, threads, new SecureRandom());
        boolean isServed = false;
        try {
            this.calls = node.streams()
                    .serve(
                            CallHeaders.PROTOCOL,
                            CallAcceptor.OPTIONS,
                            new CallAcceptor(services, options, budget, threads));
            this.descriptions = node.streams().serve(Description.PROTOCOL, new Describer(services));
            isServed = true;
        } finally {
            if (!isServed) { // the node is closed, or has a remote already
                threads.close();
            }
        }
        node.events().subscribe(new EndOfNode());
    }

    /**
     * Calls on a node, with {@link RemoteOptions#DEFAULTS}.
     *
     * @param node one that runs
     * @throws IllegalStateException if it has a remote already
     * @throws io.chaski.core.NodeClosedException if it is closed
     */
    public static ChaskiRemote on(ChaskiNode node) {
        return on(node, RemoteOptions.DEFAULTS);
    }

    /**
     * Calls on a node.
     *
     * @param node one that runs
     * @param options limits, interceptors, what holds for all calls
     * @throws IllegalStateException if it has a remote already
     * @throws io.chaski.core.NodeClosedException if it is closed
     */
    public static ChaskiRemote on(ChaskiNode node, RemoteOptions options) {
        return new ChaskiRemote(Objects.requireNonNull(node, "node"), Objects.requireNonNull(options, "options"));
    }

    /** The node below. */
    public ChaskiNode node() {
        return node;
    }

    /**
     * Serves an object to everybody, through an interface.
     *
     * @param name what callers call it
     * @param type the interface; default methods are not served, since they run at the caller's
     * @param implementation called on many threads at a time
     * @return ends it; calls that have begun go on
     * @throws IllegalArgumentException if the name is empty, too long or has control characters, or the interface cannot be called
     *     remotely; the message names the method and the parameter
     * @throws IllegalStateException if the name is taken, 4,096 services are served, or the remote is closed
     */
    public <I> Registration serve(String name, Class<I> type, I implementation) {
        return serve(name, type, implementation, ServeOptions.DEFAULTS);
    }

    /**
     * Serves an object through an interface.
     *
     * @param name what callers call it
     * @param type the interface; default methods are not served, since they run at the caller's
     * @param implementation called on many threads at a time
     * @param options who may call
     * @return as {@link #serve(String, Class, Object)}, which also says what is thrown
     */
    public <I> Registration serve(String name, Class<I> type, I implementation, ServeOptions options) {
        Objects.requireNonNull(implementation, "implementation");
        ServiceModel model = ModelReader.forServing(type, errors);
        return serve(name, model, new InterfaceInvoker(model, implementation), options);
    }

    private Registration serve(String name, ServiceModel model, Invoker invoker, ServeOptions options) {
        calling.requireOpen();
        return services.add(new ServedService(name, model, invoker, options));
    }

    /**
     * Serves a function to everybody.
     *
     * @param name what callers call it
     * @param argument type of its argument
     * @param result type of its result
     * @param function called on many threads at a time
     * @return as {@link #serve(String, Class, Object)}
     * @throws IllegalArgumentException if the name is empty, too long or has control characters, or a type cannot travel
     * @throws IllegalStateException as for {@link #serve(String, Class, Object)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Registration attach(
            String name, Class<A> argument, Class<R> result, Function<? super A, ? extends R> function) {
        return attachTyped(name, argument, result, function);
    }

    /**
     * Serves a function with generic types to everybody.
     *
     * @param name what callers call it
     * @param argument type of its argument
     * @param result type of its result
     * @param function called on many threads at a time
     * @return as {@link #attach(String, Class, Class, Function)}, which also says what is thrown
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Registration attach(
            String name, TypeRef<A> argument, TypeRef<R> result, Function<? super A, ? extends R> function) {
        return attachTyped(name, argument.type(), result.type(), function);
    }

    @SuppressWarnings("unchecked") // arguments are decoded by the type of the function's argument
    private Registration attachTyped(String name, Type argument, Type result, Function<?, ?> function) {
        Objects.requireNonNull(function, "function");
        Function<@Nullable Object, @Nullable Object> untyped = (Function<@Nullable Object, @Nullable Object>) function;
        return serve(
                name,
                ModelReader.ofFunction(argument, result),
                (method, arguments) -> untyped.apply(arguments.get(0)),
                ServeOptions.DEFAULTS);
    }

    /**
     * Serves a name no longer; calls that have begun go on. Does nothing if nothing is served under it.
     *
     * @param name of a service or a function
     */
    public void detach(String name) {
        services.remove(name);
    }

    /**
     * A proxy of a service, wherever it is served: each call goes to a connected node that serves it. Does not wait, and asks
     * nobody until the first call.
     *
     * <p>What a method returns says how it is called: a plain type waits for the result, a {@code CompletableFuture} does not,
     * and cancelling that cancels the call. A method that waits can be interrupted: it throws {@link InterruptedException} if it
     * declares it, and otherwise {@link java.util.concurrent.CancellationException} with the thread still interrupted; on an event
     * loop it throws {@link IllegalStateException}. A {@link Flow.Publisher} calls whenever somebody subscribes, and signals on threads
     * of the calls; cancelling the subscription cancels the call. A {@link java.util.stream.Stream} or {@link java.util.Iterator}
     * calls at once, is waited for when it is read, and is to be closed (the iterator is an {@link AutoCloseable}). Default methods and those of {@code Object} run here.
     *
     * @param service its name
     * @param type an interface
     * @return calls fail with the exceptions of {@link CallException} and those that the method declares
     * @throws IllegalArgumentException if the interface cannot be called remotely; the message names the method and the parameter
     */
    public <I> I proxy(String service, Class<I> type) {
        return proxy(service, type, CallOptions.NONE);
    }

    /**
     * A proxy of a service, with options.
     *
     * @param service its name
     * @param type an interface
     * @param options what holds for its calls; annotations of methods go before it
     * @return as {@link #proxy(String, Class)}
     * @throws IllegalArgumentException as for {@link #proxy(String, Class)}
     */
    public <I> I proxy(String service, Class<I> type, CallOptions options) {
        ServedServices.checkName(service);
        return ProxyHandler.proxy(
                calling, type, ModelReader.forCalls(type, errors), service, new ConnectedPeers(node), options);
    }

    /**
     * The same proxy with options for single calls, which go before all others: {@code with(calculator, within(ofMillis(50))).add(1,
     * 2)}.
     *
     * @param proxy made by {@link #proxy} or {@link RemotePeer#proxy}
     * @param options what holds for the calls
     * @throws IllegalArgumentException if it is anything else
     */
    public static <I> I with(I proxy, CallOptions options) {
        return ProxyHandler.with(proxy, options);
    }

    /**
     * The services of one node.
     *
     * @param peer the node; dialled when it is called and not connected
     */
    public RemotePeer at(NodeId peer) {
        return new RemotePeer(Objects.requireNonNull(peer, "peer"), calling, errors);
    }

    /**
     * Serves nothing any more, interrupts what is executed, and cancels the calls that are under way. The node stays. Does nothing
     * the second time.
     */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            calls.close();
            descriptions.close();
            services.clear();
            calling.close();
            threads.close();
        }
    }

    /** Closes the remote with its node. */
    private final class EndOfNode implements Flow.Subscriber<NodeEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(NodeEvent event) {
            if (event instanceof NodeEvent.Closed) {
                close();
            }
        }

        @Override
        public void onError(Throwable failure) {
            close();
        }

        @Override
        public void onComplete() {
            close();
        }
    }
}
