package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Edge;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who gets the calls of a program that says nothing of a choice. */
class NearestProviderIT {

    interface Desk {
        String name();
    }

    /** Of which no round trip on loopback comes near, however busy the machine is. */
    private static final Duration FAR = Duration.ofMillis(150);

    private static final int CALLS = 50;

    private final Remotes remotes = Remotes.overTcp();

    @AfterEach
    void close() {
        remotes.close();
    }

    private ChaskiRemote serving(String name, AtomicInteger calls) {
        ChaskiRemote remote = remotes.remote(name);
        remote.serve("desk", Desk.class, () -> {
            calls.incrementAndGet();
            return name;
        });
        return remote;
    }

    @Test
    @DisplayName("D34: it is the provider with the smallest round-trip time, unless something else is said")
    void nearest() throws Exception {
        AtomicInteger farCalls = new AtomicInteger();
        ChaskiRemote far = serving("far", farCalls);
        ChaskiRemote near = serving("near", new AtomicInteger());
        ChaskiRemote caller = remotes.remote("caller");
        try (DelayedWire wire = new DelayedWire(far.node().addresses().get(0), FAR)) {
            Edge slow = get(caller.node().connect(wire.address()));
            Remotes.connect(caller, near);
            caller.awaitService("desk", 2, LIMIT);
            assertThat(get(slow.ping())).isGreaterThanOrEqualTo(FAR.multipliedBy(2));
            get(caller.node().edge(near.node().id()).orElseThrow().ping());
            soon(() -> assertThat(caller.providers("desk"))
                    .allSatisfy(provider -> assertThat(provider.roundTrip()).isPresent()));

            Desk desk = caller.proxy("desk", Desk.class);
            for (int i = 0; i < CALLS; i++) {
                assertThat(desk.name()).isEqualTo("near");
            }
            CallOptions roundRobin =
                    CallOptions.builder().selection(Selection.roundRobin()).build();
            Desk either = caller.proxy("desk", Desk.class, roundRobin);
            assertThat(either.name()).isNotEqualTo(either.name());
            assertThat(farCalls).hasValue(1);
        }
    }
}
