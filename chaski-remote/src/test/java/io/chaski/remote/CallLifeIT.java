package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.CallException.Execution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Deadlines, cancellation, repetition, limits, interceptors. */
class CallLifeIT {

    interface Worker {
        int next(Integer required, String text);

        int next(Integer required);

        String hang(String label) throws InterruptedException;

        String hangPlainly(String label);

        CompletableFuture<String> hangLater(String label);

        @Deadline(50)
        String hangBriefly(String label);

        @OneWay
        void tell(String word);

        @Idempotent
        String safe(String label);

        String fail(String message);

        String context(String header);

        String ignoreInterrupts(String label);
    }

    interface Link {
        String relay(int hops) throws InterruptedException;
    }

    private static final class RealWorker implements Worker {
        final AtomicInteger executions = new AtomicInteger();
        final Semaphore begun = new Semaphore(0);
        final Semaphore interrupted = new Semaphore(0);
        final CountDownLatch release = new CountDownLatch(1);
        final Queue<String> told = new ConcurrentLinkedQueue<>();
        final CompletableFuture<String> later = new CompletableFuture<>();
        final Queue<CompletableFuture<String>> given = new ConcurrentLinkedQueue<>();

        @Override
        public int next(Integer required, String text) {
            return executions.incrementAndGet();
        }

        @Override
        public int next(Integer required) {
            return executions.incrementAndGet();
        }

        @Override
        public String hang(String label) throws InterruptedException {
            begun.release();
            try {
                release.await();
                return label;
            } catch (InterruptedException given) {
                told.add("cancelled " + RemoteContext.current().isCancelled());
                interrupted.release();
                throw given;
            }
        }

        @Override
        public String hangPlainly(String label) {
            try {
                return hang(label);
            } catch (InterruptedException given) {
                throw new CancellationException("interrupted");
            }
        }

        @Override
        public CompletableFuture<String> hangLater(String label) {
            CompletableFuture<String> copy = later.copy();
            given.add(copy);
            begun.release();
            return copy;
        }

        @Override
        public String hangBriefly(String label) {
            return hangPlainly(label);
        }

        @Override
        public void tell(String word) {
            told.add(word);
            if (word.equals("hang")) {
                hangPlainly(word);
            }
            if (word.equals("fail")) {
                throw new IllegalStateException("told to fail");
            }
        }

        @Override
        public String safe(String label) {
            executions.incrementAndGet();
            return hangPlainly(label);
        }

        @Override
        public String fail(String message) {
            throw new IllegalStateException(message);
        }

        @Override
        public String ignoreInterrupts(String label) {
            begun.release();
            boolean isReleased = false;
            while (!isReleased) {
                try {
                    release.await();
                    isReleased = true;
                } catch (InterruptedException given) {
                    interrupted.release(); // and goes on
                }
            }
            return label;
        }

        @Override
        public String context(String header) {
            RemoteContext current = RemoteContext.current();
            return current.caller() + " " + current.service() + "." + current.method() + " "
                    + current.headers().get(header) + " "
                    + (current.remaining().orElseThrow().compareTo(Duration.ofSeconds(40)) < 0);
        }
    }

    /** For a call over nine nodes, on a busy machine. */
    private static final Duration ENOUGH_TO_ARRIVE = Duration.ofSeconds(3);

    /** So much after its deadline a call has ended on the busiest machine; a deadline that is not kept lasts longer. */
    private static final Duration AT_THE_LATEST = Duration.ofSeconds(10);

    private static final CallOptions LONG = CallOptions.within(LIMIT);

    private final Remotes remotes = Remotes.overTcp();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final RealWorker real = new RealWorker();
    private final List<CallException> oneWayFailures = new ArrayList<>();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private ChaskiRemote server;
    private ChaskiRemote client;
    private NodeId serverId;
    private Worker worker;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote(
                "server",
                RemoteOptions.builder()
                        .interceptServed((context, arguments, next) -> {
                            if (context.headers().containsKey("forbidden")) {
                                throw new CallDeniedException("not with this header");
                            }
                            seen.add("server " + context.method() + " " + arguments.size());
                            return next.proceed();
                        })
                        .build());
        client = remotes.remote(
                "client",
                RemoteOptions.builder()
                        .calls(CallOptions.builder().header("trace", "t1").build())
                        .oneWayFailures(failure -> {
                            synchronized (oneWayFailures) {
                                oneWayFailures.add(failure);
                            }
                        })
                        .intercept((call, next) -> {
                            seen.add("client " + call);
                            return next.proceed(call.withHeader("span", "s1"));
                        })
                        .build());
        Remotes.connect(client, server);
        serverId = server.node().id();
        server.serve("worker", Worker.class, real);
        worker = client.at(serverId).proxy("worker", Worker.class, LONG);
    }

    @AfterEach
    void close() {
        real.release.countDown();
        threads.shutdownNow();
        remotes.close();
    }

    private void awaitBegun() throws InterruptedException {
        assertThat(real.begun.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private void awaitInterrupted() throws InterruptedException {
        assertThat(real.interrupted.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    @DisplayName("X-11: 1,000 calls from 8 threads, with overloads and null, are 1,000 executions")
    void thousand() throws Exception {
        List<Future<Integer>> sums = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            sums.add(threads.submit(() -> {
                int sum = 0;
                for (int i = 0; i < 125; i++) {
                    sum += i % 2 == 0 ? worker.next(i, null) : worker.next(i);
                }
                return sum;
            }));
        }
        int sum = 0;
        for (Future<Integer> each : sums) {
            sum += get(each);
        }
        assertThat(real.executions).hasValue(1_000);
        assertThat(sum).isEqualTo(1_000 * 1_001 / 2);
    }

    @Test
    @DisplayName("X-20: deadlines of 50 ms and 1.5 s end their calls then, and no other one; the outcome is unknown")
    void deadlines() throws Exception {
        Worker unhurried = ChaskiRemote.with(worker, CallOptions.within(LIMIT.multipliedBy(4)));
        Future<String> patient = threads.submit(() -> unhurried.hang("patient"));
        awaitBegun();
        for (long millis : new long[] {50, 1_500}) {
            Duration limit = Duration.ofMillis(millis);
            assertThat(timeOut(limit)).isBetween(limit, limit.plus(AT_THE_LATEST));
            assertThat(patient).as("a call with much more time, made before").isNotDone();
        }
        awaitInterrupted();
        real.release.countDown();
        assertThat(get(patient)).isEqualTo("patient");
    }

    /** How long a call takes whose deadline ends it, which is never less than its limit. */
    private Duration timeOut(Duration limit) {
        Worker limited = ChaskiRemote.with(worker, CallOptions.within(limit));
        long begin = System.nanoTime();
        assertThatThrownBy(() -> limited.hang("x")).isInstanceOfSatisfying(CallTimeoutException.class, late -> {
            assertThat(late.reason()).isEqualTo("TIMEOUT");
            if (limit.toMillis() > 50) { // within 50 ms a busy machine may have sent nothing
                assertThat(late.execution()).isEqualTo(Execution.UNKNOWN);
            }
        });
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(took).isGreaterThanOrEqualTo(limit);
        return took;
    }

    @Test
    void a_deadline_interrupts_the_implementation_which_sees_that_it_is_cancelled() throws Exception {
        worker.next(1);
        assertThatThrownBy(() -> ChaskiRemote.with(worker, CallOptions.within(ENOUGH_TO_ARRIVE))
                        .hang("x"))
                .isInstanceOfSatisfying(
                        CallTimeoutException.class,
                        late -> assertThat(late.execution()).isEqualTo(Execution.UNKNOWN));
        awaitInterrupted();
        assertThat(real.told).containsExactly("cancelled true");
    }

    @Test
    @DisplayName("X-20: a result that comes after the deadline is discarded, and the next call has its own")
    void late() throws Exception {
        Worker limited = ChaskiRemote.with(worker, CallOptions.within(Duration.ofSeconds(1)));
        assertThatThrownBy(() -> limited.ignoreInterrupts("late")).isInstanceOf(CallTimeoutException.class);
        awaitBegun();
        awaitInterrupted();
        Future<String> next = threads.submit(() -> worker.ignoreInterrupts("next"));
        awaitBegun();
        real.release.countDown();
        assertThat(get(next)).isEqualTo("next");
        soon(() -> assertThat(server.snapshot().executions()).isEqualTo(Map.of("OK", 2L)));
        assertThat(client.snapshot().calls()).isEqualTo(Map.of("OK", 1L, "TIMEOUT", 1L));
    }

    @Test
    @DisplayName("D18: the deadline of the annotation goes before that of the proxy, that of the call before both")
    void layers() throws Exception {
        assertThatThrownBy(() -> worker.hangBriefly("x")).isInstanceOf(CallTimeoutException.class);
        Worker patient = ChaskiRemote.with(worker, LONG);
        Future<String> waiting = threads.submit(() -> patient.hangBriefly("patient"));
        awaitBegun();
        real.release.countDown();
        assertThat(get(waiting)).isEqualTo("patient");
    }

    @Test
    @DisplayName("X-20: a one-way call returns while it is still executed, and its failure is told")
    void oneWay() throws Exception {
        worker.tell("hang");
        awaitBegun();
        assertThat(real.release.getCount())
                .as("the implementation waits for it")
                .isEqualTo(1);
        real.release.countDown();
        worker.tell("fail");
        soon(() -> {
            synchronized (oneWayFailures) {
                assertThat(oneWayFailures)
                        .singleElement()
                        .isInstanceOfSatisfying(
                                RemoteCallException.class,
                                failed -> assertThat(failed.remoteMessage()).isEqualTo("told to fail"));
            }
        });
        assertThat(real.told).containsExactly("hang", "fail");
    }

    @Test
    void cancelling_a_future_interrupts_the_other_side() throws Exception {
        interface Later {
            CompletableFuture<String> hang(String label);
        }
        CompletableFuture<String> hanging =
                client.at(serverId).proxy("worker", Later.class, LONG).hang("x");
        awaitBegun();
        assertThat(hanging.cancel(true)).isTrue();
        awaitInterrupted();
        assertThat(hanging).isCancelled();
    }

    @Test
    void a_future_of_the_implementation_is_cancelled_with_the_call() throws Exception {
        CompletableFuture<String> hanging = worker.hangLater("x");
        awaitBegun();
        hanging.cancel(true);
        soon(() -> assertThat(real.given.element()).isCancelled());
    }

    @Test
    void an_interrupt_reaches_the_caller_as_it_declares_it_and_the_other_side_as_an_end() throws Exception {
        Future<?> declared = threads.submit(() -> worker.hang("x"));
        awaitBegun();
        CompletableFuture<Throwable> plainly = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                worker.hangPlainly("y");
            } catch (CancellationException interrupted) {
                plainly.complete(Thread.currentThread().isInterrupted() ? interrupted : null);
            }
        });
        caller.start();
        awaitBegun();
        declared.cancel(true);
        caller.interrupt();
        awaitInterrupted();
        awaitInterrupted();
        assertThat(get(plainly)).isInstanceOf(CancellationException.class);
    }

    @Test
    @DisplayName("row 91: a caller that disappears frees its slot and interrupts the implementation")
    void disappears() throws Exception {
        ChaskiRemote short1 = remotes.remote("short");
        Remotes.connect(short1, server);
        Worker doomed = short1.at(serverId).proxy("worker", Worker.class, LONG);
        Future<String> hanging = threads.submit(() -> doomed.hang("x"));
        awaitBegun();
        short1.node().close();
        awaitInterrupted();
        assertThatThrownBy(() -> get(hanging)).isInstanceOf(ExecutionException.class);
        assertThat(worker.next(1)).isPositive();
    }

    @Test
    @DisplayName("row 91: when cancels race with results, all slots are free afterwards, at both sides")
    void race() throws Exception {
        int slots = 8;
        RemoteOptions few = RemoteOptions.builder().maxPendingPerPeer(slots).build();
        ChaskiRemote busy = remotes.remote("busy", few);
        ChaskiRemote caller = remotes.remote("caller", few);
        Remotes.connect(caller, busy);
        busy.serve("worker", Worker.class, real);
        interface Later {
            CompletableFuture<Integer> next(Integer required);

            CompletableFuture<String> hang(String label);
        }
        Later later = caller.at(busy.node().id())
                .proxy(
                        "worker",
                        Later.class,
                        CallOptions.builder().deadline(LIMIT).attempts(10).build());
        for (int round = 0; round < 10; round++) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < slots; i++) {
                CompletableFuture<Integer> call = later.next(i);
                calls.add(call);
                threads.execute(() -> call.cancel(true));
            }
            for (CompletableFuture<Integer> call : calls) {
                call.handle((value, failure) -> null).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            // The caller's own slot is free once the stream is over, a moment after the result.
            soon(() -> get(later.next(0)));
        }
        // As many as there are slots at a time: one that is lost shows.
        soon(() -> {
            real.begun.drainPermits();
            List<CompletableFuture<String>> all = new ArrayList<>();
            for (int i = 0; i < slots; i++) {
                all.add(later.hang("x"));
            }
            try {
                for (int i = 0; i < slots; i++) {
                    assertThat(real.begun.tryAcquire(2, TimeUnit.SECONDS)).isTrue();
                }
            } finally {
                all.forEach(call -> call.cancel(true));
            }
        });
    }

    @Test
    @DisplayName("R07: thrown, timed out, peer died, not found are four types, and say whether the method was executed")
    void fourTypes() throws Exception {
        assertThatThrownBy(() -> worker.fail("broken")).isInstanceOfSatisfying(RemoteCallException.class, failed -> {
            assertThat(failed.remoteType()).isEqualTo(IllegalStateException.class.getName());
            assertThat(failed.remoteMessage()).isEqualTo("broken");
            assertThat(failed.execution()).isEqualTo(Execution.EXECUTED);
            assertThat(failed.peer()).contains(serverId);
            assertThat(failed.getStackTrace())
                    .as("of this side, although both are in one process")
                    .noneMatch(frame -> frame.getClassName().equals(RealWorker.class.getName()));
        });
        assertThatThrownBy(
                        () -> client.at(serverId).proxy("no such", Worker.class).fail(""))
                .isInstanceOfSatisfying(NoProviderException.class, failed -> {
                    assertThat(failed.known()).containsExactly("worker");
                    assertThat(failed.execution()).isEqualTo(Execution.NOT_EXECUTED);
                });
        Future<String> hanging = threads.submit(() -> worker.hang("x"));
        awaitBegun();
        server.node().close();
        assertThatThrownBy(() -> get(hanging))
                .cause()
                .isInstanceOfSatisfying(
                        PeerLostException.class,
                        failed -> assertThat(failed.execution()).isEqualTo(Execution.UNKNOWN));
        assertThatThrownBy(() -> ChaskiRemote.with(worker, CallOptions.within(Duration.ofSeconds(2)))
                        .next(1))
                .isInstanceOf(CallException.class)
                .extracting(failed -> ((CallException) failed).execution())
                .isEqualTo(Execution.NOT_EXECUTED);
    }

    @Test
    @DisplayName("D45: a connection that breaks repeats an idempotent call, and no other")
    void repeats() throws Exception {
        worker.next(1);
        int before = real.executions.get();
        Worker patient = ChaskiRemote.with(
                worker, CallOptions.builder().attempts(CallOptions.MAX_ATTEMPTS).build());
        Future<String> safe = threads.submit(() -> patient.safe("safe"));
        Future<String> unsafe = threads.submit(() -> worker.hangPlainly("unsafe"));
        awaitBegun();
        awaitBegun();
        server.node().edge(client.node().id()).orElseThrow().close();
        awaitInterrupted();
        awaitInterrupted();
        Remotes.connect(client, server);
        assertThatThrownBy(() -> get(unsafe)).hasCauseInstanceOf(PeerLostException.class);
        awaitBegun();
        real.release.countDown();
        assertThat(get(safe)).isEqualTo("safe");
        assertThat(real.executions.get() - before).isEqualTo(2);
    }

    @Test
    @DisplayName("X-27: interfaces that do not fit are an error that names both before anything is sent")
    void mismatch() {
        interface Other {
            String next(Integer required);
        }
        Other other = client.at(serverId).proxy("worker", Other.class);
        assertThatThrownBy(() -> other.next(1)).isInstanceOfSatisfying(SignatureMismatchException.class, failed -> {
            assertThat(failed.wanted()).isEqualTo("String next(Integer)");
            assertThat(failed.served()).contains("int next(Integer); int next(Integer,String)");
            assertThat(failed.execution()).isEqualTo(Execution.NOT_EXECUTED);
        });
        assertThat(real.executions).hasValue(0);
        assertThat(seen).noneMatch(line -> line.startsWith("server"));
    }

    @Test
    void the_context_tells_who_calls_with_what_and_how_long() {
        assertThat(worker.context("trace")).isEqualTo(client.node().id() + " worker.context t1 false");
        assertThat(ChaskiRemote.with(worker, CallOptions.within(Duration.ofSeconds(30)))
                        .context("span"))
                .isEqualTo(client.node().id() + " worker.context s1 true");
        assertThat(RemoteContext.find()).isEmpty();
        assertThatThrownBy(RemoteContext::current).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void interceptors_stand_around_both_sides_and_may_refuse() {
        worker.next(1);
        assertThat(seen).containsExactly("client worker.next", "server next 1");
        Worker forbidden = ChaskiRemote.with(
                worker, CallOptions.builder().header("forbidden", "").build());
        assertThatThrownBy(() -> forbidden.next(1)).isInstanceOf(CallDeniedException.class);
        assertThat(real.executions).hasValue(1);
    }

    @Test
    void what_an_interceptor_throws_fails_its_call_and_no_other() throws Exception {
        ChaskiRemote broken = remotes.remote(
                "broken",
                RemoteOptions.builder()
                        .intercept((call, next) -> {
                            if (call.arguments().contains(13)) {
                                throw new IllegalStateException("not 13");
                            }
                            return next.proceed(call);
                        })
                        .build());
        Remotes.connect(broken, server);
        interface Later {
            CompletableFuture<Integer> next(Integer required);
        }
        Later careful = broken.at(serverId).proxy("worker", Later.class, LONG);
        assertThatThrownBy(() -> get(careful.next(13))).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(get(careful.next(12))).isEqualTo(1);
    }

    @Test
    void only_callers_on_the_list_may_call_or_look() {
        server.serve("private", Worker.class, real, ServeOptions.onlyFor(caller -> caller.equals(serverId)));
        assertThatThrownBy(
                        () -> client.at(serverId).proxy("private", Worker.class).next(1))
                .isInstanceOfSatisfying(
                        CallDeniedException.class,
                        denied -> assertThat(denied.execution()).isEqualTo(Execution.NOT_EXECUTED));
        assertThatThrownBy(
                        () -> client.at(serverId).proxy("other", Worker.class).next(1))
                .isInstanceOfSatisfying(
                        NoProviderException.class,
                        failed -> assertThat(failed.known()).containsExactly("worker"));
        assertThat(real.executions).hasValue(0);
    }

    @Test
    void waiting_on_an_event_loop_throws() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        server.node()
                .streams()
                .serve(
                        "inline",
                        StreamOptions.builder().dispatch(Dispatch.INLINE).build(),
                        stream -> {
                            try {
                                worker.next(1);
                                thrown.complete(null);
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
    void a_remote_that_is_closed_ends_its_calls_and_serves_nothing() throws Exception {
        Future<String> hanging = threads.submit(() -> worker.hang("x"));
        awaitBegun();
        client.close();
        assertThatThrownBy(() -> get(hanging)).hasCauseInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> worker.next(1)).isInstanceOf(IllegalStateException.class);
        awaitInterrupted();

        server.close();
        ChaskiRemote another = ChaskiRemote.on(client.node());
        assertThatThrownBy(
                        () -> another.at(serverId).proxy("worker", Worker.class).next(1))
                .isInstanceOf(NoProviderException.class);
    }

    @Test
    void a_node_has_one_remote() {
        assertThatThrownBy(() -> ChaskiRemote.on(server.node())).isInstanceOf(IllegalStateException.class);
        assertThat(worker.next(1)).isEqualTo(1);
    }

    private final class Relay implements Link {
        private final Link next;
        private final CountDownLatch hung = new CountDownLatch(1);

        Relay(Link next) {
            this.next = next;
        }

        @Override
        public String relay(int hops) throws InterruptedException {
            if (hops == 0) {
                return "the last";
            }
            if (next == null) {
                try {
                    real.release.await();
                } catch (InterruptedException given) {
                    hung.countDown();
                    throw given;
                }
            }
            try {
                return next.relay(hops - 1);
            } catch (InterruptedException | CallException | CancellationException given) {
                hung.countDown(); // the next one may notice first and answer that its own call has timed out
                throw given;
            }
        }
    }

    @Test
    void more_nested_calls_than_threads_do_not_wait_for_each_other() throws Exception {
        int calls = 100;
        CountDownLatch all = new CountDownLatch(Math.min(calls, 24));
        client.attach("back", Integer.class, Integer.class, x -> x + 1);
        var back = server.at(client.node().id()).function("back", Integer.class, Integer.class);
        interface Nested {
            int nested(int x) throws InterruptedException;
        }
        server.serve("nested", Nested.class, x -> {
            all.countDown();
            all.await(); // every thread that one caller gets has a call that waits for another one
            return back.apply(x);
        });
        Nested nested = client.at(serverId).proxy("nested", Nested.class, LONG);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            int argument = i;
            results.add(threads.submit(() -> nested.nested(argument)));
        }
        for (int i = 0; i < calls; i++) {
            assertThat(get(results.get(i))).isEqualTo(i + 1);
        }
    }

    @Test
    void more_implementations_that_join_futures_than_threads_do_not_wait_for_each_other() throws Exception {
        int calls = 100;
        CountDownLatch all = new CountDownLatch(Math.min(calls, 24));
        interface Later {
            CompletableFuture<Integer> apply(int x);
        }
        interface Joining {
            int join(int x) throws InterruptedException;
        }
        client.serve("later", Later.class, x -> CompletableFuture.completedFuture(x + 1));
        Later later = server.at(client.node().id()).proxy("later", Later.class, LONG);
        server.serve("joining", Joining.class, x -> {
            all.countDown();
            all.await(); // every thread that one caller gets has a call that waits for a future
            return later.apply(x).join();
        });
        Joining joining = client.at(serverId).proxy("joining", Joining.class, LONG);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            int argument = i;
            results.add(threads.submit(() -> joining.join(argument)));
        }
        for (int i = 0; i < calls; i++) {
            assertThat(get(results.get(i))).isEqualTo(i + 1);
        }
    }

    @Test
    void a_deadline_ends_the_futures_that_implementations_on_all_threads_wait_for() throws Exception {
        interface Joining {
            int join(String label);
        }
        interface Later {
            CompletableFuture<String> hang(String label);
        }
        client.serve("hanging", Worker.class, real);
        Later later = server.at(client.node().id()).proxy("hanging", Later.class, LONG);
        server.serve("joining", Joining.class, label -> later.hang(label).join().length());
        Joining joining =
                client.at(serverId).proxy("joining", Joining.class, CallOptions.within(Duration.ofSeconds(1)));
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            results.add(threads.submit(() -> joining.join("x")));
        }
        for (Future<Integer> each : results) {
            assertThatThrownBy(() -> get(each)).hasCauseInstanceOf(CallTimeoutException.class);
        }
        assertThat(worker.next(1)).isEqualTo(1);
    }

    @Test
    void a_callback_of_the_node_may_call_and_wait_even_if_there_is_one_thread_for_all_callbacks() throws Exception {
        ExecutorService single = Executors.newSingleThreadExecutor();
        ChaskiRemote lonely = ChaskiRemote.on(remotes.node("lonely", builder -> builder.callbackExecutor(single)));
        try {
            Remotes.connect(lonely, server);
            Worker there = lonely.at(serverId).proxy("worker", Worker.class, LONG);
            interface Back {
                int back(int x);
            }
            lonely.serve("back", Back.class, x -> x + 1);
            Back back = server.at(lonely.node().id()).proxy("back", Back.class, LONG);
            interface Round {
                int round(int x);
            }
            server.serve("round", Round.class, back::back);
            Round round = lonely.at(serverId).proxy("round", Round.class, LONG);
            // In the one thread: a description and a call, and a call of the other side back to this node.
            CompletableFuture<Integer> called = new CompletableFuture<>();
            single.execute(() -> {
                try {
                    called.complete(there.next(1) + round.round(10));
                } catch (RuntimeException failed) {
                    called.completeExceptionally(failed);
                }
            });
            assertThat(get(called)).isEqualTo(12);
        } finally {
            single.shutdown();
        }
    }

    @Test
    @DisplayName("X-26: a chain of 9 gives the value of the last; when that hangs, the deadline holds everywhere")
    void chain() throws Exception {
        List<Relay> relays = new ArrayList<>();
        ChaskiRemote before = null;
        for (int i = 9; i >= 1; i--) {
            ChaskiRemote node = remotes.remote("link" + i);
            Link next = null;
            if (before != null) {
                Remotes.connect(node, before);
                // Longer than the caller's: what holds is the smaller one.
                next = node.at(before.node().id()).proxy("link", Link.class, LONG);
            }
            Relay relay = new Relay(next);
            relays.add(relay);
            node.serve("link", Link.class, relay);
            before = node;
        }
        Remotes.connect(client, before);
        Link first = client.at(before.node().id()).proxy("link", Link.class, LONG);
        assertThat(first.relay(8)).isEqualTo("the last");

        assertThatThrownBy(() -> ChaskiRemote.with(first, CallOptions.within(ENOUGH_TO_ARRIVE))
                        .relay(9))
                .isInstanceOf(CallTimeoutException.class);
        for (Relay relay : relays) {
            assertThat(relay.hung.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }
}
