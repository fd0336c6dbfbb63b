package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeEvent;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A node under attack between two honest peers. All three publish all the time on a topic that all three hear. After
 * each test every message that was published must have arrived once and in order, no honest edge may have been lost, no
 * callback may have failed, no line of the log may speak of a bug or come too often, the event loop must have gone on all
 * the time, and the buffers must be within their bound.
 */
final class Siege implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    static final String CLUSTER = "siege";

    /** What the honest talk about; a hostile peer that wants to may join. */
    static final Topic<String> TALK = Topic.text("siege/talk");

    private static final Set<String> HONEST = Set.of("victim", "alice", "bob");

    static final Duration PATIENCE = HostilePeer.PATIENCE;

    /** Often enough that some messages are on their way during any attack, rarely enough to leave a processor free. */
    private static final long PUBLISH_EVERY_MILLIS = 4;

    /** Minutes of talk: on a machine that is busy a callback may not run for seconds, and that is nobody's attack. */
    private static final int QUEUE = 1 << 16;

    /** Chunks that the allocator may take for a few connections; what a lying length could cost is far more. */
    private static final long BUFFER_BOUND_BYTES = 64L << 20;

    /** The honest go on talking, and what they say is kept for half a minute; nothing grows by that much by itself. */
    private static final long HEAP_BOUND_BYTES = 16L << 20;

    /** What one hostile connection may cost in buffers besides the frame it is in the middle of. */
    static final long CASE_BYTES = 64 << 10;

    private static final long PROBE_EVERY_MILLIS = 20;

    /** Messages of each honest publisher at each honest hearer: a second of talk, and a percentile of 1,500 says something. */
    private static final int ENOUGH_TALK = 250;

    /** Each of three hears the other two. */
    private static final int HONEST_PAIRS = 6;

    /** One blow of an attack that goes on. */
    interface Blow {
        void strike() throws IOException;
    }

    /** Far below the lease. The time until a busy machine has a processor for the loop and for the probe is in it. */
    private static final Duration LOOP_BOUND = Duration.ofSeconds(5);

    private final UnaryOperator<NodeBuilder> options;
    private final List<Citizen> citizens = new ArrayList<>();
    private final List<NodeEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> foreign = new CopyOnWriteArrayList<>();
    private final CapturedLog log = new CapturedLog();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "siege-talk");
        thread.setDaemon(true);
        return thread;
    });
    private final ScheduledExecutorService probe = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "siege-probe");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong longestNanos = new AtomicLong();
    private Future<?> probing;
    private Future<?> talking;
    private long buffersBefore;
    private volatile @Nullable Latencies latencies;

    /** With a victim as it comes. */
    Siege() {
        this(UnaryOperator.identity());
    }

    /** With options for the victim. */
    Siege(UnaryOperator<NodeBuilder> options) {
        this.options = options;
    }

    ChaskiNode victim() {
        return citizens.get(0).node;
    }

    Address address() {
        return victim().addresses().get(0);
    }

    HostilePeer attack() {
        return HostilePeer.connect(address());
    }

    CapturedLog log() {
        return log;
    }

    /** What has happened to the victim since the test began. */
    List<NodeEvent> events() {
        return events;
    }

    /** Texts that the victim has heard from others than its honest peers, in order. */
    List<String> foreign() {
        return foreign;
    }

    void awaitEvent(NodeEvent event) {
        eventually().untilAsserted(() -> assertThat(events).contains(event));
    }

    <E extends NodeEvent> E awaitEvent(Class<E> type, Predicate<E> fits) {
        eventually()
                .untilAsserted(() -> assertThat(events)
                        .as("an event of type %s", type.getSimpleName())
                        .anyMatch(event -> type.isInstance(event) && fits.test(type.cast(event))));
        return events.stream()
                .filter(event -> type.isInstance(event) && fits.test(type.cast(event)))
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    /** A rule was broken before or after the handshake, and the victim has said which. */
    void awaitViolation(CloseReason reason) {
        awaitEvent(NodeEvent.Violation.class, violation -> violation.reason() == reason);
    }

    /** Waits with a deadline; what it last saw is in the failure. */
    static ConditionFactory eventually() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /** One of the victim's counters; 0 if it has never counted. */
    long counter(String name) {
        return victim().snapshot().counters().getOrDefault(name, 0L);
    }

    void awaitCounter(String name, long atLeast) {
        eventually()
                .untilAsserted(() -> assertThat(victim().snapshot().counters())
                        .as("counters of the victim")
                        .hasEntrySatisfying(name, value -> assertThat(value).isGreaterThanOrEqualTo(atLeast)));
    }

    /** Only the edges to the two honest peers are left. */
    void awaitOnlyHonestEdges() {
        eventually()
                .untilAsserted(() -> assertThat(victim().edges())
                        .extracting(edge -> edge.name())
                        .containsExactlyInAnyOrder("alice", "bob"));
    }

    /** Every message that was published until now has arrived everywhere, once and in order. */
    void assertNothingIsLost() {
        for (Citizen publisher : citizens) {
            long published = publisher.published.get();
            for (Citizen hearer : citizens) {
                if (hearer != publisher) {
                    eventually()
                            .untilAsserted(() -> assertThat(hearer.heard(publisher))
                                    .as("%s has heard of %s", hearer.name, publisher.name)
                                    .isGreaterThanOrEqualTo(published));
                }
            }
        }
        for (Citizen citizen : citizens) {
            assertThat(citizen.complaints).as("complaints of %s", citizen.name).isEmpty();
        }
    }

    /**
     * Strikes again and again until each of the honest has heard enough of the others meanwhile, and reports how long their
     * messages took without and with it. That is not judged, since the other work of the machine is in it; that none is
     * lost is, as after each test.
     *
     * @param what a blow, for the report
     * @param times at least so often
     * @param blow what is done
     */
    void strikeWhileTheHonestTalk(String what, int times, Blow blow) throws IOException {
        Latencies quiet = new Latencies();
        latencies = quiet;
        eventually().until(() -> quiet.fewest(HONEST_PAIRS) >= ENOUGH_TALK);
        Latencies attacked = new Latencies();
        latencies = attacked;
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        int struck = 0;
        while (struck < times || attacked.fewest(HONEST_PAIRS) < ENOUGH_TALK) {
            blow.strike();
            struck++;
            assertThat(System.nanoTime() - deadlineNanos)
                    .as("no end after %s: %d, honest messages %s", what, struck, attacked)
                    .isNegative();
        }
        latencies = null;
        System.out.println(
                "measured: honest messages took " + attacked + " during " + struck + " " + what + ", before " + quiet);
    }

    private boolean isLossOfAnHonestEdge(NodeEvent event) {
        return event instanceof NodeEvent.EdgeDown down
                && citizens.stream().anyMatch(citizen -> citizen.node.id().equals(down.peer()));
    }

    /** How long the event loop takes to get to a question, which is how long it handles an input at most. */
    private void probe() {
        long startNanos = System.nanoTime();
        victim().snapshot();
        longestNanos.accumulateAndGet(System.nanoTime() - startNanos, Math::max);
    }

    /** Bytes that Netty holds outside the heap. */
    static long bufferBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    /** Bytes of the heap that are in use, after a collection. */
    static long liveHeapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * What an attack has left in the heap while it goes on is within its bound.
     *
     * @param what the attack
     * @param bytesBefore from {@link #liveHeapBytes}
     */
    static void assertHeapIsBounded(String what, long bytesBefore) {
        long bytes = liveHeapBytes() - bytesBefore;
        System.out.println("measured: " + what + " costs " + (bytes >> 10) + " KiB of heap");
        assertThat(bytes).as("bytes of heap").isLessThan(HEAP_BOUND_BYTES);
    }

    /** Files and sockets that this process has open; 0 where that cannot be asked for. */
    static long openDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getOpenFileDescriptorCount()
                : 0;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        log.start();
        citizens.add(new Citizen("victim", options.apply(builder("victim").onEvent(events::add)), foreign::add));
        String bootstrap = address().toString();
        citizens.add(new Citizen("alice", builder("alice").bootstrap(bootstrap), ignored -> {}));
        citizens.add(new Citizen("bob", builder("bob").bootstrap(bootstrap), ignored -> {}));
        for (Citizen citizen : citizens) {
            citizen.subscription.awaitSubscribers(2, PATIENCE);
        }
        probing = probe.scheduleWithFixedDelay(this::probe, 0, PROBE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        // With a delay and not at a rate: after a pause of the machine nobody makes up for what was not said.
        talking = clock.scheduleWithFixedDelay(
                () -> citizens.forEach(Citizen::talk), 0, PUBLISH_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        assertNothingIsLost();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        events.clear();
        log.clear();
        citizens.forEach(citizen -> citizen.complaints.clear()); // each test answers for its own
        buffersBefore = bufferBytes();
        longestNanos.set(0);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(talking).as("the talk of the honest").isNotDone();
        assertNothingIsLost();
        assertThat(events).as("honest edges that were lost").noneMatch(this::isLossOfAnHonestEdge);
        assertThat(log.errors()).as("lines that speak of a bug").isEmpty();
        assertThat(log.floods()).as("lines that came too often").isEmpty();
        assertThat(probing).as("the look at the event loop").isNotDone();
        Duration longest = Duration.ofNanos(longestNanos.get());
        System.out.println("measured: " + context.getDisplayName() + ": the event loop of the victim answered within "
                + longest.toMillis() + " ms");
        assertThat(longest)
                .as("longest time without an answer of the event loop")
                .isLessThan(LOOP_BOUND);
        assertThat(counter("callbacks.failed")).as("callbacks that failed").isZero();
        assertThat(bufferBytes() - buffersBefore).as("bytes of buffers").isLessThan(BUFFER_BOUND_BYTES);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        probe.shutdownNow();
        clock.shutdownNow();
        clock.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        for (Citizen citizen : citizens) {
            citizen.node.close();
        }
        log.stop();
    }

    private static NodeBuilder builder(String name) {
        return ChaskiNode.builder().name(name).cluster(CLUSTER);
    }

    /** The victim or one of its honest peers. */
    private final class Citizen {
        private final String name;
        private final ChaskiNode node;
        private final Subscription subscription;
        private final AtomicLong published = new AtomicLong();
        private final Map<String, Long> heard = new ConcurrentHashMap<>();
        private final List<String> complaints = new CopyOnWriteArrayList<>();

        Citizen(String name, NodeBuilder builder, Consumer<String> foreign) {
            this.name = name;
            this.node = builder.onEvent(this::onEvent).start();
            this.subscription = node.subscribe(
                    TALK,
                    message -> {
                        if (HONEST.contains(message.originName())) {
                            hear(message.originName(), message.payload());
                        } else {
                            foreign.accept(message.payload());
                        }
                    },
                    SubscribeOptions.builder().capacity(QUEUE).build());
        }

        void talk() {
            node.publish(TALK, (published.get() + 1) + " " + System.nanoTime());
            published.incrementAndGet();
        }

        long heard(Citizen publisher) {
            return heard.getOrDefault(publisher.name, 0L);
        }

        private void hear(String publisher, String said) {
            String[] words = said.split(" ", -1);
            long number = Long.parseLong(words[0]);
            Latencies measured = latencies;
            if (measured != null) {
                measured.add(publisher, name, System.nanoTime() - Long.parseLong(words[1]));
            }
            Long before = heard.put(publisher, number);
            if (number != (before == null ? 1 : before + 1)) {
                complaints.add("after " + before + " of " + publisher + " came " + number);
            }
        }

        private void onEvent(NodeEvent event) {
            boolean isLoss =
                    event instanceof NodeEvent.GapDetected gap && gap.topic().equals(TALK.name()) && isHonest(gap)
                            || event instanceof NodeEvent.Dropped
                            || event instanceof NodeEvent.Isolated
                            || event instanceof NodeEvent.NetworkChanged;
            if (isLoss) {
                complaints.add(event.toString());
            }
        }

        /** Gaps of publishers that a hostile peer made up are its own affair. */
        private boolean isHonest(NodeEvent.GapDetected gap) {
            return node.id().equals(gap.gap().origin())
                    || node.edges().stream()
                            .anyMatch(edge -> edge.peer().equals(gap.gap().origin()) && HONEST.contains(edge.name()));
        }
    }
}
