package io.chaski.testkit.internal.host;

import io.chaski.testkit.internal.virtual.Event;
import io.chaski.testkit.internal.virtual.Faults;
import io.chaski.testkit.internal.virtual.Machine;
import io.chaski.testkit.internal.virtual.VirtualNetwork;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whole nodes in virtual time, on the simulator's network. Everything happens on the thread of the test, when it lets
 * time pass or calls something that waits: event loops, callbacks, timers. Another thread is refused, because its timing
 * would be real and the run could not be repeated.
 */
public final class VirtualWorld implements World {

    /** Who waits so long waits in vain: a limit beyond it means that there is none. */
    private static final long PATIENCE_NANOS = Duration.ofHours(1).toNanos();

    /** Delays one way between nodes, as the simulator's: a continent, not a desk. */
    private static final Duration LATENCY_MIN = Duration.ofMillis(10);

    private static final Duration LATENCY_MAX = Duration.ofMillis(100);

    /** Any wall clock does; this one begins on 2023-11-14, as the simulator's. */
    private static final long WALL_CLOCK_MILLIS = 1_700_000_000_000L;

    private static final String ALGORITHM = "L64X128MixRandom";

    private final SplittableGenerator random;
    private final VirtualNetwork network;
    private volatile Thread owner = Thread.currentThread();

    /** The loop that is running a task; time cannot move on meanwhile. */
    private @Nullable VirtualLoop running;

    /**
     * An empty world; it belongs to the calling thread.
     *
     * @param seed decides everything that chance decides
     */
    public VirtualWorld(long seed) {
        this.random = RandomGeneratorFactory.<SplittableGenerator>of(ALGORITHM).create(seed);
        this.network = new VirtualNetwork(seed, random.split(), LATENCY_MIN.toNanos(), LATENCY_MAX.toNanos());
    }

    @Override
    public Site site(String name) {
        return new VirtualSite(this, network.machine(), random.split());
    }

    // ---- time

    @Override
    public Duration now() {
        return Duration.ofNanos(network.nowNanos());
    }

    @Override
    public void advance(Duration duration) {
        runUntil(() -> false, duration);
    }

    @Override
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        return runUntil(condition, limit.toNanos());
    }

    boolean runUntil(BooleanSupplier condition, long limitNanos) {
        checkThread();
        if (running != null) {
            throw new IllegalStateException(
                    "this call waits, and the event loop it is made on must not: use a callback");
        }
        long end = network.nowNanos() + limitNanos;
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted at " + now() + " of virtual time");
            }
            if (!network.queue().step(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /**
     * Lets time pass for a call that waits.
     *
     * @param condition what is waited for
     * @param limitNanos how long at most
     * @return whether it is the case now
     * @throws IllegalStateException if the limit is beyond all patience and so was the wait
     */
    boolean await(BooleanSupplier condition, long limitNanos) {
        boolean isSo = runUntil(condition, Math.min(limitNanos, PATIENCE_NANOS));
        if (!isSo && limitNanos > PATIENCE_NANOS) {
            throw new IllegalStateException("waited an hour of virtual time in vain");
        }
        return isSo;
    }

    /** Runs what is due now, without letting time pass. */
    void runDue() {
        runUntil(() -> false, 0);
    }

    void after(long delayNanos, Event event) {
        checkThread();
        network.queue().at(network.nowNanos() + delayNanos, event);
    }

    long wallClockMillis() {
        return WALL_CLOCK_MILLIS + now().toMillis();
    }

    // ---- the thread

    /** Runs a task of a loop. Loops take turns by events, so no loop runs within another. */
    void run(VirtualLoop loop, Runnable task) {
        VirtualLoop outer = running;
        running = loop;
        try {
            task.run();
        } finally {
            running = outer;
        }
    }

    /** Whether the caller is what some loop runs. */
    boolean isInLoop() {
        return running != null && Thread.currentThread() == owner;
    }

    boolean isRunning(VirtualLoop loop) {
        return running == loop && Thread.currentThread() == owner;
    }

    @Override
    public void takeOver() {
        owner = Thread.currentThread();
    }

    private void checkThread() {
        Thread caller = Thread.currentThread();
        if (caller != owner) {
            throw new IllegalStateException("a network in virtual time belongs to the thread of its test ("
                    + owner.getName() + "), and this is " + caller.getName()
                    + ": do it on that thread, or use LOOPBACK for code with threads of its own");
        }
    }

    // ---- faults

    @Override
    public Faults faults(Site from, Site to) {
        return network.faultsOf(machine(from), machine(to));
    }

    @Override
    public void clearFaults(Site from, Site to) {
        network.clearFaults(machine(from), machine(to));
        network.releaseHeld();
    }

    @Override
    public void releaseHeld() {
        network.releaseHeld();
    }

    @Override
    public void cut(Collection<Site> left, Collection<Site> right) {
        network.cut(machines(left), machines(right));
    }

    @Override
    public void heal() {
        network.heal();
    }

    @Override
    public long traceHash() {
        return network.traceHash();
    }

    private static List<Machine> machines(Collection<Site> sites) {
        return sites.stream().map(VirtualWorld::machine).toList();
    }

    private static Machine machine(Site site) {
        return ((VirtualSite) site).machine();
    }
}
