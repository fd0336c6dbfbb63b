package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.core.Environment;
import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.jspecify.annotations.Nullable;

/** A place on this machine, at 127.0.0.1. Thread-safe. */
final class LoopbackSite implements Site {

    private final LoopbackWorld world;
    private final SplittableGenerator random;
    private volatile @Nullable GatedTransports transports;
    private int lives;

    LoopbackSite(LoopbackWorld world, SplittableGenerator random) {
        this.world = world;
        this.random = random;
    }

    @Override
    public Address listen() {
        return Address.tcp("127.0.0.1", 0);
    }

    @Override
    public synchronized Environment boot() {
        return new Life(random.split(), lives++);
    }

    @Override
    public void crash() {
        GatedTransports gate = transports;
        if (gate != null) {
            gate.die();
            transports = null; // they lead to all that the node knew
        }
    }

    @Override
    public void pause() {
        throw new UnsupportedOperationException("a node cannot stand still on its own in LOOPBACK: use VIRTUAL time");
    }

    @Override
    public void resume() {
        // Nothing stands still.
    }

    void listensAt(Address address) {
        world.listensAt(address, this);
    }

    boolean isCutFrom(@Nullable Site other) {
        return world.isCut(this, other);
    }

    @Nullable
    Site siteAt(Address address) {
        return world.siteAt(address);
    }

    /** Completes when the connections that a cut forbids have ended. */
    CompletableFuture<Void> severCutConnections() {
        GatedTransports gate = transports;
        return gate == null ? CompletableFuture.completedFuture(null) : gate.severCutConnections();
    }

    /** What one life of the node takes from the world: the system's, behind a gate, with chance of the seed. */
    private final class Life implements RuntimeEnvironment {
        private final RuntimeEnvironment system = RuntimeEnvironment.of(Environment.system());
        private final SplittableGenerator chance;
        private final int earlierLives;

        Life(SplittableGenerator chance, int earlierLives) {
            this.chance = chance;
            this.earlierLives = earlierLives;
        }

        @Override
        public long nanoTime() {
            return system.nanoTime();
        }

        /** A millisecond ahead for each earlier life, so that a node that restarts at once has a higher epoch. */
        @Override
        public long currentTimeMillis() {
            return system.currentTimeMillis() + earlierLives;
        }

        @Override
        public RandomGenerator newRandom() {
            synchronized (chance) {
                return chance.split();
            }
        }

        @Override
        public ExecutorService newCallbackExecutor(String nodeName) {
            return system.newCallbackExecutor(nodeName);
        }

        @Override
        public Host open(String nodeName, TransportLimits limits) throws IOException {
            Host host = system.open(nodeName, limits);
            GatedTransports gate =
                    new GatedTransports(LoopbackSite.this, host.loop(), host.transports(), earlierLives == 0);
            transports = gate;
            return new Host(host.loop(), gate);
        }
    }
}
