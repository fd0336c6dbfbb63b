package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.remote.CallException.Execution;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Three providers and a caller: who gets a call, and what becomes of it when that one is gone. */
class ProvidersIT {

    interface Desk {
        String name();

        @Idempotent
        String look() throws InterruptedException;

        String work() throws InterruptedException;
    }

    interface NewDesk {
        String name();

        int size();
    }

    private static final CallOptions PATIENT = CallOptions.within(LIMIT);

    private final Remotes remotes = Remotes.inProcess();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<RealDesk> desks = new ArrayList<>();
    private final Semaphore begun = new Semaphore(0);
    private final CountDownLatch release = new CountDownLatch(1);
    private ChaskiRemote client;

    private final class RealDesk implements Desk {
        final ChaskiRemote remote;
        final AtomicInteger calls = new AtomicInteger();
        final AtomicInteger executions = new AtomicInteger();
        Registration registration;

        RealDesk(String name) {
            this.remote = remotes.remote(name);
        }

        @Override
        public String name() {
            calls.incrementAndGet();
            return remote.node().name();
        }

        @Override
        public String look() throws InterruptedException {
            return work();
        }

        @Override
        public String work() throws InterruptedException {
            executions.incrementAndGet();
            begun.release();
            release.await();
            return remote.node().name();
        }
    }

    @BeforeEach
    void serve() throws Exception {
        client = remotes.remote("client");
        for (int i = 0; i < 3; i++) {
            RealDesk desk = new RealDesk("desk" + i);
            desk.registration = desk.remote.serve("desk", Desk.class, desk);
            desks.add(desk);
            Remotes.connect(client, desk.remote);
        }
        client.awaitService("desk", 3, LIMIT);
    }

    @AfterEach
    void close() {
        release.countDown();
        threads.shutdownNow();
        remotes.close();
    }

    private Desk desk(Selection selection) {
        return client.proxy(
                "desk",
                Desk.class,
                PATIENT.over(CallOptions.builder().selection(selection).build()));
    }

    @Test
    @DisplayName("X-25: 3,000 calls round robin are 1,000 each; then all at one")
    void roundRobin() {
        Desk any = desk(Selection.roundRobin());
        for (int i = 0; i < 3_000; i++) {
            any.name();
        }
        assertThat(desks).extracting(desk -> desk.calls.get()).containsExactly(1_000, 1_000, 1_000);

        Desk one = client.at(desks.get(1).remote.node().id()).proxy("desk", Desk.class);
        Desk named = desk(Selection.named("desk1"));
        for (int i = 0; i < 10; i++) {
            assertThat(one.name()).isEqualTo("desk1");
            assertThat(named.name()).isEqualTo("desk1");
        }
    }

    @Test
    @DisplayName(
            "D36: when its provider dies, an idempotent call is made at another; any other one fails and is made once")
    void dies() throws Exception {
        Selection firstDesk = (candidates, random) -> {
            List<Provider> order = new ArrayList<>(candidates);
            order.sort((one, other) -> one.nodeName().compareTo(other.nodeName()));
            return order;
        };
        Desk first = desk(firstDesk);
        Future<String> looking = threads.submit(first::look);
        Future<String> working = threads.submit(first::work);
        begun.acquire(2);
        desks.get(0).remote.node().close();
        assertThatThrownBy(() -> get(working))
                .cause()
                .isInstanceOfSatisfying(
                        PeerLostException.class,
                        lost -> assertThat(lost.execution()).isEqualTo(Execution.UNKNOWN));
        begun.acquire();
        release.countDown();
        assertThat(get(looking)).isEqualTo("desk1");
        assertThat(desks).extracting(desk -> desk.executions.get()).containsExactly(2, 1, 0);
    }

    @Test
    @DisplayName("D15: who serves and calls the same never reaches itself")
    void notItself() throws Exception {
        ChaskiRemote own = desks.get(0).remote;
        Remotes.connect(own, desks.get(1).remote);
        Remotes.connect(own, desks.get(2).remote);
        own.awaitService("desk", 2, LIMIT);
        Desk others = own.proxy(
                "desk",
                Desk.class,
                PATIENT.over(
                        CallOptions.builder().selection(Selection.roundRobin()).build()));
        assertThat(List.of(others.name(), others.name())).containsExactlyInAnyOrder("desk1", "desk2");
        assertThatThrownBy(
                        () -> own.at(own.node().id()).proxy("desk", Desk.class).name())
                .isInstanceOf(NoProviderException.class);
        assertThat(desks.get(0).calls).hasValue(0);
        assertThat(own.knownServices()).containsExactly("desk");
    }

    @Test
    @DisplayName(
            "R09, D30: who serves, stops and attaches is known to the others, and nobody is called who has stopped")
    void events() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        client.onServiceEvent(event -> {
            if (event instanceof ServiceEvent.Left left) {
                heard.add("-" + left.provider().nodeName());
            } else if (event instanceof ServiceEvent.Joined joined) {
                heard.add("+" + joined.provider().service().name());
            }
        });
        desks.get(0).registration.close();
        desks.get(1).remote.detach("desk");
        soon(() -> assertThat(client.providers("desk"))
                .extracting(Provider::nodeName)
                .containsExactly("desk2"));
        assertThat(desk(Selection.roundRobin()).name()).isEqualTo("desk2");
        var attached = client.whenService("square", 1, LIMIT);
        desks.get(0).remote.attach("square", Integer.class, Integer.class, x -> x * x);
        assertThat(get(attached)).extracting(Provider::nodeName).containsExactly("desk0");
        // Word of a desk that joined before is perhaps on its way when the listener is registered.
        soon(() -> assertThat(heard)
                .filteredOn(event -> !event.equals("+desk"))
                .containsExactlyInAnyOrder("-desk0", "-desk1", "+square"));
    }

    @Test
    void a_provider_of_which_nothing_else_is_known_is_dialled_where_its_record_says() throws Exception {
        ChaskiRemote own = desks.get(0).remote;
        NodeId third = desks.get(2).remote.node().id();
        own.awaitService("desk", 2, LIMIT);
        assertThat(own.node().edges()).hasSize(1);
        assertThat(own.at(third).proxy("desk", Desk.class, PATIENT).name()).isEqualTo("desk2");
        assertThat(own.proxy("desk", Desk.class, PATIENT).name()).startsWith("desk");
        assertThat(own.node().edge(third)).isPresent();
    }

    @Test
    void versions_of_a_service_live_side_by_side_on_one_node() throws Exception {
        ChaskiRemote server = desks.get(0).remote;
        NewDesk second = new NewDesk() {
            @Override
            public String name() {
                return "second";
            }

            @Override
            public int size() {
                return 2;
            }
        };
        ServeOptions two = ServeOptions.builder().version("2").build();
        server.serve("desk", NewDesk.class, second, two);
        assertThatThrownBy(() -> server.serve("desk", NewDesk.class, second, two))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("desk 2");
        soon(() -> assertThat(client.providers("desk")).hasSize(4));

        CallOptions version2 = CallOptions.builder().version("2").build();
        assertThat(client.proxy("desk", NewDesk.class).size()).isEqualTo(2);
        assertThat(client.proxy("desk", NewDesk.class, version2).name()).isEqualTo("second");
        RemotePeer peer = client.at(server.node().id());
        assertThat(peer.proxy("desk", Desk.class).name()).isEqualTo("desk0");
        assertThat(peer.proxy("desk", NewDesk.class, version2).name()).isEqualTo("second");
        assertThatThrownBy(() -> peer.proxy("desk", NewDesk.class).size())
                .isInstanceOf(SignatureMismatchException.class);
        assertThatThrownBy(() -> client.proxy(
                                "desk",
                                Desk.class,
                                CallOptions.builder().version("3").build())
                        .name())
                .isInstanceOf(NoProviderException.class)
                .hasMessageContaining("version '3'");

        server.detach("desk");
        soon(() -> assertThat(client.providers("desk")).hasSize(2));
        server.serve("desk", NewDesk.class, second, two);
        assertThat(peer.proxy("desk", NewDesk.class).name()).isEqualTo("second");
    }

    @Test
    void an_interface_with_another_hash_is_tried_after_those_with_the_same() {
        interface Small {
            String name();
        }
        assertThat(client.proxy("desk", Small.class).name()).startsWith("desk");
        interface Other {
            int name();
        }
        assertThatThrownBy(() -> client.proxy("desk", Other.class).name())
                .isInstanceOf(SignatureMismatchException.class);
        assertThat(desks.stream().mapToInt(desk -> desk.calls.get()).sum()).isEqualTo(1);
    }

    @Test
    @DisplayName("D34: a key keeps its provider, and chance reaches all of them")
    void stickyAndRandom() {
        Desk sticky = desk(Selection.sticky("customer blue"));
        String owner = sticky.name();
        Desk any = desk(Selection.random());
        Set<String> reached = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            assertThat(sticky.name()).isEqualTo(owner);
            reached.add(any.name());
        }
        assertThat(reached).containsExactlyInAnyOrder("desk0", "desk1", "desk2");
    }

    @Test
    void a_selection_that_fails_fails_its_call() {
        Selection broken = (candidates, random) -> {
            throw new IllegalStateException("no choice");
        };
        assertThatThrownBy(() -> desk(broken).name())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no choice");
        assertThat(desk(Selection.random()).name()).startsWith("desk");
    }

    @Test
    void what_cannot_be_announced_is_not_served() {
        ChaskiRemote server = desks.get(0).remote;
        for (int i = 1; i < 1_024; i++) {
            server.attach("f" + i, Integer.class, Integer.class, x -> x);
        }
        assertThatThrownBy(() -> server.attach("one too many", Integer.class, Integer.class, x -> x))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1024");
        server.detach("f1");
        server.attach("one too many", Integer.class, Integer.class, x -> x);
        assertThatThrownBy(() -> server.attach("$secret", Integer.class, Integer.class, x -> x))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("$");
        assertThatThrownBy(() -> server.serve(
                        "x",
                        Desk.class,
                        desks.get(0),
                        ServeOptions.builder().version("v".repeat(33)).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version");
    }
}
