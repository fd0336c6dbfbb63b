package io.chaski.remote.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.RequestTimeoutException;
import io.chaski.remote.Provider;
import io.chaski.remote.Service;
import io.chaski.remote.ServiceEvent;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.TimeMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Directories of nodes over TCP that find each other through the first of them. */
class ServiceDirectoryIT {

    /** Only failures take so long: the machine is shared, and a lease takes thirty seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private static final Optional<String> ANY = Optional.empty();

    private static final Service CALCULATOR = new Service("calculator", "", 1);

    private final ChaskiNetwork net = ChaskiNetwork.builder()
            .nodes("root", "a", "b", "c")
            .time(TimeMode.LOOPBACK)
            .start();

    @AfterEach
    void closeNetwork() {
        net.close();
    }

    private ServiceDirectory on(String name) {
        return ServiceDirectory.on(net.node(name));
    }

    private static void soon(ThrowingRunnable assertions) {
        await().atMost(LIMIT).untilAsserted(assertions);
    }

    private static List<String> serving(ServiceDirectory directory) {
        return directory.providers("calculator").stream()
                .map(Provider::nodeName)
                .sorted()
                .toList();
    }

    @Test
    void a_caller_that_is_first_a_newcomer_and_a_goodbye() throws Exception {
        ServiceDirectory caller = on("a");
        CompletableFuture<List<Provider>> two = caller.whenServed("calculator", ANY, 2, LIMIT);
        on("root").announce(CALCULATOR);
        on("b").announce(CALCULATOR);
        assertThat(two.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(2);
        assertThat(serving(caller)).containsExactly("b", "root");

        ServiceDirectory newcomer = on("c");
        assertThat(newcomer.awaitServed("calculator", ANY, 2, LIMIT)).hasSize(2);
        net.node("b").close();

        soon(() -> assertThat(serving(caller)).containsExactly("root"));
        soon(() -> assertThat(serving(newcomer)).containsExactly("root"));
        assertThatThrownBy(() -> caller.awaitServed("calculator", ANY, 2, Duration.ofMillis(100)))
                .isInstanceOf(RequestTimeoutException.class)
                .hasMessageContaining("[calculator]");
    }

    /** Waits for the end of a lease, half a minute; {@link ServiceDirectoryTest} does so in virtual time. */
    @Test
    @Tag("deep")
    void a_crash_and_a_restart() {
        ServiceDirectory caller = on("a");
        on("b").announce(CALCULATOR);
        on("c").announce(CALCULATOR);
        soon(() -> assertThat(serving(caller)).containsExactly("b", "c"));
        NodeId restarted = net.node("b").id();
        long before = net.node("b").epoch();
        List<ServiceEvent> events = new CopyOnWriteArrayList<>();
        caller.listen(events::add);
        net.crash("b");
        net.crash("c");
        ChaskiNode again = net.restart("b");
        ServiceDirectory.on(again).announce(CALCULATOR);

        soon(() -> assertThat(caller.providers("calculator")).singleElement().satisfies(provider -> {
            assertThat(provider.node()).isEqualTo(restarted);
            assertThat(provider.epoch()).isGreaterThan(before);
        }));
        assertThat(events).hasSizeGreaterThanOrEqualTo(3);
        assertThat(events.get(events.size() - 1)).isInstanceOf(ServiceEvent.Left.class);
    }

    @Test
    void threads_that_serve_withdraw_and_look_all_the_time_agree_in_the_end() throws Exception {
        List<ServiceDirectory> directories = List.of(on("root"), on("a"), on("b"), on("c"));
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (int i = 0; i < directories.size(); i++) {
            ServiceDirectory own = directories.get(i);
            threads.add(new Thread(() -> IntStream.range(0, 500).forEach(round -> {
                own.announce(new Service("s" + round % 7, Integer.toString(round), round))
                        .close();
                own.providers("s" + round % 7);
            })));
        }
        threads.forEach(thread -> thread.setUncaughtExceptionHandler((dead, failure) -> failures.add(failure)));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(LIMIT.toMillis());
        }
        directories.forEach(each -> each.announce(CALCULATOR));

        assertThat(failures).isEmpty();
        for (ServiceDirectory each : directories) {
            soon(() -> assertThat(serving(each)).hasSize(3));
            soon(() -> assertThat(each.services()).containsExactly("calculator"));
        }
    }
}
