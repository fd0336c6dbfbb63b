package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.Description;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams of a peer that speaks the bytes itself. */
class HostileStreamsIT {

    private static final byte[] NO_ARGUMENTS = body(1, (byte) 0x80);
    private static final byte[] ITEM = body(5, (byte) 7);
    private static final byte[] FAILURE = body(4, HexFormat.of().parseHex("83613661786179"));

    interface Target {
        long sum(Iterator<Integer> numbers);

        String hang(Iterator<Integer> numbers) throws InterruptedException;

        String plain() throws InterruptedException;
    }

    interface Liar {
        Flow.Publisher<Integer> numbers();
    }

    private static final class RealTarget implements Target {
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        final CountDownLatch release = new CountDownLatch(1);

        @Override
        public long sum(Iterator<Integer> numbers) {
            long sum = 0;
            try {
                while (numbers.hasNext()) {
                    sum += numbers.next();
                }
            } catch (RuntimeException failed) {
                failure.complete(failed);
                throw failed;
            }
            return sum;
        }

        @Override
        public String hang(Iterator<Integer> numbers) throws InterruptedException {
            release.await();
            return "done";
        }

        @Override
        public String plain() throws InterruptedException {
            release.await();
            return "done";
        }
    }

    /** How the server ended the stream. */
    private static final class Ending implements StreamListener {
        final CompletableFuture<byte[]> ended = new CompletableFuture<>();

        @Override
        public void onMessage(Stream stream, byte[] message) {
            ended.complete(message);
        }

        @Override
        public void onFailed(Stream stream, StreamException cause) {
            ended.completeExceptionally(cause);
        }

        StreamCode reset() {
            try {
                get(ended);
                throw new AssertionError("it was answered");
            } catch (Exception failed) {
                return ((StreamException) failed.getCause()).code();
            }
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final AtomicInteger ids = new AtomicInteger();
    private final RealTarget real = new RealTarget();
    private final ServiceModel target = ModelReader.forServing(Target.class, ErrorTypes.NONE_REGISTERED);
    private ChaskiRemote server;
    private ChaskiNode hostile;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote(
                "server", RemoteOptions.builder().maxBodyBytes(1 << 20).build());
        server.serve("target", Target.class, real);
        hostile = remotes.node("hostile");
        get(hostile.connect(server.node().addresses().get(0)));
    }

    @AfterEach
    void close() {
        real.release.countDown();
        remotes.close();
    }

    private static byte[] body(int kind, byte... content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) kind)
                .putInt(content.length)
                .put(content)
                .array();
    }

    private Stream open(String method, Ending ending) throws Exception {
        return open(hostile, method, ending, StreamOptions.builder().deadline(LIMIT));
    }

    private Stream open(ChaskiNode from, String method, Ending ending, StreamOptions.Builder options) throws Exception {
        MethodModel called = target.methods().stream()
                .filter(each -> each.name().equals(method))
                .findFirst()
                .orElseThrow();
        CallHeaders headers =
                new CallHeaders("target", "", called.key(), new CallId(0, ids.incrementAndGet()), 1, Map.of());
        headers.toMap().forEach(options::header);
        return get(from.streams().open(server.node().id(), CallHeaders.PROTOCOL, options.build(), ending));
    }

    private StreamCode endOf(String method, byte[]... messages) throws Exception {
        Ending ending = new Ending();
        Stream stream = open(method, ending);
        for (byte[] message : messages) {
            try {
                stream.send(message);
            } catch (StreamException ended) {
                break; // before everything was sent
            }
        }
        return ending.reset();
    }

    private void stillServes() throws Exception {
        stillServes(hostile);
    }

    private void stillServes(ChaskiNode caller) throws Exception {
        Ending ending = new Ending();
        Stream stream = open(caller, "sum", ending, StreamOptions.builder().deadline(LIMIT));
        stream.send(NO_ARGUMENTS);
        stream.send(ITEM);
        stream.send(ITEM);
        stream.end();
        assertThat(get(ending.ended)).containsExactly(2, 0, 0, 0, 1, 14);
    }

    @Test
    void an_item_for_a_method_without_a_stream_ends_the_call() throws Exception {
        assertThat(endOf("plain", NO_ARGUMENTS, ITEM)).isEqualTo(StreamCode.APPLICATION);
        stillServes();
    }

    @Test
    void an_item_before_the_arguments_executes_nothing() throws Exception {
        assertThat(endOf("sum", ITEM)).isEqualTo(StreamCode.REFUSED);
        stillServes();
    }

    @Test
    void a_piece_that_does_not_fit_ends_the_call() throws Exception {
        assertThat(endOf("sum", NO_ARGUMENTS, new byte[] {5, 0, 0, 0, 3, 1}, new byte[3]))
                .isEqualTo(StreamCode.APPLICATION);
        assertThat(endOf("sum", NO_ARGUMENTS, new byte[] {5, 0, 0, 0, 0, 1})).isEqualTo(StreamCode.APPLICATION);
        assertThat(endOf("sum", NO_ARGUMENTS, new byte[0])).isEqualTo(StreamCode.APPLICATION);
        assertThat(endOf("sum", NO_ARGUMENTS, body(1, (byte) 0x80))).isEqualTo(StreamCode.APPLICATION);
        assertThat(endOf("sum", NO_ARGUMENTS, new byte[] {5, 0, 0x10, 0, 1, 1})).isEqualTo(StreamCode.CANCELLED);
        stillServes();
    }

    @Test
    void an_end_in_the_middle_of_an_item_ends_the_call() throws Exception {
        Ending ending = new Ending();
        Stream stream = open("sum", ending);
        stream.send(NO_ARGUMENTS);
        stream.send(new byte[] {5, 0, 0, 0, 3, 1});
        stream.end();
        assertThat(ending.reset()).isEqualTo(StreamCode.APPLICATION);
        stillServes();
    }

    @Test
    void two_ends_are_one_too_many() throws Exception {
        assertThat(endOf("hang", NO_ARGUMENTS, FAILURE, FAILURE)).isEqualTo(StreamCode.APPLICATION);
        assertThat(endOf("hang", NO_ARGUMENTS, FAILURE, ITEM)).isEqualTo(StreamCode.APPLICATION);
        stillServes();
    }

    @Test
    void an_item_of_another_type_fails_what_reads_it() throws Exception {
        Ending ending = new Ending();
        Stream stream = open("sum", ending);
        stream.send(NO_ARGUMENTS);
        stream.send(body(5, (byte) 0x61, (byte) 'x'));
        assertThat(get(ending.ended)[0]).as("STOP, or the failure").isIn((byte) 4, (byte) 6);
        assertThat(get(real.failure)).isInstanceOf(BadArgumentsException.class);
        stillServes();
    }

    /** A message of the core may be larger than its window, and so larger than any piece of an item. */
    @Test
    void a_sender_of_more_than_its_window_at_once_is_cut_off() throws Exception {
        assertThat(endOf("hang", NO_ARGUMENTS, body(5, new byte[600 << 10]))).isEqualTo(StreamCode.CANCELLED);
        stillServes();
    }

    /** A quarter of the threads is what one caller gets for calls that wait for its items; no deadline ends them. */
    @Test
    void a_caller_that_sends_no_items_does_not_keep_threads_from_others() throws Exception {
        List<Ending> silent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Ending ending = new Ending();
            silent.add(ending);
            open(hostile, "sum", ending, StreamOptions.builder()).offer(NO_ARGUMENTS);
        }
        int refused = 0;
        for (Ending ending : silent.subList(8, 40)) {
            refused += get(ending.ended)[7] == '4' ? 1 : 0;
        }
        assertThat(refused).as("as busy").isEqualTo(32);
        ChaskiNode other = remotes.node("other");
        get(other.connect(server.node().addresses().get(0)));
        stillServes(other);
        assertThat(silent.subList(0, 8))
                .allSatisfy(ending -> assertThat(ending.ended).isNotDone());
    }

    /** Memory for items is taken when the call is accepted, for each call the same. */
    @Test
    void a_method_without_items_is_not_asked_to_stop_and_tiny_items_end_nothing() throws Exception {
        Ending ending = new Ending();
        Stream stream = open("sum", ending);
        stream.send(NO_ARGUMENTS);
        for (int i = 0; i < 10_000; i++) {
            stream.send(ITEM);
        }
        stream.end();
        assertThat(get(ending.ended)).startsWith(2);
        assertThat(endOf("hang", NO_ARGUMENTS, body(6))).as("STOP of a caller").isEqualTo(StreamCode.APPLICATION);
        stillServes();
    }

    @Test
    void a_call_id_that_comes_twice_is_executed_once() throws Exception {
        stillServes();
        ids.decrementAndGet();
        Ending ending = new Ending();
        Stream stream = open("sum", ending);
        stream.send(NO_ARGUMENTS);
        stream.send(ITEM);
        stream.end();
        assertThat(get(ending.ended)).as("the answer of the first").containsExactly(2, 0, 0, 0, 1, 14);
    }

    static java.util.stream.Stream<byte[][]> wrongAnswers() {
        return java.util.stream.Stream.of(
                new byte[][] {ITEM, body(2, (byte) 1)},
                new byte[][] {ITEM, NO_ARGUMENTS},
                new byte[][] {ITEM, FAILURE, FAILURE},
                new byte[][] {ITEM, FAILURE, ITEM},
                new byte[][] {ITEM, {5, 0, 0, 0, 2, 1}, {1, 2}},
                new byte[][] {ITEM, {5, 0, 0, 0, 2, 1}},
                new byte[][] {ITEM, {}},
                new byte[][] {ITEM, {5, 0x7f, 0, 0, 0, 1}},
                new byte[][] {ITEM, body(5, (byte) 0xf6)},
                new byte[][] {ITEM, body(5, (byte) 0x61, (byte) 'x')});
    }

    @ParameterizedTest
    @MethodSource("wrongAnswers")
    @DisplayName("items that are none end the stream of the caller")
    void answers(byte[][] messages) throws Exception {
        ServiceModel liar = ModelReader.forServing(Liar.class, ErrorTypes.NONE_REGISTERED);
        hostile.streams().serve(Description.PROTOCOL, stream -> (same, name) -> {
            same.offer(Description.of(liar).toBytes());
            same.end();
        });
        hostile.streams().serve(CallHeaders.PROTOCOL, stream -> (same, arguments) -> {
            for (byte[] message : messages) {
                same.offer(message);
            }
            same.end();
        });
        Taker<Integer> taker =
                Taker.ofAll(server.at(hostile.id()).proxy("liar", Liar.class).numbers());
        assertThatThrownBy(() -> get(taker.all)).hasCauseInstanceOf(BadAnswerException.class);
        assertThat(taker.items).containsExactly(7);
        assertThat(taker.violations).hasValue(0);
        soon(this::stillServes);
    }
}
