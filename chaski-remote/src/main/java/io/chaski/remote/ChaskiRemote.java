package io.chaski.remote;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Dispatch;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.TypeRef;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.security.policy.Action;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.internal.call.CallbackProxies;
import io.chaski.remote.internal.call.Calling;
import io.chaski.remote.internal.call.CapturedCall;
import io.chaski.remote.internal.call.DirectoryProviders;
import io.chaski.remote.internal.call.DynamicCalls;
import io.chaski.remote.internal.call.ProxyHandler;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.directory.NamedPeers;
import io.chaski.remote.internal.directory.ServiceDirectory;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ObjectReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.schedule.ScheduleClient;
import io.chaski.remote.internal.schedule.ScheduleDesk;
import io.chaski.remote.internal.schedule.ScheduleService;
import io.chaski.remote.internal.schedule.ScheduleStore;
import io.chaski.remote.internal.schedule.Schedules;
import io.chaski.remote.internal.schedule.ServedRuns;
import io.chaski.remote.internal.serve.AnnouncedServices;
import io.chaski.remote.internal.serve.CallAcceptor;
import io.chaski.remote.internal.serve.CallRights;
import io.chaski.remote.internal.serve.Describer;
import io.chaski.remote.internal.serve.InterfaceInvoker;
import io.chaski.remote.internal.serve.Invoker;
import io.chaski.remote.internal.serve.LocalCalls;
import io.chaski.remote.internal.serve.ServedService;
import io.chaski.remote.internal.serve.ServedServices;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.Description;
import java.lang.reflect.Type;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls between nodes: a node serves Java interfaces and functions, and calls those of others through proxies.
 *
 * <p>Nothing can be called that was not served, and no class is ever found by a name that has arrived. Arguments and results are
 * encoded by the types that the interface declares: primitives and their boxes, {@code String}, {@code byte[]}, arrays, {@code
 * BigInteger}, {@code BigDecimal}, enums, records, {@code List}, {@code Set}, {@code Map}, {@code Optional}, the types of {@code
 * java.time}, {@code NodeId} and {@code Address}; a result may come as a {@code CompletableFuture}. A parameter may be an interface,
 * which is called back until the call is over; a method without parameters may lead to another interface, a service inside this
 * one. Any other type is refused when the interface is served or a proxy of it is made.
 *
 * <p>A method may return a stream of such items, and take one, as {@link Flow.Publisher}, {@link java.util.stream.Stream} or {@link
 * java.util.Iterator}; each side chooses. A slow reader slows the producer: at most 256 KiB wait at each side, and one item. Without
 * a deadline that somebody sets, such a call lasts as long as its connection, unless a thread of the implementation waits for items
 * that do not come, see {@link RemoteOptions#itemIdle()}.
 *
 * <p>A call is executed at most once for each time it is made; when that cannot be known, the exception says so, see {@link
 * CallException#execution()}. Implementations run on threads of their own, never on the event loop.
 *
 * <p>Thread-safe. One remote a node; it ends with the node.
 */
public final class ChaskiRemote implements AutoCloseable {

    /** It only queues. */
    private static final StreamOptions INLINE =
            StreamOptions.builder().dispatch(Dispatch.INLINE).build();

    private final ChaskiNode node;
    private final ErrorTypes errors;
    private final CallThreads threads;
    private final CallEvents events;
    private final ServedServices services;
    private final Calling calling;
    private final Registration calls;
    private final Registration descriptions;
    private final CallAcceptor acceptor;
    private final EndOfNode ending = new EndOfNode();
    private final ServiceDirectory directory;
    private final DirectoryProviders everybody;
    private final AnnouncedServices announced;
    private final NamedPeers<RemotePeer> peers;
    private final Schedules schedules;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private ChaskiRemote(ChaskiNode node, RemoteOptions options) {
        Optional<ScheduleStore> store = options.scheduleStore().map(ScheduleStore::new);
        CallRights rights = CallRights.of(node);
        this.node = node;
        this.services = new ServedServices(rights);
        this.errors = new ErrorTypes(options.errors());
        this.threads = new CallThreads(node.name());
        this.events = new CallEvents(threads.signals());
        Budget budget = Budget.ofHeap();
        this.calling = new Calling(
                ModuleNode.of(node).inlineStreams(),
                node::edge,
                options,
                budget,
                threads,
                events,
                this::hint,
                new SecureRandom(),
                services.callbacks(),
                rights);
        this.acceptor = new CallAcceptor(
                services, options, budget, threads, events, new CallbackProxies(calling), node.streams()::inEventLoop);
        List<Registration> served = new ArrayList<>();
        boolean isServed = false;
        try {
            this.calls = node.streams().serve(CallHeaders.PROTOCOL, CallAcceptor.OPTIONS, acceptor);
            served.add(calls);
            this.descriptions =
                    node.streams().serve(Description.PROTOCOL, INLINE, new Describer(services, threads.own()));
            served.add(descriptions);
            this.directory = ServiceDirectory.on(node);
            isServed = true;
        } finally {
            if (!isServed) { // the node is closed, or has a remote already
                served.forEach(Registration::close);
                threads.close();
            }
        }
        this.everybody = new DirectoryProviders(directory::providers, directory::someServices);
        this.peers = new NamedPeers<>(node, directory, this::at);
        this.announced = new AnnouncedServices(services, directory);
        this.schedules = openSchedules(store.orElse(null), new ServedRuns(new LocalCalls(acceptor, calling.ids())));
        node.events().subscribe(ending);
    }

    /** Where a provider can be dialled stands in its record, if nothing else is known of it. */
    private void hint(NodeId peer) {
        if (node.edge(peer).isEmpty()) {
            directory.hint(peer);
        }
    }

    private Schedules openSchedules(@Nullable ScheduleStore store, ServedRuns executing) {
        Schedules opened = new Schedules(node.id(), ModuleNode.of(node), executing, store);
        ServiceModel model = ModelReader.forServing(ScheduleService.class, ErrorTypes.NONE_REGISTERED);
        var unused = services.add(new ServedService(
                ScheduleService.NAME,
                model,
                new InterfaceInvoker(model, new ScheduleDesk(opened)),
                ServeOptions.DEFAULTS));
        return opened;
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
     * @throws java.io.UncheckedIOException if the directory of schedules cannot be made
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
     * @throws IllegalArgumentException if the name is empty, too long, has control characters or begins with {@code $}, or the
     *     interface cannot be called remotely; the message names the method and the parameter
     * @throws IllegalStateException if the name is taken, 1,024 services are served or their names take 96 KiB together, or the
     *     remote is closed
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
     * @param options who may call, and which version it is
     * @return as {@link #serve(String, Class, Object)}, which also says what is thrown
     */
    public <I> Registration serve(String name, Class<I> type, I implementation, ServeOptions options) {
        Objects.requireNonNull(implementation, "implementation");
        ServiceModel model = ModelReader.forServing(type, errors);
        return serve(name, model, new InterfaceInvoker(model, implementation), options);
    }

    /**
     * Serves an object to everybody, without an interface: its methods that are annotated with {@link RemoteMethod}, and no others.
     * Callers have an interface with methods of the same names, parameters and results.
     *
     * @param name what callers call it
     * @param object of any class, public or not; called on many threads at a time
     * @return ends it; calls that have begun go on
     * @throws IllegalArgumentException if the name is empty, too long or has control characters, no method is annotated, or one is that
     *     is private, static, of {@code Object}, or has types that cannot travel; the message names it
     * @throws IllegalStateException as for {@link #serve(String, Class, Object)}
     */
    public Registration serve(String name, Object object) {
        return serve(name, object, ServeOptions.DEFAULTS);
    }

    /**
     * Serves the annotated methods of an object.
     *
     * @param name what callers call it
     * @param object of any class, public or not; called on many threads at a time
     * @param options who may call
     * @return as {@link #serve(String, Object)}, which also says what is thrown
     */
    public Registration serve(String name, Object object, ServeOptions options) {
        ServiceModel model = ObjectReader.forServing(object.getClass(), errors);
        return serve(name, model, new InterfaceInvoker(model, object), options);
    }

    private Registration serve(String name, ServiceModel model, Invoker invoker, ServeOptions options) {
        calling.requireOpen();
        node.access().require(Action.RPC_SERVE, name);
        return announced.add(new ServedService(name, model, invoker, options));
    }

    /**
     * Serves a function to everybody.
     *
     * @param name what callers call it
     * @param argument type of its argument
     * @param result type of its result
     * @param function called on many threads at a time
     * @return as {@link #serve(String, Class, Object)}
     * @throws IllegalArgumentException if the name is empty, too long, has control characters or begins with {@code $}, or a type
     *     cannot travel
     * @throws IllegalStateException as for {@link #serve(String, Class, Object)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Registration attach(
            String name, Class<A> argument, Class<R> result, Function<? super A, ? extends R> function) {
        return attach(name, argument, result, function, ServeOptions.DEFAULTS);
    }

    /**
     * Serves a function.
     *
     * @param name what callers call it
     * @param argument type of its argument
     * @param result type of its result
     * @param function called on many threads at a time
     * @param options who may call, which version it is, whether it may be scheduled
     * @return as {@link #attach(String, Class, Class, Function)}, which also says what is thrown
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Registration attach(
            String name,
            Class<A> argument,
            Class<R> result,
            Function<? super A, ? extends R> function,
            ServeOptions options) {
        return attachTyped(name, argument, result, function, options);
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
        return attach(name, argument, result, function, ServeOptions.DEFAULTS);
    }

    /**
     * Serves a function with generic types.
     *
     * @param name what callers call it
     * @param argument type of its argument
     * @param result type of its result
     * @param function called on many threads at a time
     * @param options who may call, which version it is, whether it may be scheduled
     * @return as {@link #attach(String, Class, Class, Function)}, which also says what is thrown
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Registration attach(
            String name,
            TypeRef<A> argument,
            TypeRef<R> result,
            Function<? super A, ? extends R> function,
            ServeOptions options) {
        return attachTyped(name, argument.type(), result.type(), function, options);
    }

    @SuppressWarnings("unchecked") // arguments are decoded by the type of the function's argument
    private Registration attachTyped(
            String name, Type argument, Type result, Function<?, ?> function, ServeOptions options) {
        Objects.requireNonNull(function, "function");
        Function<@Nullable Object, @Nullable Object> untyped = (Function<@Nullable Object, @Nullable Object>) function;
        return serve(
                name,
                ModelReader.ofFunction(argument, result),
                (method, arguments) -> untyped.apply(arguments.get(0)),
                options);
    }

    /** What this node serves at present, sorted by name. Callbacks are not among it. */
    public List<OwnService> services() {
        return services.all().stream().map(ServedService::told).toList();
    }

    /**
     * Serves a name no longer, in whatever version, and says so; calls that have begun go on. Does nothing if nothing is served
     * under it.
     *
     * @param name of a service or a function
     */
    public void detach(String name) {
        announced.remove(name);
    }

    /**
     * A proxy of a service, wherever it is served: each call goes to a node that announces it, the nearest one unless {@link
     * CallOptions#selection()} says otherwise, and after a failure that allows it to the next. Never to this node itself. Does not
     * wait, and asks nobody until the first call.
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
        return ProxyHandler.proxy(calling, type, ModelReader.forCalls(type, errors), service, everybody, options);
    }

    /**
     * A function, wherever it is attached: each call goes to a node that announces it, as those of a {@link #proxy} do. It waits for
     * the result as a method of a proxy does, and is a proxy itself: {@link #with}, {@link #async} and {@link #schedule} take it,
     * {@code remote.async(square, f -> f.apply(3.0))}. It is not idempotent: only a call that certainly was not executed is repeated.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @return calls fail with the exceptions of {@link CallException}
     * @throws IllegalArgumentException if a type cannot travel
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, Class<A> argument, Class<R> result) {
        return function(name, argument, result, CallOptions.NONE);
    }

    /**
     * A function, wherever it is attached, with options.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @param options what holds for its calls
     * @return as {@link #function(String, Class, Class)}, which also says what is thrown
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, Class<A> argument, Class<R> result, CallOptions options) {
        return functionOf(name, argument, result, options);
    }

    /**
     * A function with generic types, wherever it is attached.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @return as {@link #function(String, Class, Class)}, which also says what is thrown
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, TypeRef<A> argument, TypeRef<R> result) {
        return function(name, argument, result, CallOptions.NONE);
    }

    /**
     * A function with generic types, wherever it is attached, with options.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @param options what holds for its calls
     * @return as {@link #function(String, Class, Class)}, which also says what is thrown
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, TypeRef<A> argument, TypeRef<R> result, CallOptions options) {
        return functionOf(name, argument.type(), result.type(), options);
    }

    private <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> functionOf(
            String name, Type argument, Type result, CallOptions options) {
        ServedServices.checkName(name);
        return ProxyHandler.function(calling, ModelReader.ofFunction(argument, result), name, everybody, options);
    }

    /**
     * The same proxy with options for single calls, which go before all others: {@code with(calculator, within(ofMillis(50))).add(1,
     * 2)}.
     *
     * @param proxy made by {@link #proxy} or {@link #function}, or by a {@link RemotePeer}
     * @param options what holds for the calls
     * @throws IllegalArgumentException if it is anything else
     */
    public static <I> I with(I proxy, CallOptions options) {
        return ProxyHandler.with(proxy, options);
    }

    /**
     * Makes a call without waiting for it, of a method with a plain result: {@code remote.async(calculator, c -> c.add(1, 2))}.
     *
     * @param proxy made by {@link #proxy} or {@link #function}, or by a {@link RemotePeer}; options included
     * @param call names the call
     * @return its result, on a thread of the calls; cancelling it cancels the call
     * @throws IllegalArgumentException if it is no proxy of this remote, or the code does anything but one call of it, of a
     *     method that neither returns a future itself nor takes or returns a stream of items
     */
    @SuppressWarnings("unchecked") // the type of the method's result
    public <I, T extends @Nullable Object> CompletableFuture<T> async(I proxy, RemoteCall<? super I, T> call) {
        return (CompletableFuture<T>) CapturedCall.of(calling, proxy, call).begin();
    }

    /**
     * As {@link #async}, of a method whose result nobody wants, or that has none.
     *
     * @param proxy as there
     * @param call names the call
     * @return completes when the method has returned, or has been sent if it is one-way
     */
    public <I> CompletableFuture<Void> runAsync(I proxy, RemoteAction<? super I> call) {
        return CapturedCall.ofAction(calling, proxy, call).beginVoid();
    }

    /**
     * Lets a provider run a method by itself, again and again: {@code remote.schedule(clock, c -> c.tick()).every(ofSeconds(5))}. The
     * schedule lives at the provider, the first that the proxy would call and that can be reached, and goes on when this node is gone.
     *
     * @param proxy made by {@link #proxy} or {@link #function}, or by a {@link RemotePeer}; the headers and the deadline of its calls are those of the runs
     * @param call names the call; its result is of no interest
     * @return says when; nothing is scheduled before that
     * @throws IllegalArgumentException as for {@link #async}
     */
    public <I> Scheduling schedule(I proxy, RemoteAction<? super I> call) {
        CapturedCall captured = CapturedCall.ofAction(calling, proxy, call);
        return new Scheduling(new ScheduleClient(calling), captured, null, Optional.empty());
    }

    /**
     * All other nodes that serve something, to be called at once.
     *
     * @param service its name
     * @param type an interface
     * @throws IllegalArgumentException as for {@link #proxy(String, Class)}
     */
    public <I> Broadcast<I> all(String service, Class<I> type) {
        I proxy = proxy(service, type);
        return new Broadcast<>(calling, everybody, threads.signals(), proxy, Broadcast.DEFAULT_AT_ONCE);
    }

    /**
     * Waits until enough other nodes serve something.
     *
     * @param service its name
     * @param nodes how many, 1 to 4,096
     * @param limit how long to wait
     * @return those that serve it then, sorted by node
     * @throws io.chaski.core.RequestTimeoutException if there are not enough in time; the message has the services that are known
     * @throws io.chaski.core.NodeClosedException if the node closes meanwhile
     * @throws io.chaski.core.RequestRefusedException if 10,000 wait already
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     */
    public List<Provider> awaitService(String service, int nodes, Duration limit) throws InterruptedException {
        return directory.awaitServed(service, Optional.empty(), nodes, limit);
    }

    /**
     * Waits until enough other nodes serve one version of something.
     *
     * @param service its name
     * @param version of the service, as it is served; empty for the one without a version
     * @param nodes how many, 1 to 4,096
     * @param limit how long to wait
     * @return those that serve it then, sorted by node, none of them in another version; as {@link #awaitService(String, int,
     *     Duration)}, which also says what is thrown
     */
    public List<Provider> awaitService(String service, String version, int nodes, Duration limit)
            throws InterruptedException {
        return directory.awaitServed(service, Optional.of(version), nodes, limit);
    }

    /**
     * As {@link #awaitService(String, int, Duration)}, without waiting.
     *
     * @param service its name
     * @param nodes how many, 1 to 4,096
     * @param limit how long to wait
     * @return fails with what {@link #awaitService(String, int, Duration)} throws; dependents run on the callback executor
     */
    public CompletableFuture<List<Provider>> whenService(String service, int nodes, Duration limit) {
        return directory.whenServed(service, Optional.empty(), nodes, limit);
    }

    /**
     * As {@link #awaitService(String, String, int, Duration)}, without waiting.
     *
     * @param service its name
     * @param version of the service; empty for the one without a version
     * @param nodes how many, 1 to 4,096
     * @param limit how long to wait
     * @return as {@link #whenService(String, int, Duration)}
     */
    public CompletableFuture<List<Provider>> whenService(String service, String version, int nodes, Duration limit) {
        return directory.whenServed(service, Optional.of(version), nodes, limit);
    }

    /**
     * Hears of other nodes' services that come, change and go from now on, in order.
     *
     * @param listener called on the callback executor, one event at a time; 8,192 wait at most, those beyond are dropped and counted
     * @return ends it
     */
    public Registration onServiceEvent(Consumer<? super ServiceEvent> listener) {
        return directory.listen(listener);
    }

    /**
     * Which other nodes serve something, as far as this one knows: what came up is known within a round trip, who crashed for
     * another thirty seconds.
     *
     * @param service its name
     * @return in all versions, sorted by node; empty if nobody does
     */
    public List<Provider> providers(String service) {
        return directory.providers(service);
    }

    /** The names of all services that are known, those of this node included. */
    public SortedSet<String> knownServices() {
        return directory.services();
    }

    /**
     * A service without an interface, wherever it is served: each call goes to one of the nodes that announce it. Asks nobody until
     * the first call.
     *
     * @param service its name
     * @throws IllegalArgumentException if the name is empty, too long or has control characters
     */
    public DynamicService dynamic(String service) {
        ServedServices.checkName(service);
        return new DynamicService(new DynamicCalls(calling, service, everybody), "", CallOptions.NONE);
    }

    /**
     * Hears of calls that begin and end, made and executed, without their arguments and results. Costs next to nothing while nobody
     * listens.
     *
     * @return calls its subscribers on threads of the calls; a subscriber that is 8,192 events behind misses some, which are counted
     */
    public Flow.Publisher<CallEvent> events() {
        return events.publisher();
    }

    /** The numbers of this remote. */
    public RemoteSnapshot snapshot() {
        return new RemoteSnapshot(
                events.ended(CallEvent.Side.CALLING),
                events.ended(CallEvent.Side.SERVING),
                events.ended(CallEvent.Side.SCHEDULED),
                events.underWay(CallEvent.Side.CALLING),
                events.underWay(CallEvent.Side.SERVING) + events.underWay(CallEvent.Side.SCHEDULED),
                schedules.size(),
                directory.nodes(),
                directory.counters(),
                events.dropped());
    }

    /**
     * The services of one node.
     *
     * @param peer the node; dialled when it is called and not connected. Calls to this node itself fail with {@link
     *     NoProviderException}: the object is at hand
     */
    public RemotePeer at(NodeId peer) {
        return new RemotePeer(Objects.requireNonNull(peer, "peer"), calling, errors);
    }

    /**
     * Waits until a node of some name is there: one that this node has an edge to, or else one that announces a service. Names are for
     * people and need not be unique; of several nodes with an edge the oldest edge counts.
     *
     * @param name what the other node calls itself
     * @param limit how long to wait
     * @return its services
     * @throws io.chaski.core.RequestTimeoutException if there is none in time; the message has the names that are known
     * @throws io.chaski.core.NodeClosedException if the node closes meanwhile
     * @throws io.chaski.core.RequestRefusedException if 10,000 wait already
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop, or the remote closes alone
     */
    public RemotePeer awaitPeer(String name, Duration limit) throws InterruptedException {
        return peers.await(Objects.requireNonNull(name, "name"), limit);
    }

    /**
     * As {@link #awaitPeer}, without waiting.
     *
     * @param name what the other node calls itself
     * @param limit how long to wait
     * @return fails with what {@link #awaitPeer} throws; dependents run on the callback executor
     */
    public CompletableFuture<RemotePeer> whenPeer(String name, Duration limit) {
        return peers.when(Objects.requireNonNull(name, "name"), limit);
    }

    /**
     * Serves nothing any more, interrupts what is executed, and cancels the calls that are under way. Whoever has called hears at
     * once that nothing is known of the call. The node stays. Does nothing the second time.
     */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            peers.close();
            directory.close();
            schedules.close();
            calls.close();
            descriptions.close();
            services.clear();
            calling.close();
            acceptor.close();
            threads.close();
            ending.cancel();
            events.close();
        }
    }

    /** Closes the remote with its node. */
    private final class EndOfNode implements Flow.Subscriber<NodeEvent> {
        private final CompletableFuture<Flow.Subscription> given = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
            given.complete(subscription);
        }

        /** The node may stay, and have other remotes. */
        void cancel() {
            var unused = given.thenAccept(Flow.Subscription::cancel);
        }

        @Override
        public void onNext(NodeEvent event) {
            if (event instanceof NodeEvent.Closed) {
                close();
            } else if (event instanceof NodeEvent.EdgeUp) {
                peers.look();
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
