package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls with streams beside all else that calls have: callbacks, services inside services, events, and what they are refused. */
class StreamsAmongOthersIT {

    interface Watcher {
        void seen(int number);
    }

    interface Station {
        Floor floor();

        int sum(Stream<Integer> numbers);

        Stream<Integer> reversed(Stream<Integer> numbers);
    }

    interface Floor {
        Stream<Integer> count(Watcher before, int to, Stream<Integer> offsets, Watcher after);
    }

    interface Later {
        LaterFloor floor();

        CompletableFuture<Integer> sum(Flow.Publisher<Integer> numbers);
    }

    interface LaterFloor {
        Flow.Publisher<Integer> count(Watcher before, int to, Flow.Publisher<Integer> offsets, Watcher after);
    }

    private static final class RealStation implements Station {
        final CompletableFuture<Watcher> kept = new CompletableFuture<>();

        @Override
        public Floor floor() {
            return (before, to, offsets, after) -> {
                kept.complete(after);
                before.seen(to);
                int offset = offsets.mapToInt(n -> n).sum();
                return IntStream.range(0, to).map(n -> n + offset).boxed().peek(after::seen);
            };
        }

        @Override
        public int sum(Stream<Integer> numbers) {
            return numbers.mapToInt(n -> n).sum();
        }

        @Override
        public Stream<Integer> reversed(Stream<Integer> numbers) {
            return numbers.map(n -> -n);
        }
    }

    static final class Thermometer {
        @RemoteMethod
        Stream<Integer> degrees(int from) {
            return Stream.of(from, from + 1);
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final RealStation real = new RealStation();
    private ChaskiRemote server;
    private ChaskiRemote client;
    private RemotePeer there;
    private Station station;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote("server");
        client = remotes.remote("client");
        Remotes.connect(client, server);
        server.serve("station", Station.class, real, ServeOptions.schedulable());
        there = client.at(server.node().id());
        station = there.proxy("station", Station.class);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    void callbacks_of_a_call_with_streams_through_a_nested_service_live_until_its_last_item() throws Exception {
        LinkedBlockingQueue<Integer> before = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Integer> after = new LinkedBlockingQueue<>();
        try (Stream<Integer> counted = station.floor().count(before::add, 3, Stream.of(10, 20), after::add)) {
            assertThat(counted).containsExactly(30, 31, 32);
        }
        assertThat(before).containsExactly(3);
        assertThat(after).containsExactly(30, 31, 32);
        Watcher kept = get(real.kept);
        soon(() -> assertThatThrownBy(() -> kept.seen(1)).isInstanceOf(IllegalStateException.class));

        Later later = there.proxy("station", Later.class);
        Numbers offsets = new Numbers(3);
        Taker<Integer> taker = Taker.of(later.floor().count(before::add, 50_000, offsets, n -> {}), 2);
        soon(() -> assertThat(taker.items).containsExactly(3, 4));
        assertThat(before.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(3);
        taker.cancel();
        assertThat(offsets.subscribed).hasValue(1);
    }

    @Test
    void methods_of_objects_have_streams() {
        interface Degrees {
            Stream<Integer> degrees(int from);
        }
        server.serve("thermometer", new Thermometer());
        Degrees degrees = there.proxy("thermometer", Degrees.class);
        assertThat(degrees.degrees(20)).containsExactly(20, 21);
    }

    @Test
    void a_call_with_a_stream_is_one_call_for_those_who_count() throws Exception {
        assertThat(station.reversed(Stream.of(1, 2, 3))).containsExactly(-1, -2, -3);
        assertThat(station.sum(Stream.of(1, 2, 3))).isEqualTo(6);
        Taker<Integer> given =
                Taker.of(there.proxy("station", LaterStation.class).reversed(new Numbers(Integer.MAX_VALUE)), 5);
        soon(() -> assertThat(given.items).hasSize(5));
        assertThat(client.snapshot().pending()).isEqualTo(1);
        assertThat(server.snapshot().executing()).isEqualTo(1);
        given.cancel();
        soon(() -> assertThat(client.snapshot().calls()).isEqualTo(Map.of("OK", 2L, "CANCELLED", 1L)));
        soon(() -> assertThat(server.snapshot().executions()).isEqualTo(Map.of("OK", 2L, "ABORTED", 1L)));
        assertThat(client.snapshot().pending() + server.snapshot().executing()).isZero();
    }

    interface LaterStation {
        Flow.Publisher<Integer> reversed(Flow.Publisher<Integer> numbers);
    }

    @Test
    void what_would_keep_or_repeat_a_stream_is_refused_and_nothing_is_called() throws Exception {
        client.awaitService("station", 1, LIMIT);
        refuses(() -> client.async(station, s -> s.sum(Stream.of(1))));
        refuses(() -> client.runAsync(station, s -> s.reversed(Stream.of(1))));
        refuses(() -> client.all("station", Station.class).call(s -> s.sum(Stream.of(1))));
        refuses(() -> client.schedule(station, s -> s.reversed(Stream.of(1))));
        assertThat(client.snapshot().calls()).isEmpty();
    }

    @Test
    void calls_without_an_interface_list_a_method_with_a_stream_and_refuse_to_call_it() {
        DynamicService dynamic = there.dynamic("station");
        assertThat(dynamic.methods())
                .contains("int sum(stream of Integer)", "stream of Integer reversed(stream of Integer)");
        refuses(() -> dynamic.call("sum", List.of(1)));
        refuses(() -> dynamic.call("reversed", List.of(1)));
        refuses(() -> {
            try {
                get(dynamic.callAsync("reversed", List.of(1)));
            } catch (ExecutionException failed) {
                throw failed.getCause();
            }
        });
        assertThatThrownBy(() -> dynamic.call("of Integer reversed", List.of(1)))
                .isInstanceOf(SignatureMismatchException.class);
        assertThat(server.snapshot().executions()).isEmpty();
    }

    private static void refuses(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("stream of items");
    }
}
