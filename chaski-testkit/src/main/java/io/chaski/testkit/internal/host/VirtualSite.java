package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.core.Environment;
import io.chaski.testkit.internal.virtual.Machine;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.jspecify.annotations.Nullable;

/** A virtual machine. Confined to the thread of the test. */
final class VirtualSite implements Site {

    private final VirtualWorld world;
    private final Machine machine;
    private final SplittableGenerator random;
    private @Nullable VirtualEnvironment life;
    private int lives;

    VirtualSite(VirtualWorld world, Machine machine, SplittableGenerator random) {
        this.world = world;
        this.machine = machine;
        this.random = random;
    }

    Machine machine() {
        return machine;
    }

    @Override
    public Address listen() {
        return machine.address();
    }

    @Override
    public Environment boot() {
        VirtualEnvironment next = new VirtualEnvironment(world, machine, random.split(), lives++);
        life = next;
        return next;
    }

    @Override
    public void crash() {
        machine.crash();
        if (life != null) {
            life.die();
        }
    }

    @Override
    public void pause() {
        machine.sleep();
    }

    @Override
    public void resume() {
        if (machine.isAsleep()) {
            machine.wakeAfter(() -> {});
        }
    }
}
