package io.chaski.testkit.internal.host;

import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.testkit.internal.virtual.Machine;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/** What one life of a node takes from a virtual world. Confined to the thread of the test. */
final class VirtualEnvironment implements RuntimeEnvironment {

    private final VirtualWorld world;
    private final Machine machine;
    private final SplittableGenerator random;
    private final long wallClockLeadMillis;
    private final VirtualLoop loop;
    private final VirtualExecutor callbacks;

    /**
     * Of one life.
     *
     * @param world whose time it is
     * @param machine where it runs
     * @param random its chance
     * @param earlierLives a millisecond for each, so that a node that restarts at once has a higher epoch nevertheless
     */
    VirtualEnvironment(VirtualWorld world, Machine machine, SplittableGenerator random, int earlierLives) {
        this.world = world;
        this.machine = machine;
        this.random = random;
        this.wallClockLeadMillis = earlierLives;
        this.loop = new VirtualLoop(world, machine);
        this.callbacks = new VirtualExecutor(world, machine);
    }

    @Override
    public long nanoTime() {
        return machine.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return world.wallClockMillis() + wallClockLeadMillis;
    }

    @Override
    public RandomGenerator newRandom() {
        return random.split();
    }

    @Override
    public ExecutorService newCallbackExecutor(String nodeName) {
        return callbacks;
    }

    @Override
    public Host open(String nodeName, TransportLimits limits) {
        return new Host(loop, new VirtualTransports(machine, loop));
    }

    /** The process is gone: the loop runs nothing more, and callbacks that have not begun do not. */
    void die() {
        loop.die();
        callbacks.forget();
    }
}
