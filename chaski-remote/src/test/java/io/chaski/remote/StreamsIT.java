package io.chaski.remote;

import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.CallException.Execution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of items each way: one service, implemented in some shapes and called in others, over TCP and in process. */
class StreamsIT {

    private static final int MANY = 3_000;

    record Reading(int number, String text) {}

    static final class Worn extends Exception {
        private static final long serialVersionUID = 1L;

        Worn(String message) {
            super(message);
        }
    }

    interface Served {
        Stream<Reading> count(int from, int to);

        Iterator<Integer> breaking(int at);

        Flow.Publisher<Integer> wearing(int at) throws Worn;

        long sum(String label, Iterator<Integer> numbers);

        CompletableFuture<Long> sumLater(Flow.Publisher<Integer> numbers);

        void swallow(Stream<String> words) throws Worn;

        Flow.Publisher<Integer> scaled(Flow.Publisher<Integer> numbers, int factor);

        Stream<Integer> scaledInTurn(Stream<Integer> numbers, int factor);

        Iterator<byte[]> echo(Iterator<byte[]> blocks);

        Flow.Publisher<Integer> none();

        Stream<Integer> unfit();
    }

    interface Publishing {
        Flow.Publisher<Reading> count(int from, int to);

        Flow.Publisher<Integer> breaking(int at);

        Flow.Publisher<Integer> wearing(int at) throws Worn;

        CompletableFuture<Long> sum(String label, Flow.Publisher<Integer> numbers);

        CompletableFuture<Long> sumLater(Flow.Publisher<Integer> numbers);

        CompletableFuture<Void> swallow(Flow.Publisher<String> words) throws Worn;

        Flow.Publisher<Integer> scaled(Flow.Publisher<Integer> numbers, int factor);

        Flow.Publisher<Integer> scaledInTurn(Iterator<Integer> numbers, int factor);

        Flow.Publisher<Integer> none();

        Flow.Publisher<Integer> unfit();
    }

    interface Waiting {
        Iterator<Reading> count(int from, int to);

        Stream<Integer> breaking(int at);

        Iterator<Integer> wearing(int at) throws Worn;

        long sum(String label, Stream<Integer> numbers);

        long sumLater(Iterator<Integer> numbers);

        void swallow(Iterator<String> words) throws Worn;

        Stream<Integer> scaled(Stream<Integer> numbers, int factor);

        Stream<Integer> scaledInTurn(Iterator<Integer> numbers, int factor);

        Iterator<byte[]> echo(Iterator<byte[]> blocks);
    }

    static final class RealServed implements Served {
        final Queue<String> swallowed = new ConcurrentLinkedQueue<>();
        final Semaphore closed = new Semaphore(0);

        @Override
        public Stream<Reading> count(int from, int to) {
            return IntStream.range(from, to)
                    .mapToObj(number -> new Reading(number, "reading " + number))
                    .onClose(closed::release);
        }

        @Override
        public Iterator<Integer> breaking(int at) {
            return IntStream.range(0, MANY)
                    .map(number -> {
                        if (number == at) {
                            throw new IllegalStateException("broken at " + at);
                        }
                        return number;
                    })
                    .iterator();
        }

        @Override
        public Flow.Publisher<Integer> wearing(int at) {
            return new Numbers(at, new Worn("worn at " + at));
        }

        @Override
        public long sum(String label, Iterator<Integer> numbers) {
            long sum = 0;
            while (numbers.hasNext()) {
                sum += numbers.next();
            }
            return sum;
        }

        @Override
        public CompletableFuture<Long> sumLater(Flow.Publisher<Integer> numbers) {
            return Taker.ofAll(numbers).all.thenApply(all -> sum("all", all.iterator()));
        }

        @Override
        public void swallow(Stream<String> words) throws Worn {
            try {
                words.forEach(swallowed::add);
            } catch (CompletionException wrapped) {
                throw (Worn) wrapped.getCause();
            }
        }

        @Override
        public Flow.Publisher<Integer> scaled(Flow.Publisher<Integer> numbers, int factor) {
            return subscriber -> numbers.subscribe(new Scaling(subscriber, factor));
        }

        @Override
        public Stream<Integer> scaledInTurn(Stream<Integer> numbers, int factor) {
            return numbers.map(number -> factor * number);
        }

        @Override
        public Iterator<byte[]> echo(Iterator<byte[]> blocks) {
            return blocks;
        }

        @Override
        public Flow.Publisher<Integer> none() {
            return null;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // as an application does it by mistake
        public Stream<Integer> unfit() {
            return (Stream) Stream.of(1, "two");
        }
    }

    private record Scaling(Flow.Subscriber<? super Integer> to, int factor) implements Flow.Subscriber<Integer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(Integer item) {
            to.onNext(factor * item);
        }

        @Override
        public void onError(Throwable failure) {
            to.onError(failure);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }

    private final RealServed real = new RealServed();
    private Remotes remotes;
    private Publishing publishing;
    private Waiting waiting;

    private void start(String transport) throws Exception {
        remotes = transport.equals("tcp") ? Remotes.overTcp() : Remotes.inProcess();
        RemoteOptions options = RemoteOptions.builder().maxBodyBytes(4 << 20).build();
        ChaskiRemote server = remotes.remote("server", options);
        ChaskiRemote client = remotes.remote("client", options);
        server.serve("streams", Served.class, real);
        Remotes.connect(client, server);
        publishing = client.at(server.node().id()).proxy("streams", Publishing.class);
        waiting = client.at(server.node().id()).proxy("streams", Waiting.class);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private static <T> List<T> taken(Flow.Publisher<T> publisher) throws Exception {
        Taker<T> taker = Taker.ofAll(publisher);
        List<T> all = get(taker.all);
        assertThat(taker.violations).hasValue(0);
        return all;
    }

    private static <T> List<T> taken(Iterator<T> iterator) {
        List<T> all = new ArrayList<>();
        iterator.forEachRemaining(all::add);
        return all;
    }

    private static List<Integer> range(int to, int factor) {
        return IntStream.range(0, to).map(n -> n * factor).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void a_result_comes_in_any_shape(String transport) throws Exception {
        start(transport);
        List<Reading> readings =
                range(MANY, 1).stream().map(n -> new Reading(n, "reading " + n)).toList();
        assertThat(taken(publishing.count(0, MANY))).isEqualTo(readings);
        assertThat(taken(waiting.count(0, MANY))).isEqualTo(readings);
        assertThat(taken(publishing.count(7, 7))).isEmpty();
        assertThat(taken(waiting.count(7, 7))).isEmpty();
        assertThat(real.closed.tryAcquire(4))
                .as("the streams of the server are closed")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void an_argument_goes_in_any_shape(String transport) throws Exception {
        start(transport);
        long sum = (long) MANY * (MANY - 1) / 2;
        assertThat(get(publishing.sum("all", new Numbers(MANY)))).isEqualTo(sum);
        assertThat(get(publishing.sumLater(new Numbers(MANY)))).isEqualTo(sum);
        assertThat(waiting.sum("all", range(MANY, 1).stream())).isEqualTo(sum);
        assertThat(waiting.sumLater(range(MANY, 1).iterator())).isEqualTo(sum);
        assertThat(get(publishing.sum("none", new Numbers(0)))).isZero();
        waiting.swallow(List.of("a", "b").iterator());
        assertThat(real.swallowed).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void items_flow_both_ways_at_once(String transport) throws Exception {
        start(transport);
        assertThat(taken(publishing.scaled(new Numbers(MANY), 3))).isEqualTo(range(MANY, 3));
        assertThat(taken(publishing.scaledInTurn(range(MANY, 1).iterator(), 3))).isEqualTo(range(MANY, 3));
        assertThat(waiting.scaled(range(MANY, 1).stream(), 3)).isEqualTo(range(MANY, 3));
        assertThat(waiting.scaledInTurn(range(MANY, 1).iterator(), 3)).isEqualTo(range(MANY, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void items_larger_than_the_window_flow_as_well(String transport) throws Exception {
        start(transport);
        List<byte[]> blocks = IntStream.of(3 << 20, 0, 1, 65_531, 65_532, 262_144, 300_000)
                .mapToObj(size -> {
                    byte[] block = new byte[size];
                    Arrays.fill(block, (byte) size);
                    return block;
                })
                .toList();
        List<byte[]> back = taken(waiting.echo(blocks.iterator()));
        assertThat(back.toArray(byte[][]::new)).isDeepEqualTo(blocks.toArray(byte[][]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void a_producer_that_fails_at_the_server_fails_the_stream_after_its_items(String transport) throws Exception {
        start(transport);
        Taker<Integer> breaking = Taker.ofAll(publishing.breaking(1_000));
        assertThatThrownBy(() -> get(breaking.all))
                .hasCauseInstanceOf(RemoteCallException.class)
                .hasMessageContaining("broken at 1000");
        assertThat(breaking.items).hasSize(1_000);
        Taker<Integer> wearing = Taker.ofAll(publishing.wearing(1_000));
        assertThatThrownBy(() -> get(wearing.all)).hasCauseInstanceOf(Worn.class);
        assertThat(wearing.items).hasSize(1_000);

        Iterator<Integer> numbers = waiting.wearing(1);
        assertThat(numbers.next()).isZero();
        assertThatThrownBy(numbers::hasNext)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(Worn.class);
        assertThat(numbers.hasNext()).isFalse();
        List<Integer> seen = new ArrayList<>();
        assertThatThrownBy(() -> waiting.breaking(5).forEach(seen::add)).isInstanceOf(RemoteCallException.class);
        assertThat(seen).isEqualTo(range(5, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    void a_producer_that_fails_at_the_caller_fails_what_the_implementation_reads(String transport) throws Exception {
        start(transport);
        Iterator<String> words = new Iterator<>() {
            private int left = 2;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                if (left == 0) {
                    throw new IllegalArgumentException("no words left");
                }
                return "word " + left--;
            }
        };
        assertThatThrownBy(() -> waiting.swallow(words))
                .isInstanceOf(RemoteCallException.class)
                .hasMessageContaining("no words left");
        assertThat(real.swallowed).containsExactly("word 2", "word 1");
        Flow.Publisher<String> worn = subscriber -> {
            subscriber.onSubscribe(new Numbers.Nothing());
            subscriber.onError(new Worn("no more"));
        };
        assertThatThrownBy(() -> get(publishing.swallow(worn)))
                .hasCauseInstanceOf(Worn.class)
                .hasMessageContaining("no more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "inproc"})
    @SuppressWarnings({"unchecked", "rawtypes"}) // as an application does it by mistake
    void items_that_cannot_be_sent_and_streams_that_are_none_fail_the_call(String transport) throws Exception {
        start(transport);
        Taker<Integer> unfit = Taker.ofAll(publishing.unfit());
        assertThatThrownBy(() -> get(unfit.all)).hasCauseInstanceOf(BadAnswerException.class);
        assertThat(unfit.items).containsExactly(1);
        assertThatThrownBy(() -> get(Taker.ofAll(publishing.none()).all))
                .hasCauseInstanceOf(RemoteCallException.class)
                .hasMessageContaining("not null");

        assertThatThrownBy(() -> waiting.sum("x", (Stream) Stream.of(1, "two")))
                .isInstanceOfSatisfying(
                        BadArgumentsException.class,
                        failed -> assertThat(failed.execution()).isEqualTo(Execution.UNKNOWN));
        assertThatThrownBy(() ->
                        waiting.echo(List.of(new byte[5 << 20]).iterator()).hasNext())
                .isInstanceOf(BadArgumentsException.class)
                .hasMessageContaining("too large");
        assertThatThrownBy(() -> waiting.sum("x", null))
                .isInstanceOfSatisfying(
                        BadArgumentsException.class,
                        failed -> assertThat(failed.execution()).isEqualTo(Execution.NOT_EXECUTED));
        assertThat(waiting.sum("x", Stream.of(1, 2))).isEqualTo(3);
    }
}
