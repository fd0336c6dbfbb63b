package io.chaski.remote.internal.directory;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeClosedException;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.Receipt;
import io.chaski.core.Registration;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.remote.Provider;
import io.chaski.remote.Service;
import io.chaski.remote.ServiceEvent;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Layout;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Directories on whole nodes, in virtual time: each link takes ten milliseconds one way. */
class ServiceDirectoryTest {

    private static final Service CALCULATOR = new Service("calculator", "", 1);
    private static final Duration LIMIT = ofSeconds(5);
    private static final Optional<String> ANY = Optional.empty();

    private ChaskiNetwork net;

    @AfterEach
    void closeNetwork() {
        net.close();
    }

    private void start(Layout layout, String... names) {
        net = ChaskiNetwork.builder().nodes(names).topology(layout).start();
        for (String from : names) {
            for (String to : names) {
                if (!from.equals(to)) {
                    net.link(from, to).latency(ofMillis(10));
                }
            }
        }
    }

    private ServiceDirectory on(String name) {
        return ServiceDirectory.on(net.node(name));
    }

    private static List<String> names(List<Provider> providers) {
        return providers.stream().map(Provider::nodeName).sorted().toList();
    }

    private static List<String> serving(ServiceDirectory directory) {
        return names(directory.providers("calculator"));
    }

    private static List<String> heard(ServiceDirectory directory) {
        List<String> heard = new ArrayList<>();
        directory.listen(event -> {
            if (event instanceof ServiceEvent.Joined joined) {
                heard.add("+" + joined.provider().nodeName());
            } else if (event instanceof ServiceEvent.Left left) {
                heard.add("-" + left.provider().nodeName() + " " + left.reason());
            } else {
                heard.add(event.toString());
            }
        });
        return heard;
    }

    @Nested
    class Two_nodes {
        private ServiceDirectory server;
        private ServiceDirectory caller;

        private void join() {
            start(Layout.LINE, "server", "caller");
            server = on("server");
            caller = on("caller");
            net.advance(ofSeconds(3));
        }

        @DisplayName("X-24: caller first; the wait ends one link after the service is announced")
        @Test
        void caller_first() {
            join();
            CompletableFuture<List<Provider>> served = caller.whenServed("calculator", ANY, 1, LIMIT);
            net.advance(ofSeconds(1));
            assertThat(served).isNotDone();
            Duration before = net.now();
            server.announce(CALCULATOR);
            List<Provider> providers = served.join();

            assertThat(net.now().minus(before)).isBetween(ofMillis(10), ofMillis(11));
            assertThat(names(providers)).containsExactly("server");
            assertThat(providers.get(0).node()).isEqualTo(net.node("server").id());
            assertThat(providers.get(0).epoch()).isEqualTo(net.node("server").epoch());
            assertThat(providers.get(0).addresses())
                    .isEqualTo(net.node("server").addresses());
            assertThat(providers.get(0).service()).isEqualTo(CALCULATOR);
        }

        @DisplayName("X-24: timeout otherwise, exactly; its message has the services that are known")
        @Test
        void nobody_serves() {
            join();
            server.announce(new Service("other", "", 1));
            net.advance(ofSeconds(1));
            Duration before = net.now();

            assertThatThrownBy(() -> caller.awaitServed("calculator", ANY, 1, LIMIT))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageContaining("calculator")
                    .hasMessageContaining("[other]");
            assertThat(net.now().minus(before)).isEqualTo(LIMIT);
        }

        @Test
        void awaiting_what_is_there_does_not_wait() throws InterruptedException {
            join();
            server.announce(CALCULATOR);
            net.advance(ofSeconds(1));
            Duration before = net.now();

            assertThat(caller.awaitServed("calculator", ANY, 1, LIMIT)).hasSize(1);
            assertThat(net.now()).isEqualTo(before);
        }

        @Test
        void a_wait_may_ask_for_a_version() {
            join();
            CompletableFuture<List<Provider>> served = caller.whenServed("calculator", Optional.of("2"), 1, LIMIT);
            server.announce(CALCULATOR);
            net.advance(ofSeconds(1));
            assertThat(served).isNotDone();
            server.announce(new Service("calculator", "2", 5));

            assertThat(served.join())
                    .extracting(provider -> provider.service().version())
                    .containsExactly("2");
        }

        @Test
        void each_wait_ends_with_what_it_asked_for_and_those_for_other_names_go_on() {
            join();
            Optional<String> second = Optional.of("2");
            CompletableFuture<List<Provider>> any = caller.whenServed("calculator", ANY, 1, LIMIT);
            CompletableFuture<List<Provider>> two = caller.whenServed("calculator", ANY, 2, LIMIT);
            CompletableFuture<List<Provider>> ofSecond = caller.whenServed("calculator", second, 1, LIMIT);
            CompletableFuture<List<Provider>> ofNone = caller.whenServed("calculator", Optional.of(""), 1, LIMIT);
            CompletableFuture<List<Provider>> other = caller.whenServed("calculators", ANY, 1, LIMIT);
            server.announce(new Service("calculator", "2", 5));
            server.announce(new Service("calculator", "3", 5));
            net.advance(ofSeconds(1));

            assertThat(any.join()).as("two versions, or the first of them").isNotEmpty();
            assertThat(ofSecond.join()).hasSize(1);
            assertThat(two).as("one node, in two versions").isNotDone();
            assertThat(ofNone).as("the one without a version").isNotDone();
            assertThat(other).isNotDone();
            assertThatThrownBy(other::join)
                    .hasCauseInstanceOf(RequestTimeoutException.class)
                    .hasMessageContaining("1 providers of 'calculators'; known services: [calculator]");
            assertThatThrownBy(ofNone::join).hasMessageContaining("1 providers of 'calculator', version ''");
        }

        @Test
        void those_who_wait_longer_time_out_later() {
            join();
            Duration before = net.now();
            CompletableFuture<List<Provider>> late = caller.whenServed("a", ANY, 1, LIMIT.multipliedBy(2));
            CompletableFuture<List<Provider>> early = caller.whenServed("b", ANY, 1, LIMIT);
            assertThatThrownBy(early::join).hasCauseInstanceOf(RequestTimeoutException.class);
            assertThat(net.now().minus(before)).isEqualTo(LIMIT);
            assertThatThrownBy(late::join).hasCauseInstanceOf(RequestTimeoutException.class);
            assertThat(net.now().minus(before)).isEqualTo(LIMIT.multipliedBy(2));
        }

        @DisplayName("R09: what is attached or detached shows within 100 ms")
        @Test
        void changes_show_at_once() {
            join();
            for (int i = 0; i < 10; i++) {
                Registration served = server.announce(CALCULATOR);
                net.advance(ofMillis(100));
                assertThat(serving(caller)).containsExactly("server");
                served.close();
                net.advance(ofMillis(100));
                assertThat(serving(caller)).isEmpty();
            }
        }

        @DisplayName("D44: 1,000 services, and one changes: a small message")
        @Test
        void thousand_services() {
            join();
            List<Registration> services = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                services.add(server.announce(new Service("service-" + i, "", i)));
            }
            net.advance(ofSeconds(1));
            assertThat(caller.services()).hasSize(1_000);
            List<Integer> sizes = new ArrayList<>();
            net.node("caller").subscribe(ServiceDirectory.TOPIC, message -> sizes.add(message.payload().length));
            services.get(500).close();
            net.advance(ofSeconds(1));

            assertThat(caller.services()).hasSize(999);
            assertThat(sizes).singleElement().satisfies(size -> assertThat(size).isLessThan(40));
        }

        @DisplayName("D03, D42: both serve and call; D15: nobody finds itself")
        @Test
        void both_ways() {
            join();
            server.announce(CALCULATOR);
            caller.announce(CALCULATOR);
            net.advance(ofSeconds(1));

            assertThat(serving(server)).containsExactly("caller");
            assertThat(serving(caller)).containsExactly("server");
        }

        @Test
        void a_goodbye_withdraws_at_once() {
            join();
            server.announce(CALCULATOR);
            net.advance(ofSeconds(1));
            List<String> heard = heard(caller);
            net.node("server").close();
            net.advance(ofMillis(100));

            assertThat(heard).containsExactly("-server CLOSED");
            assertThat(serving(caller)).isEmpty();
        }

        @Test
        void a_directory_that_closes_withdraws_at_once_and_may_be_opened_again() {
            join();
            server.announce(CALCULATOR);
            net.advance(ofSeconds(1));
            List<String> heard = heard(caller);
            server.close();
            net.advance(ofMillis(100));
            assertThat(heard).containsExactly("-server CLOSED");
            on("server").announce(CALCULATOR);
            net.advance(ofSeconds(2));

            assertThat(heard).containsExactly("-server CLOSED", "+server");
        }

        @Test
        void a_crash_shows_within_the_lease() {
            join();
            server.announce(CALCULATOR);
            net.advance(ofSeconds(1));
            List<String> heard = heard(caller);
            net.crash("server");
            net.advance(ofSeconds(19));
            assertThat(serving(caller)).containsExactly("server");
            net.advance(ofSeconds(12));

            assertThat(heard).containsExactly("-server EXPIRED");
        }

        @Test
        void a_restart_replaces_what_was_served() {
            join();
            server.announce(CALCULATOR);
            net.advance(ofSeconds(1));
            List<String> heard = heard(caller);
            long before = caller.providers("calculator").get(0).epoch();
            net.crash("server");
            net.restart("server");
            on("server").announce(CALCULATOR);
            net.await("the new incarnation", () -> heard.size() == 2, ofSeconds(25));

            assertThat(heard).containsExactly("-server RESTARTED", "+server");
            assertThat(caller.providers("calculator").get(0).epoch()).isGreaterThan(before);
        }

        @Test
        void round_trip_times_follow_the_edge() {
            join();
            server.announce(CALCULATOR);
            Edge edge = net.node("caller").edge("server").orElseThrow();
            net.await(edge.ping(), LIMIT);
            net.advance(ofSeconds(2));

            assertThat(caller.providers("calculator").get(0).roundTrip())
                    .contains(edge.latency().smoothed());
            net.partition("server | caller");
            net.await("the edge is down", () -> !edge.isUp(), ofSeconds(25));
            net.advance(ofSeconds(2));
            assertThat(caller.providers("calculator").get(0).roundTrip()).isEmpty();
        }

        @Test
        void waits_end_with_the_node_and_with_the_directory() {
            join();
            CompletableFuture<List<Provider>> ofNode = caller.whenServed("calculator", ANY, 1, LIMIT);
            CompletableFuture<List<Provider>> ofDirectory = server.whenServed("calculator", ANY, 1, LIMIT);
            server.close();
            net.node("caller").close();

            for (CompletableFuture<List<Provider>> each : List.of(ofNode, ofDirectory)) {
                assertThatThrownBy(each::join)
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(NodeClosedException.class);
            }
            assertThatThrownBy(() -> server.announce(CALCULATOR)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> caller.announce(CALCULATOR)).isInstanceOf(NodeClosedException.class);
            assertThatThrownBy(() -> on("caller")).isInstanceOf(NodeClosedException.class);
        }

        @Test
        void a_wait_that_is_cancelled_is_forgotten() {
            join();
            for (int i = 0; i < 2 * ServiceWaits.MAX_WAITS; i++) {
                caller.whenServed("calculator", ANY, 1, LIMIT).cancel(false);
            }

            assertThat(caller.whenServed("calculator", ANY, 1, LIMIT)).isNotDone();
        }

        @Test
        void a_subscriber_that_takes_nothing_holds_nothing_up() {
            start(Layout.MESH, "server", "caller", "reader");
            server = on("server");
            caller = on("caller");
            net.node("reader")
                    .pull(
                            ServiceDirectory.TOPIC,
                            SubscribeOptions.builder()
                                    .capacity(1)
                                    .overflow(OverflowPolicy.BLOCK)
                                    .build());
            net.advance(ofSeconds(3));
            server.announce(CALCULATOR);
            List<String> heard = heard(caller);
            for (int round = 0; round < 20; round++) { // 2 MiB, which is more than its credit
                List<Registration> many = new ArrayList<>();
                for (int i = 0; i < 350; i++) {
                    many.add(server.announce(new Service("x".repeat(240) + i, "", round)));
                }
                net.advance(ofMillis(200));
                assertThat(caller.providers("x".repeat(240) + 7))
                        .as("round %s", round)
                        .extracting(provider -> provider.service().signature())
                        .containsExactly((long) round);
                many.forEach(Registration::close);
            }
            net.advance(ofSeconds(100));

            assertThat(serving(caller)).containsExactly("server");
            assertThat(heard).noneMatch(each -> each.endsWith("EXPIRED"));
            assertThat(caller.services()).containsExactly("calculator");
        }

        @Test
        void what_another_node_claims_wrongly_is_counted() {
            join();
            var unused = net.node("server").publishAsync(ServiceDirectory.TOPIC, new byte[] {1, 2, 3});
            net.advance(ofSeconds(1));

            assertThat(caller.counters()).containsEntry("services.refused.malformed", 1L);
            assertThat(caller.counters()).containsEntry("services.refused.table-full", 0L);
        }
    }

    @Nested
    class Five_nodes {
        private final List<String> all = List.of("a", "b", "c", "d", "e");

        private List<ServiceDirectory> joinAll(Layout layout) {
            start(layout, all.toArray(String[]::new));
            return all.stream().map(ServiceDirectoryTest.this::on).toList();
        }

        @Test
        void in_a_line_all_know_all() {
            List<ServiceDirectory> directories = joinAll(Layout.LINE);
            directories.forEach(each -> each.announce(CALCULATOR));
            net.advance(ofSeconds(3));

            for (int i = 0; i < all.size(); i++) {
                List<String> others = new ArrayList<>(all);
                others.remove(i);
                assertThat(serving(directories.get(i))).isEqualTo(others);
            }
        }

        @Test
        void whoever_waits_for_several_gets_them_when_the_last_has_come() {
            List<ServiceDirectory> directories = joinAll(Layout.AUTOMATIC);
            net.advance(ofSeconds(5));
            CompletableFuture<List<Provider>> three =
                    directories.get(0).whenServed("calculator", ANY, 3, ofSeconds(60));
            directories.get(1).announce(CALCULATOR);
            directories.get(2).announce(CALCULATOR);
            net.advance(ofSeconds(1));
            assertThat(three).isNotDone();
            directories.get(4).announce(CALCULATOR);

            assertThat(names(three.join())).containsExactly("b", "c", "e");
        }

        @DisplayName("a newcomer knows what exists within a second after it is paired")
        @Test
        void newcomer() {
            start(Layout.AUTOMATIC, all.toArray(String[]::new));
            for (String name : all.subList(0, 4)) {
                on(name).announce(CALCULATOR);
            }
            net.advance(ofSeconds(60));
            ServiceDirectory late = on("e");
            net.await("a neighbour", () -> net.node("e").isPaired(ServiceDirectory.TOPIC), ofSeconds(10));
            net.advance(ofSeconds(1));

            assertThat(serving(late)).containsExactly("a", "b", "c", "d");
        }

        @DisplayName("parts that have lost each other know each other again soon after the partition ends")
        @Test
        void partition() {
            List<ServiceDirectory> directories = joinAll(Layout.AUTOMATIC);
            directories.forEach(each -> each.announce(CALCULATOR));
            net.advance(ofSeconds(5));
            net.partition("a,b | c,d,e");
            net.advance(ofSeconds(60));
            assertThat(serving(directories.get(0))).containsExactly("b");
            assertThat(serving(directories.get(4))).containsExactly("c", "d");
            net.heal();

            net.await(
                    "everybody knows everybody",
                    () -> directories.stream().allMatch(each -> serving(each).size() == 4),
                    ofSeconds(60));
        }
    }

    @Nested
    class When_the_node_takes_no_messages_for_a_while {
        private final AtomicBoolean isFull = new AtomicBoolean(true);
        private final AtomicInteger refused = new AtomicInteger();

        /** The node, except that it refuses at once what is published while it is full. */
        private ServiceDirectory onFull(String name) {
            ChaskiNode real = net.node(name);
            return ServiceDirectory.on((ChaskiNode) Proxy.newProxyInstance(
                    ChaskiNode.class.getClassLoader(),
                    new Class<?>[] {ChaskiNode.class, ModuleNode.Door.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("publishAsync") && isFull.get()) {
                            if (!isQuestion((byte[]) arguments[1])) {
                                refused.incrementAndGet();
                            }
                            return CompletableFuture.completedFuture(Receipt.rejected(Receipt.Status.QUEUE_FULL));
                        }
                        return method.invoke(real, arguments);
                    }));
        }

        private static boolean isQuestion(byte[] message) {
            return Announcement.decode(message).orElseThrow() instanceof Announcement.Ask;
        }

        @Test
        void what_it_serves_is_said_again_after_a_second_and_not_at_once() {
            start(Layout.LINE, "server", "caller");
            ServiceDirectory server = onFull("server");
            ServiceDirectory caller = on("caller");
            net.advance(ofSeconds(3));
            refused.set(0);
            server.announce(CALCULATOR);
            assertThat(refused).hasValue(1);
            net.advance(ofMillis(900));
            assertThat(refused).hasValue(1);
            isFull.set(false);
            net.advance(ofSeconds(2));
            assertThat(serving(caller)).containsExactly("server");
        }

        @Test
        void it_tries_once_a_second_however_long_that_lasts() {
            start(Layout.LINE, "server", "caller");
            isFull.set(false);
            ServiceDirectory server = onFull("server");
            on("caller");
            server.announce(CALCULATOR);
            net.advance(ofSeconds(3));
            isFull.set(true);
            net.advance(ofSeconds(30));
            assertThat(refused.get()).isBetween(10, 35);
        }
    }

    @Test
    void a_goodbye_is_said_before_the_directory_is_closed_even_if_something_is_being_said() {
        start(Layout.LINE, "server", "caller");
        ChaskiNode real = net.node("server");
        AtomicReference<ServiceDirectory> server = new AtomicReference<>();
        List<Class<?>> said = new ArrayList<>();
        List<Class<?>> whenClosed = new ArrayList<>();
        server.set(ServiceDirectory.on((ChaskiNode) Proxy.newProxyInstance(
                ChaskiNode.class.getClassLoader(),
                new Class<?>[] {ChaskiNode.class, ModuleNode.Door.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("publishAsync")) {
                        Announcement announcement =
                                Announcement.decode((byte[]) arguments[1]).orElseThrow();
                        said.add(announcement.getClass());
                        if (announcement instanceof Announcement.Listing) {
                            server.get().close();
                            whenClosed.addAll(said);
                        }
                    }
                    return method.invoke(real, arguments);
                })));
        server.get().announce(CALCULATOR);
        assertThat(whenClosed).contains(Announcement.Goodbye.class);
    }

    @Test
    void a_registration_that_is_closed_twice_withdraws_nothing_of_anybody_else() {
        start(Layout.LINE, "server", "caller");
        ServiceDirectory server = on("server");
        Registration first = server.announce(CALCULATOR);
        first.close();
        server.announce(CALCULATOR);
        first.close();
        assertThat(server.services()).containsExactly("calculator");
    }

    @Test
    void the_message_of_a_wait_that_was_in_vain_names_64_services_at_most() {
        start(Layout.LINE, "server", "caller");
        ServiceDirectory server = on("server");
        for (int i = 0; i < 100; i++) {
            server.announce(new Service("service-" + i, "", 1));
        }
        assertThatThrownBy(() -> server.awaitServed("calculator", ANY, 1, LIMIT))
                .isInstanceOfSatisfying(
                        RequestTimeoutException.class,
                        late -> assertThat(late.getMessage().split("service-", -1))
                                .hasSize(1 + 64));
    }
}
