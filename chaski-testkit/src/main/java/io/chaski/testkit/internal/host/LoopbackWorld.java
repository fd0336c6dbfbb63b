package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.testkit.internal.virtual.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whole nodes in real time, over real sockets of 127.0.0.1. Cuts are made where connections are dialled, so both ends see
 * their connections end; delays and losses would need privileges of the operating system. Thread-safe.
 */
public final class LoopbackWorld implements World {

    /** Short enough that no test waits for it, long enough that looking costs nothing. */
    private static final long LOOK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** A loop that does not come round within this time is stuck. */
    private static final Duration CUT_LIMIT = Duration.ofSeconds(5);

    private static final String ALGORITHM = "L64X128MixRandom";

    private final long beganNanos = System.nanoTime();
    private final SplittableGenerator random;
    private final List<LoopbackSite> sites = new CopyOnWriteArrayList<>();
    private final Map<Address, LoopbackSite> byAddress = new ConcurrentHashMap<>();
    private final List<Cut> cuts = new CopyOnWriteArrayList<>();

    private record Cut(List<Site> left, List<Site> right) {
        boolean separates(Site a, Site b) {
            return left.contains(a) && right.contains(b) || left.contains(b) && right.contains(a);
        }
    }

    /**
     * An empty world.
     *
     * @param seed decides what the nodes leave to chance; threads and sockets are not repeatable
     */
    public LoopbackWorld(long seed) {
        this.random = RandomGeneratorFactory.<SplittableGenerator>of(ALGORITHM).create(seed);
    }

    @Override
    public Site site(String name) {
        LoopbackSite site = new LoopbackSite(this, random.split());
        sites.add(site);
        return site;
    }

    // ---- time

    @Override
    public Duration now() {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    @Override
    public void advance(Duration duration) {
        throw new UnsupportedOperationException(
                "real time passes by itself: wait for a condition with await or runUntil, or use VIRTUAL");
    }

    @Override
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        long beginNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - beginNanos >= limit.toNanos()) {
                return condition.getAsBoolean();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted while waiting");
            }
            LockSupport.parkNanos(this, LOOK_INTERVAL_NANOS);
        }
        return true;
    }

    // ---- faults

    @Override
    public Faults faults(Site from, Site to) {
        throw new UnsupportedOperationException(
                "the faults of a link need VIRTUAL time; LOOPBACK knows partition, heal, crash and restart");
    }

    @Override
    public void clearFaults(Site from, Site to) {
        faults(from, to);
    }

    @Override
    public void releaseHeld() {
        // Nothing is held: cuts end connections.
    }

    @Override
    public void cut(Collection<Site> left, Collection<Site> right) {
        cuts.add(new Cut(List.copyOf(left), List.copyOf(right)));
        List<CompletableFuture<?>> severed = new ArrayList<>();
        sites.forEach(site -> severed.add(site.severCutConnections()));
        if (!runUntil(() -> severed.stream().allMatch(CompletableFuture::isDone), CUT_LIMIT)) {
            throw new IllegalStateException("the loop of a node has not run for " + CUT_LIMIT);
        }
    }

    @Override
    public void heal() {
        cuts.clear();
    }

    @Override
    public long traceHash() {
        throw new UnsupportedOperationException("a run over real sockets has no fingerprint: use VIRTUAL");
    }

    @Override
    public void takeOver() {
        // Any thread may use it.
    }

    // ---- for the sites

    void listensAt(Address address, LoopbackSite site) {
        byAddress.put(address, site);
    }

    @Nullable
    Site siteAt(Address address) {
        return byAddress.get(address);
    }

    boolean isCut(Site a, @Nullable Site b) {
        return b != null && cuts.stream().anyMatch(cut -> cut.separates(a, b));
    }
}
