package io.chaski.remote.internal.directory;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Registration;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleMailbox;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.internal.module.ReservedName;
import io.chaski.remote.Provider;
import io.chaski.remote.Service;
import io.chaski.remote.ServiceEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who serves what, as a member of the system topic: announces the services of this node, and knows those of others. One
 * for each node. Closes with the node. Thread-safe; {@link #providers} takes no lock unless something has changed.
 */
public final class ServiceDirectory implements AutoCloseable {

    /** The one topic on which services are announced. */
    static final Topic<byte[]> TOPIC = Topic.of(new ReservedName("$services"), byte[].class);

    private static final Logger LOG = LoggerFactory.getLogger(ServiceDirectory.class);

    /** A message of each provider and some; what is dropped is asked for again. */
    private static final int MAX_HEARD = 2 * Limits.MAX_RECORDS;

    private static final long MAX_HEARD_BYTES = 16L << 20;

    /** Each service of a full node can come and go while a listener is busy, or each provider of one service. */
    private static final int MAX_UNHEARD_EVENTS = 2 * Limits.MAX_RECORDS;

    /** How often a node that is alone looks whether it still is: whoever comes is to be greeted at once. */
    private static final Duration LOOK_WHEN_ALONE = Duration.ofMillis(100);

    /** How often a node looks for more neighbours, and at the round-trip times. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final ChaskiNode node;
    private final ModuleNode module;
    private final DirectorySubscription subscription;
    private final Registration closing;
    private final ModuleMailbox<ServiceEvent> events;
    private final Announcer announcer;

    /** Guards everything below. Nothing is called under it that waits, and no code of the application. */
    private final Object lock = new Object();

    private final DirectoryProtocol protocol;
    private final ServiceWaits waits;
    private long nextLookNanos;
    private int timer;
    private long timerNanos;
    private boolean isTimerSet;
    private boolean isClosed;

    /** Answers of one version of what is known. */
    private volatile Answers answers = new Answers(-1);

    private record Answers(long version, Map<String, List<Provider>> byName) {
        Answers(long version) {
            this(version, new ConcurrentHashMap<>());
        }
    }

    private ServiceDirectory(ChaskiNode node) {
        this.node = node;
        this.module = ModuleNode.of(node);
        this.events = module.newMailbox("a listener of services", MAX_UNHEARD_EVENTS);
        this.announcer = new Announcer(node, this::onUnsaid);
        this.waits = new ServiceWaits(module);
        long nowNanos = module.nanoTime();
        // The clock of the node: a directory that is opened again in the same incarnation begins above the last one.
        OwnRecord own = new OwnRecord(node.addresses(), nowNanos, module.newRandom(), nowNanos);
        this.protocol = new DirectoryProtocol(node.id(), own, new NodeOutbox(), nowNanos);
        this.nextLookNanos = nowNanos;
        synchronized (lock) { // what is heard at once waits until everything is in its place
            this.subscription = new DirectorySubscription(
                    node,
                    this::onMessage,
                    SubscribeOptions.builder()
                            .capacity(MAX_HEARD)
                            .capacityBytes(MAX_HEARD_BYTES)
                            .onGap(gap -> onInput(lateNanos -> protocol.onLoss()))
                            .onDrop(messages -> onInput(lateNanos -> protocol.onLoss()))
                            .build());
            this.closing = module.onClosing(this::close);
        }
    }

    /**
     * Joins the system topic, as soon as policies allow it.
     *
     * @param node one that runs and has no directory yet
     * @throws NodeClosedException if it is closed
     */
    public static ServiceDirectory on(ChaskiNode node) {
        ServiceDirectory directory = new ServiceDirectory(node);
        directory.onInput(nowNanos -> {});
        return directory;
    }

    // ---- what this node serves

    /**
     * Announces a service, at once.
     *
     * @param service what this node serves
     * @return withdraws it, at once
     * @throws IllegalStateException if this node announces its name and version already, or 1,024 services, or names of 96
     *     KiB together, or if the directory is closed
     */
    public Registration announce(Service service) {
        onInput(nowNanos -> {
            requireOpen();
            protocol.own().add(service);
        });
        AtomicBoolean isWithdrawn = new AtomicBoolean();
        return () -> {
            if (isWithdrawn.compareAndSet(false, true)) { // later, the same may be announced by somebody else
                onInput(nowNanos -> protocol.own().remove(service));
            }
        };
    }

    // ---- what others serve

    /**
     * Who serves any version of a service, without this node.
     *
     * @param service its name
     * @return sorted by node; empty if nobody is known
     */
    public List<Provider> providers(String service) {
        List<Provider> known = answers.byName().get(service);
        if (known != null) {
            return known;
        }
        synchronized (lock) {
            refreshAnswers();
            List<Provider> found = protocol.known().providers(service);
            if (!found.isEmpty()) { // anybody can ask for anything, so that only what exists is remembered
                answers.byName().put(service, found);
            }
            return found;
        }
    }

    /** The names of all services that are known, those of this node included. */
    public SortedSet<String> services() {
        synchronized (lock) {
            return new TreeSet<>(protocol.names(Integer.MAX_VALUE));
        }
    }

    /** The first 64 of {@link #services}: what fits into the message of an exception. */
    public List<String> someServices() {
        synchronized (lock) {
            return protocol.someNames();
        }
    }

    /**
     * Hears of providers that come, change and leave from now on, in order.
     *
     * @param listener called on the callback executor, one event at a time; 8,192 wait at most, those beyond are dropped
     *     and counted
     */
    public Registration listen(Consumer<? super ServiceEvent> listener) {
        return events.listen(listener);
    }

    /**
     * Waits until a service is there, without this node.
     *
     * @param service its name
     * @param version which version of it; empty for any
     * @param nodes how many nodes must serve it, 1 to 4,096
     * @param limit how long to wait
     * @return those that serve it then; fails with {@link RequestTimeoutException}, whose message has services that are known,
     *     or with {@link NodeClosedException}. Dependents run on the callback executor
     * @throws io.chaski.core.RequestRefusedException if 10,000 wait already
     */
    public CompletableFuture<List<Provider>> whenServed(
            String service, Optional<String> version, int nodes, Duration limit) {
        if (nodes < 1 || nodes > Limits.MAX_RECORDS) {
            throw new IllegalArgumentException("nodes must be 1 to " + Limits.MAX_RECORDS + ": " + nodes);
        }
        ServiceWaits.Wanted wanted = new ServiceWaits.Wanted(service, version);
        CompletableFuture<List<Provider>> future = module.newFuture();
        onInput(nowNanos -> {
            requireOpen();
            ServiceWaits.Wait wait = waits.add(wanted, nodes, limit, nowNanos, future);
            var unused = future.whenComplete((providers, failure) -> {
                synchronized (lock) {
                    waits.remove(wait);
                }
            });
        });
        return future;
    }

    /**
     * As {@link #whenServed}, for threads that wait.
     *
     * @throws RequestTimeoutException if there are not enough in time
     * @throws NodeClosedException if the node closes meanwhile
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     */
    public List<Provider> awaitServed(String service, Optional<String> version, int nodes, Duration limit)
            throws InterruptedException {
        return ServiceWaits.await(module, whenServed(service, version, nodes, limit));
    }

    /**
     * Tells the node where another one says it can be reached, if that one serves something.
     *
     * @param peer about to be called, without an edge to it
     */
    public void hint(NodeId peer) {
        KnownRecord record;
        synchronized (lock) {
            record = protocol.known().find(peer);
        }
        if (record != null) {
            module.hint(peer, record.epoch, record.addresses);
        }
    }

    /**
     * A node of this name that serves something; any of them if several have it.
     *
     * @param nodeName as it calls itself
     */
    public Optional<NodeId> named(String nodeName) {
        synchronized (lock) {
            return protocol.known().named(nodeName);
        }
    }

    /** What the other nodes call themselves that serve something. */
    public List<String> nodeNames() {
        synchronized (lock) {
            return protocol.known().nodeNames();
        }
    }

    /** How many other nodes serve something. */
    public int nodes() {
        synchronized (lock) {
            return protocol.known().size();
        }
    }

    /** What was not believed and why, and what was dropped: names of a fixed set. */
    public Map<String, Long> counters() {
        Map<String, Long> counters = new TreeMap<>();
        synchronized (lock) {
            for (Refusal why : Refusal.values()) {
                counters.put(why.counter(), protocol.refusals().getOrDefault(why, 0L));
            }
        }
        counters.put("services.events.dropped", events.dropped());
        return counters;
    }

    // ---- inputs

    private interface Input {
        void happen(long nowNanos);
    }

    private void onMessage(Message<byte[]> message) {
        onInput(nowNanos -> protocol.onMessage(
                message.origin(), message.originName(), message.epoch(), message.payload(), nowNanos));
    }

    private void onUnsaid(Announcement announcement) {
        onInput(nowNanos -> protocol.onUnsaid(announcement, nowNanos));
    }

    /** Something happens; then what is due is done. */
    private void onInput(Input input) {
        List<ServiceWaits.Ended> ended;
        synchronized (lock) {
            long nowNanos = module.nanoTime();
            input.happen(nowNanos);
            if (isClosed) {
                return;
            }
            look(nowNanos);
            protocol.onTime(nowNanos);
            refreshAnswers();
            ended = waits.look(protocol, protocol.known().takeChanged(), nowNanos);
            setTimer(nowNanos);
        }
        announcer.sayAll();
        waits.tell(ended);
    }

    private void look(long nowNanos) {
        if (nowNanos - nextLookNanos < 0) {
            return;
        }
        int neighbours = subscription.neighbours();
        protocol.onNeighbours(neighbours, nowNanos);
        nextLookNanos = nowNanos + (neighbours == 0 ? LOOK_WHEN_ALONE : LOOK).toNanos();
        if (protocol.known().size() > 0) {
            measure();
        }
    }

    private void measure() {
        try {
            var unused = module.roundTrips().whenComplete((measured, failure) -> {
                if (measured != null) {
                    onMeasured(measured);
                }
            });
        } catch (NodeClosedException ending) {
            LOG.debug("no round-trip times: the node closes");
        }
    }

    private void onMeasured(Map<NodeId, Duration> measured) {
        synchronized (lock) {
            protocol.known().setRoundTrips(measured);
            refreshAnswers();
        }
    }

    private void refreshAnswers() {
        long version = protocol.known().version();
        if (answers.version() != version) {
            answers = new Answers(version);
        }
    }

    private void setTimer(long nowNanos) {
        long idleNanos = Math.min(
                Math.min(protocol.idleNanos(nowNanos), waits.idleNanos(nowNanos)),
                Math.max(0, nextLookNanos - nowNanos));
        if (isTimerSet && timerNanos - (nowNanos + idleNanos) <= 0) {
            return; // that one looks again
        }
        int number = ++timer;
        timerNanos = nowNanos + idleNanos;
        isTimerSet = module.after(Duration.ofNanos(idleNanos), () -> onTimer(number));
    }

    private void onTimer(int number) {
        onInput(nowNanos -> {
            if (number == timer) {
                isTimerSet = false;
            }
        });
    }

    // ---- outputs

    /** Called under the lock. */
    private final class NodeOutbox implements Outbox {
        @Override
        public void say(Announcement announcement) {
            announcer.add(announcement);
        }

        @Override
        public void emit(ServiceEvent event) {
            events.offer(event);
        }
    }

    // ---- the end

    private void requireOpen() {
        if (isClosed) {
            throw node.state() == NodeSnapshot.State.RUNNING
                    ? new IllegalStateException("the directory of services is closed")
                    : new NodeClosedException(node.name());
        }
    }

    /** Says goodbye. What was known stays to be read, and grows old. Does nothing when closed. */
    @Override
    public void close() {
        List<ServiceWaits.Ended> left;
        synchronized (lock) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            protocol.close();
            left = waits.takeAll(node.name());
        }
        announcer.sayLast();
        closing.close();
        subscription.close();
        waits.tell(left);
    }
}
