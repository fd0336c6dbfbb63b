package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Back-pressure, cancellation, deadlines, repetition and the end of connections, for calls with streams. */
class StreamLifeIT {

    private static final int ENDLESS = Integer.MAX_VALUE;

    /** What both windows hold of the smallest items, and what is on its way between them. */
    private static final int WINDOWS = 2 * (256 << 10) / 64 + 16;

    interface Source {
        Flow.Publisher<Integer> numbers();

        Stream<Integer> numbersInTurn();

        int first(Flow.Publisher<Integer> numbers) throws InterruptedException;

        String ignore(Flow.Publisher<Integer> numbers);

        long count(Iterator<Integer> numbers);

        Flow.Publisher<String> context();

        Flow.Publisher<Integer> silence();
    }

    interface Reader {
        Flow.Publisher<Integer> numbers();

        Iterator<Integer> numbersInTurn();

        CompletableFuture<Integer> first(Flow.Publisher<Integer> numbers);

        CompletableFuture<String> ignore(Flow.Publisher<Integer> numbers);

        CompletableFuture<Long> count(Flow.Publisher<Integer> numbers);

        Flow.Publisher<String> context();

        Flow.Publisher<Integer> silence();
    }

    private static final class RealSource implements Source {
        final AtomicReference<Numbers> numbers = new AtomicReference<>(new Numbers(ENDLESS));
        final Semaphore closed = new Semaphore(0);
        final Semaphore begun = new Semaphore(0);
        final CountDownLatch stopTaking = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final Semaphore silenceAsked = new Semaphore(0);
        final Semaphore silenceCancelled = new Semaphore(0);
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        final CompletableFuture<RemoteContext> context = new CompletableFuture<>();

        @Override
        public Flow.Publisher<Integer> numbers() {
            context.complete(RemoteContext.current());
            return numbers.get();
        }

        @Override
        public Stream<Integer> numbersInTurn() {
            return IntStream.iterate(0, n -> n + 1).boxed().onClose(closed::release);
        }

        @Override
        public int first(Flow.Publisher<Integer> given) throws InterruptedException {
            Taker<Integer> taker = Taker.of(given, 1);
            int first = taker.items.take();
            stopTaking.await();
            taker.cancel();
            release.await();
            return first;
        }

        @Override
        public String ignore(Flow.Publisher<Integer> given) {
            return "ignored";
        }

        @Override
        public long count(Iterator<Integer> given) {
            long count = 0;
            try {
                while (given.hasNext()) {
                    given.next();
                    count++;
                    begun.release();
                }
            } catch (RuntimeException ended) {
                failure.complete(ended);
                throw ended;
            }
            return count;
        }

        @Override
        public Flow.Publisher<String> context() {
            RemoteContext current = RemoteContext.current();
            return subscriber -> {
                RemoteContext ofSubscription = RemoteContext.find().orElse(null);
                List.of(current.method() + " " + current.remaining().isPresent() + " " + (ofSubscription == current))
                        .forEach(word -> subscriber.onSubscribe(new Flow.Subscription() {
                            @Override
                            public void request(long more) {
                                subscriber.onNext(word);
                                subscriber.onComplete();
                            }

                            @Override
                            public void cancel() {
                                // one word is little
                            }
                        }));
            };
        }

        @Override
        public Flow.Publisher<Integer> silence() {
            return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long more) {
                    silenceAsked.release(); // and there is nothing
                }

                @Override
                public void cancel() {
                    silenceCancelled.release();
                }
            });
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final RealSource real = new RealSource();
    private ChaskiRemote server;
    private ChaskiRemote client;
    private NodeId serverId;
    private Reader reader;

    @BeforeEach
    void start() throws Exception {
        server = remotes.remote("server");
        server.serve("source", Source.class, real);
        useClient(RemoteOptions.DEFAULTS);
    }

    private void useClient(RemoteOptions options) throws Exception {
        client = remotes.remote("client", options);
        Remotes.connect(client, server);
        serverId = server.node().id();
        reader = client.at(serverId).proxy("source", Reader.class);
    }

    @AfterEach
    void close() {
        real.stopTaking.countDown();
        real.release.countDown();
        remotes.close();
    }

    private static void await(Semaphore happened) throws InterruptedException {
        assertThat(happened.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("X-23: items of the caller wait for an implementation that takes none")
    void slow_implementation() throws Exception {
        Numbers numbers = new Numbers(ENDLESS);
        CompletableFuture<Integer> first = reader.first(numbers);
        soon(
                () -> { // until it stands still while other calls are answered
                    int before = numbers.produced.get();
                    assertThat(get(reader.ignore(new Numbers(1)))).isEqualTo("ignored");
                    assertThat(numbers.produced.get()).isEqualTo(before).isGreaterThanOrEqualTo(WINDOWS / 2 - 16);
                });
        assertThat(numbers.produced.get()).isLessThanOrEqualTo(1 + WINDOWS);
        real.stopTaking.countDown();
        await(numbers.cancelled); // which the implementation does without an answer
        assertThat(numbers.produced.get()).isLessThanOrEqualTo(1 + WINDOWS);
        assertThat(first).isNotDone();
        real.release.countDown();
        assertThat(get(first)).isZero();
    }

    @Test
    @DisplayName("X-23: cancel at 10,000 stops the producer")
    void cancel() throws Exception {
        Numbers numbers = real.numbers.get();
        Taker<Integer> taker = Taker.of(reader.numbers(), 10_000);
        soon(() -> assertThat(taker.items).hasSize(10_000));
        long cancelledNanos = System.nanoTime();
        taker.cancel();
        // Ten times what the scenario gives it, because the machine is shared.
        assertThat(numbers.cancelled.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        long tookNanos = System.nanoTime() - cancelledNanos;
        System.out.println(
                "measured: a producer stops " + TimeUnit.NANOSECONDS.toMillis(tookNanos) + " ms after a cancel");
        assertThat(numbers.produced.get()).isLessThanOrEqualTo(10_000 + WINDOWS);
        soon(() -> assertThat(real.context.join().isCancelled()).isTrue());
        assertThat(taker.all).isNotDone();
        assertThat(taker.items).hasSize(10_000);
    }

    @Test
    void a_stream_that_is_closed_ends_the_call() throws Exception {
        interface InTurn {
            Stream<Integer> numbersInTurn();
        }
        InTurn inTurn = client.at(serverId).proxy("source", InTurn.class);
        try (Stream<Integer> numbers = inTurn.numbersInTurn()) {
            assertThat(numbers.limit(10_000).mapToInt(n -> n).sum()).isEqualTo(49_995_000);
        }
        await(real.closed);
        Iterator<Integer> iterator = reader.numbersInTurn();
        assertThat(iterator.next()).isZero();
        ((AutoCloseable) iterator).close();
        assertThat(iterator.hasNext()).isFalse();
        await(real.closed);
    }

    @Test
    void an_interrupt_cancels_the_call() throws Exception {
        Iterator<Integer> silence =
                client.at(serverId).proxy("source", SilenceInTurn.class).silence();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                silence.next();
            } catch (CancellationException cancelled) {
                thrown.complete(Thread.currentThread().isInterrupted() ? cancelled : null);
            }
        });
        thread.start();
        await(real.silenceAsked);
        thread.interrupt();
        assertThat(get(thrown)).isInstanceOf(CancellationException.class);
        await(real.silenceCancelled);
    }

    interface SilenceInTurn {
        Iterator<Integer> silence();
    }

    @Test
    void an_event_loop_may_call_and_must_not_wait() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        StreamOptions inline = StreamOptions.builder().dispatch(Dispatch.INLINE).build();
        server.node().streams().serve("inline", inline, stream -> {
            try {
                Iterator<Integer> silence =
                        client.at(serverId).proxy("source", SilenceInTurn.class).silence();
                if (!silence.hasNext()) {
                    thrown.complete(null);
                }
            } catch (IllegalStateException refused) {
                thrown.complete(refused);
            }
            return (StreamListener) (same, message) -> {};
        });
        var open = client.node().streams().open(serverId, "inline", StreamOptions.DEFAULTS, (stream, message) -> {});
        assertThat(get(thrown)).hasMessageContaining("the event loop must not");
        get(open).cancel();
    }

    @Test
    void an_argument_that_nobody_reads_is_cancelled_with_the_answer() throws Exception {
        Numbers numbers = new Numbers(ENDLESS);
        assertThat(get(reader.ignore(numbers))).isEqualTo("ignored");
        allCancelled(numbers);
    }

    @Test
    void cancelling_the_future_cancels_the_producer_and_the_implementation() throws Exception {
        Numbers numbers = new Numbers(ENDLESS);
        CompletableFuture<Long> count = reader.count(numbers);
        await(real.begun);
        count.cancel(false);
        await(numbers.cancelled);
        assertThat(get(real.failure)).as("the items have not come to an end").isNotNull();
    }

    @Test
    void a_publisher_calls_for_each_subscriber_and_not_before() throws Exception {
        real.numbers.set(new Numbers(3));
        Flow.Publisher<Integer> cold = reader.numbers();
        assertThat(real.context).isNotDone();
        assertThat(get(Taker.ofAll(cold).all)).containsExactly(0, 1, 2);
        assertThat(get(Taker.ofAll(cold).all)).containsExactly(0, 1, 2);
        assertThat(real.numbers.get().subscribed).hasValue(2);
        assertThatThrownBy(() -> cold.subscribe(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void without_a_deadline_it_has_none_and_with_one_it_ends() throws Exception {
        assertThat(get(Taker.ofAll(reader.context()).all)).containsExactly("context false true");
        Reader hurried = ChaskiRemote.with(reader, CallOptions.within(LIMIT));
        assertThat(get(Taker.ofAll(hurried.context()).all)).containsExactly("context true true");

        Reader brief = ChaskiRemote.with(reader, CallOptions.within(Duration.ofSeconds(1)));
        Taker<Integer> late = Taker.of(brief.numbers(), 1);
        assertThatThrownBy(() -> get(late.all)).hasCauseInstanceOf(CallTimeoutException.class);
        allCancelled(real.numbers.get());
        Numbers numbers = new Numbers(ENDLESS);
        assertThatThrownBy(() -> get(brief.count(numbers))).hasCauseInstanceOf(CallTimeoutException.class);
        allCancelled(numbers);
    }

    /** On a busy machine a call may be over before anybody has subscribed. */
    private static void allCancelled(Numbers numbers) {
        soon(() -> assertThat(numbers.cancelled.availablePermits())
                .as("of %s subscriptions", numbers.subscribed)
                .isEqualTo(numbers.subscribed.get()));
    }

    @Test
    void when_the_server_goes_the_stream_fails() throws Exception {
        Taker<Integer> taker = Taker.of(reader.numbers(), 5);
        Numbers given = new Numbers(ENDLESS);
        CompletableFuture<Long> count = reader.count(given);
        soon(() -> assertThat(taker.items).hasSize(5));
        await(real.begun);
        server.node().close();
        assertThatThrownBy(() -> get(taker.all)).hasCauseInstanceOf(PeerLostException.class);
        assertThatThrownBy(() -> get(count)).hasCauseInstanceOf(PeerLostException.class);
        await(given.cancelled);
    }

    @Test
    void when_the_caller_goes_both_producers_are_cancelled() throws Exception {
        Taker<Integer> taker = Taker.of(reader.numbers(), 5);
        Numbers given = new Numbers(ENDLESS);
        CompletableFuture<Long> count = reader.count(given);
        soon(() -> assertThat(taker.items).hasSize(5));
        await(real.begun);
        client.node().close();
        await(real.numbers.get().cancelled);
        await(given.cancelled);
        assertThat(get(real.failure)).isInstanceOfAny(PeerLostException.class, CancellationException.class);
        assertThatThrownBy(() -> get(count)).isInstanceOfAny(ExecutionException.class, CancellationException.class);
    }

    @Test
    void the_slot_of_the_caller_is_taken_until_the_stream_is_over() throws Exception {
        useClient(RemoteOptions.builder().maxPendingPerPeer(1).build());
        Taker<Integer> taker = Taker.of(reader.numbers(), 5);
        soon(() -> assertThat(taker.items).hasSize(5));
        assertThatThrownBy(() -> get(reader.ignore(new Numbers(1)))).hasCauseInstanceOf(PeerBusyException.class);
        taker.cancel();
        soon(() -> assertThat(get(reader.ignore(new Numbers(1)))).isEqualTo("ignored"));
    }

    @Test
    void a_busy_server_is_asked_again_for_a_result_and_not_for_items_it_may_have_got() throws Exception {
        ChaskiRemote narrow = remotes.remote(
                "narrow", RemoteOptions.builder().maxPendingPerPeer(1).build());
        RealSource source = new RealSource();
        narrow.serve("source", Source.class, source);
        Remotes.connect(client, narrow);
        Reader patient = client.at(narrow.node().id())
                .proxy(
                        "source",
                        Reader.class,
                        CallOptions.builder().attempts(10).build());
        Taker<Integer> first = Taker.of(patient.numbers(), 5);
        soon(() -> assertThat(first.items).hasSize(5));
        Taker<Integer> second = Taker.of(patient.numbers(), 5);
        Reader impatient =
                ChaskiRemote.with(patient, CallOptions.builder().attempts(1).build());
        Taker<Integer> third = Taker.of(impatient.numbers(), 5);
        assertThatThrownBy(() -> get(third.all)).hasCauseInstanceOf(PeerBusyException.class);
        Numbers numbers = new Numbers(ENDLESS);
        assertThatThrownBy(() -> get(patient.count(numbers))).hasCauseInstanceOf(PeerBusyException.class);
        assertThat(source.begun.availablePermits()).as("not executed").isZero();
        first.cancel();
        soon(() -> assertThat(second.items).hasSize(5));
        second.cancel();
    }

    interface Other {
        int other();
    }

    @Test
    void a_node_that_does_not_serve_it_takes_no_item() throws Exception {
        ChaskiRemote unfit = remotes.remote("unfit");
        unfit.serve("source", Other.class, () -> 1);
        ChaskiRemote caller = remotes.remote("caller");
        Remotes.connect(caller, unfit);
        Remotes.connect(caller, server);
        caller.awaitService("source", 2, LIMIT);
        CallOptions unfitFirst = CallOptions.builder()
                .selection((candidates, random) -> candidates.stream()
                        .sorted(Comparator.comparing(Provider::nodeName).reversed())
                        .toList())
                .build();
        Numbers numbers = new Numbers(3);
        assertThat(get(caller.proxy("source", Reader.class, unfitFirst).count(numbers)))
                .isEqualTo(3);
        assertThat(numbers.subscribed).hasValue(1);
    }

    @Test
    void interceptors_see_a_call_and_its_end() throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        useClient(RemoteOptions.builder()
                .intercept((call, next) -> {
                    seen.add("begin " + call.method());
                    return next.proceed(call.withHeader("color", "blue"))
                            .whenComplete((value, failure) -> seen.add("end " + value + " " + failure));
                })
                .build());
        real.numbers.set(new Numbers(3));
        assertThat(get(Taker.ofAll(reader.numbers()).all)).hasSize(3);
        assertThat(real.context.join().headers()).containsEntry("color", "blue");
        assertThat(seen).containsExactly("begin numbers", "end null null");
        real.numbers.set(new Numbers(ENDLESS));
        Taker.of(reader.numbers(), 1).cancel();
        soon(() -> assertThat(seen).hasSize(4).last().asString().contains("CancellationException"));
    }

    @Test
    void what_an_interceptor_makes_of_it_is_what_the_subscriber_hears() throws Exception {
        useClient(RemoteOptions.builder()
                .intercept((call, next) -> {
                    if (call.method().equals("silence")) {
                        throw new CallDeniedException("not here");
                    }
                    return next.proceed(call).thenCompose(value -> next.proceed(call));
                })
                .build());
        assertThatThrownBy(() -> get(Taker.ofAll(reader.silence()).all)).hasCauseInstanceOf(CallDeniedException.class);
        real.numbers.set(new Numbers(3));
        Taker<Integer> twice = Taker.ofAll(reader.numbers());
        assertThatThrownBy(() -> get(twice.all)).hasMessageContaining("once only");
        assertThat(twice.items).hasSize(3);
    }

    @Test
    void a_remote_that_is_closed_ends_its_streams() throws Exception {
        Taker<Integer> taker = Taker.of(reader.numbers(), 5);
        soon(() -> assertThat(taker.items).hasSize(5));
        ChaskiNode node = client.node();
        client.close();
        await(real.numbers.get().cancelled);
        assertThatThrownBy(() -> get(taker.all)).isInstanceOf(CancellationException.class);
        assertThat(node.edges()).hasSize(1);
    }

    @Test
    void a_remote_that_is_closed_ends_the_streams_it_serves() throws Exception {
        Taker<Integer> taker = Taker.of(reader.numbers(), 5);
        soon(() -> assertThat(taker.items).hasSize(5));
        server.close();
        taker.request(Long.MAX_VALUE);
        assertThatThrownBy(() -> get(taker.all)).hasCauseInstanceOf(PeerLostException.class);
        await(real.numbers.get().cancelled);
    }

    @Test
    void a_stream_that_is_passed_on_ends_with_the_call_it_belongs_to() throws Exception {
        ChaskiRemote middle = remotes.remote("middle");
        Remotes.connect(middle, server);
        Reader behind = middle.at(serverId).proxy("source", Reader.class);
        interface Relay {
            Flow.Publisher<Integer> numbers();

            Flow.Publisher<String> context();
        }
        middle.serve("relay", Relay.class, new Relay() {
            @Override
            public Flow.Publisher<Integer> numbers() {
                return behind.numbers();
            }

            @Override
            public Flow.Publisher<String> context() {
                return behind.context();
            }
        });
        Remotes.connect(client, middle);
        Relay relay = client.at(middle.node().id()).proxy("relay", Relay.class);
        assertThat(get(Taker.ofAll(relay.context()).all)).containsExactly("context false true");
        assertThat(get(Taker.ofAll(ChaskiRemote.with(relay, CallOptions.within(LIMIT))
                                .context())
                        .all))
                .containsExactly("context true true");
        Taker<Integer> taker = Taker.of(relay.numbers(), 100);
        soon(() -> assertThat(taker.items).hasSize(100));
        assertThat(real.numbers.get().produced.get()).isLessThanOrEqualTo(100 + 2 * WINDOWS);
        taker.cancel();
        await(real.numbers.get().cancelled);
    }
}
