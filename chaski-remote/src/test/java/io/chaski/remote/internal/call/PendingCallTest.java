package io.chaski.remote.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Edge;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.remote.BadAnswerException;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallEvent;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.CallTimeoutException;
import io.chaski.remote.ClientCall;
import io.chaski.remote.Idempotent;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.OneWay;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.PeerLostException;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.SignatureMismatchException;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.fake.FakeStreams;
import io.chaski.remote.internal.fake.ManualExecutor;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.flow.IncomingItems;
import io.chaski.remote.internal.flow.ItemInbox;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.serve.CallRights;
import io.chaski.remote.internal.serve.ServedServices;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.Description;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a call goes, how often, and what it says in the end: other nodes are what the test says. */
@SuppressWarnings("UnusedMethod") // found by reflection
class PendingCallTest {

    interface Work {
        CompletableFuture<Integer> once(int x);

        @Idempotent
        CompletableFuture<Integer> again(int x);

        @OneWay
        void tell(int x);

        @Idempotent
        CompletableFuture<Integer> sum(Flow.Publisher<Integer> numbers);

        CompletableFuture<Integer> sumInTurn(Stream<Integer> numbers);

        Iterator<Integer> numbers();

        Flow.Publisher<Integer> scaled(Iterator<Integer> numbers);
    }

    private static final NodeId ALICE = new NodeId(0, 1);
    private static final NodeId BOB = new NodeId(0, 2);
    private static final NodeId CAROL = new NodeId(0, 3);
    private static final ServiceModel MODEL = ModelReader.forCalls(Work.class, ErrorTypes.NONE_REGISTERED);
    private static final byte[] SERVED = Description.of(MODEL).toBytes();
    private static final byte[] NONE = Description.none(List.of()).toBytes();
    private static final byte[] SEVEN = {2, 0, 0, 0, 1, 7};
    private static final byte[] BUSY = failure('4');
    private static final byte[] ALREADY_EXECUTED = failure('8');

    private final FakeStreams streams = new FakeStreams();
    private final AtomicBoolean isUp = new AtomicBoolean(true);
    private final ManualExecutor implementations = new ManualExecutor();
    private final AtomicReference<Executor> own = new AtomicReference<>(Runnable::run);
    private final Budget budget = new Budget(1 << 20);
    private final RemoteOptions.Builder options = RemoteOptions.builder();
    private final CallOptions.Builder calls = CallOptions.builder().deadline(Duration.ofSeconds(50));
    private CallRights rights = new NoPolicies();
    private Calling calling;

    private static byte[] failure(char code) {
        return new byte[] {4, 0, 0, 0, 5, (byte) 0x83, 0x61, (byte) code, 0x60, 0x60};
    }

    private static CompletableFuture<byte[]> done(byte[] description) {
        return CompletableFuture.completedFuture(description);
    }

    private static <V> CompletableFuture<V> failed(StreamCode code) {
        return CompletableFuture.failedFuture(new StreamException(code, "as the test says"));
    }

    private static void answer(FakeStream stream, byte[] body) {
        stream.deliver(body);
        stream.close();
    }

    private Calling calling() {
        if (calling == null) {
            Edge edge = (Edge) Proxy.newProxyInstance(
                    Edge.class.getClassLoader(), new Class<?>[] {Edge.class}, (proxy, method, arguments) -> isUp.get());
            calling = new Calling(
                    streams,
                    node -> Optional.of(edge),
                    options.build(),
                    budget,
                    new CallThreads(
                            implementations,
                            implementations,
                            implementations,
                            task -> own.get().execute(task)),
                    new CallEvents(Runnable::run),
                    node -> {},
                    new Random(42),
                    new ServedServices(rights).callbacks(),
                    rights);
        }
        return calling;
    }

    private Work work(NodeId... candidates) {
        List<Candidate> all =
                Stream.of(candidates).map(node -> new Candidate(node, "")).toList();
        return work((service, hash, near) -> all.iterator());
    }

    /** As of the moment when somebody asks for them. */
    private Work workOfThoseKnown(List<Candidate> known) {
        return work((service, hash, near) -> List.copyOf(known).iterator());
    }

    private Work work(Providers providers) {
        return ProxyHandler.proxy(calling(), Work.class, MODEL, "work", providers, calls.build());
    }

    private static CallException failureOf(CompletableFuture<?> call) throws Exception {
        try {
            call.get(50, TimeUnit.SECONDS);
            throw new AssertionError("it succeeded");
        } catch (ExecutionException failed) {
            return (CallException) failed.getCause();
        }
    }

    private static int valueOf(CompletableFuture<Integer> call) throws Exception {
        return call.get(50, TimeUnit.SECONDS);
    }

    // ---- where it goes

    private void onlyAliceServes() {
        streams.description = node -> done(node.equals(ALICE) ? SERVED : NONE);
    }

    /** The first stream does, and what follows is answered. */
    private void failsOnce(StreamCode code) {
        AtomicInteger turn = new AtomicInteger();
        streams.onArguments = stream -> {
            if (turn.getAndIncrement() == 0) {
                stream.fail(code);
            } else {
                answer(stream, SEVEN);
            }
        };
    }

    @Test
    void an_idempotent_call_comes_back_to_the_node_that_serves_it() throws Exception {
        onlyAliceServes();
        failsOnce(StreamCode.EDGE_CLOSED);
        assertThat(valueOf(work(ALICE, BOB).again(1))).isEqualTo(7);
        assertThat(streams.opened).extracting(FakeStream::peer).containsExactly(ALICE, ALICE);
    }

    @Test
    void a_call_whose_stream_nobody_has_seen_is_repeated_although_it_must_not_be_executed_twice() throws Exception {
        onlyAliceServes();
        failsOnce(StreamCode.PEER_UNREACHABLE);
        assertThat(valueOf(work(ALICE).once(1))).isEqualTo(7);
        assertThat(streams.opened).extracting(FakeStream::peer).containsExactly(ALICE, ALICE);
    }

    @Test
    void who_has_come_before_a_call_is_repeated_gets_it_instead_of_the_one_that_was_lost() throws Exception {
        List<Candidate> known = new ArrayList<>(List.of(new Candidate(ALICE, "")));
        streams.description = node -> done(SERVED);
        streams.onArguments = stream -> {
            if (stream.peer().equals(ALICE)) {
                known.add(new Candidate(BOB, ""));
                stream.fail(StreamCode.EDGE_CLOSED);
            } else {
                answer(stream, SEVEN);
            }
        };
        assertThat(valueOf(workOfThoseKnown(known).again(1))).isEqualTo(7);
        assertThat(streams.opened).extracting(FakeStream::peer).containsExactly(ALICE, BOB);
    }

    @Test
    void who_has_said_no_is_not_asked_again_because_it_is_still_there_and_who_was_lost_is() throws Exception {
        List<Candidate> known = new ArrayList<>(List.of(new Candidate(BOB, ""), new Candidate(ALICE, "")));
        onlyAliceServes();
        AtomicInteger turn = new AtomicInteger();
        streams.onArguments = stream -> {
            known.add(new Candidate(CAROL, ""));
            if (turn.getAndIncrement() == 0) {
                stream.fail(StreamCode.EDGE_CLOSED);
            } else {
                answer(stream, SEVEN);
            }
        };
        assertThat(valueOf(workOfThoseKnown(known).again(1))).isEqualTo(7);
        assertThat(streams.asked)
                .as("what they serve; of Alice once more, who may have started again")
                .containsExactly(BOB, ALICE, CAROL, ALICE);
        assertThat(streams.opened).extracting(FakeStream::peer).containsExactly(ALICE, ALICE);
    }

    @Test
    void a_selection_that_fails_when_a_call_is_repeated_leaves_it_to_those_that_were_tried() throws Exception {
        onlyAliceServes();
        AtomicInteger asked = new AtomicInteger();
        failsOnce(StreamCode.EDGE_CLOSED);
        Work work = work((service, hash, near) -> {
            if (asked.getAndIncrement() > 0) {
                throw new IllegalStateException("as the test says");
            }
            return List.of(new Candidate(ALICE, "")).iterator();
        });
        assertThat(valueOf(work.again(1))).isEqualTo(7);
        assertThat(asked).hasValue(2);
    }

    @Test
    void an_error_of_a_selection_ends_a_call_whether_it_begins_at_once_or_later() {
        for (Duration delay : List.of(Duration.ZERO, Duration.ofMillis(1))) {
            calls.delay(delay);
            Work work = work((service, hash, near) -> {
                throw new AssertionError("as the test says");
            });
            assertThatThrownBy(() -> valueOf(work.again(1))).hasRootCauseMessage("as the test says");
        }
    }

    @Test
    void a_call_that_may_have_been_executed_says_so_whatever_comes_after() throws Exception {
        onlyAliceServes();
        streams.onArguments = stream -> {
            stream.fail(StreamCode.EDGE_CLOSED);
            streams.description = node -> done(NONE);
        };
        CallException failed = failureOf(work(ALICE, BOB).again(1));
        assertThat(failed).isInstanceOf(PeerLostException.class);
        assertThat(failed.execution()).isEqualTo(Execution.UNKNOWN);
    }

    @Test
    void the_deadline_after_an_attempt_that_may_have_been_executed_says_so() throws Exception {
        onlyAliceServes();
        calls.deadline(Duration.ofMillis(200));
        streams.onArguments = stream -> {
            streams.description = node -> new CompletableFuture<>();
            stream.fail(StreamCode.EDGE_CLOSED);
        };
        CallException failed = failureOf(work(ALICE).again(1));
        assertThat(failed).isInstanceOf(CallTimeoutException.class);
        assertThat(failed.execution()).isEqualTo(Execution.UNKNOWN);
    }

    @Test
    void what_a_node_that_serves_it_says_is_not_hidden_by_one_that_does_not() throws Exception {
        onlyAliceServes();
        streams.onArguments = stream -> answer(stream, BUSY);
        CallException failed = failureOf(work(ALICE, BOB).once(1));
        assertThat(failed).isInstanceOf(PeerBusyException.class);
        assertThat(failed.peer()).contains(ALICE);
    }

    @Test
    void an_interface_that_does_not_fit_is_not_hidden_by_a_node_without_it() throws Exception {
        interface Other {
            CompletableFuture<String> once(int x);
        }
        byte[] other = Description.of(ModelReader.forCalls(Other.class, ErrorTypes.NONE_REGISTERED))
                .toBytes();
        streams.description = node -> done(node.equals(ALICE) ? other : NONE);
        assertThat(failureOf(work(ALICE, BOB).once(1))).isInstanceOf(SignatureMismatchException.class);
    }

    @Test
    void nodes_that_do_not_serve_it_cost_no_attempt() throws Exception {
        streams.description = node -> done(node.equals(CAROL) ? SERVED : NONE);
        AtomicInteger turn = new AtomicInteger();
        streams.onArguments = stream -> answer(stream, turn.incrementAndGet() < 3 ? BUSY : SEVEN);
        assertThat(valueOf(work(ALICE, BOB, CAROL).once(1))).isEqualTo(7);
        assertThat(turn).hasValue(3);
    }

    @Test
    void nodes_that_have_said_no_a_moment_ago_are_asked_last() throws Exception {
        streams.description = node -> done(node.equals(CAROL) ? SERVED : NONE);
        streams.onArguments = stream -> answer(stream, SEVEN);
        Work work = work(ALICE, BOB, CAROL);
        valueOf(work.once(1));
        valueOf(work.once(1));
        assertThat(streams.asked).containsExactly(ALICE, BOB, CAROL);
    }

    @ParameterizedTest
    @EnumSource(
            value = StreamCode.class,
            names = {"REFUSED", "LIMIT"})
    void a_node_that_has_no_room_for_the_stream_has_executed_nothing_and_is_asked_again(StreamCode code)
            throws Exception {
        onlyAliceServes();
        failsOnce(code);
        assertThat(valueOf(work(ALICE).once(1))).isEqualTo(7);
    }

    // ---- when

    @Test
    void the_deadline_holds_while_implementations_have_all_threads() throws Exception {
        onlyAliceServes();
        calls.attempts(10);
        streams.onArguments = stream -> answer(stream, BUSY);
        Duration deadline = Duration.ofMillis(150);
        do { // again with more time if the machine was too busy for a second attempt
            deadline = deadline.multipliedBy(2);
            streams.opened.clear();
            calls.deadline(deadline);
            CallException failed = failureOf(work(ALICE).once(1));
            assertThat(failed).isInstanceOf(CallTimeoutException.class);
            assertThat(failed.execution()).isEqualTo(Execution.NOT_EXECUTED);
        } while (streams.opened.size() < 2 && deadline.toSeconds() < 10);
        assertThat(streams.opened.size()).as("attempts").isGreaterThan(1);
        assertThat(implementations.waiting()).isZero();
    }

    @Test
    void the_deadline_holds_between_two_attempts_that_find_no_thread() throws Exception {
        onlyAliceServes();
        calls.deadline(Duration.ofMillis(300));
        AtomicInteger tasks = new AtomicInteger();
        streams.onArguments = stream -> {
            // The next attempt is not begun; what comes after it is the timer.
            own.set(task -> {
                if (tasks.getAndIncrement() > 0) {
                    task.run();
                }
            });
            answer(stream, BUSY);
        };
        CallException failed = failureOf(work(ALICE).once(1));
        assertThat(failed).isInstanceOf(CallTimeoutException.class);
        assertThat(failed.execution()).isEqualTo(Execution.NOT_EXECUTED);
    }

    @Test
    void a_call_that_is_over_leaves_nothing_behind() throws Exception {
        onlyAliceServes();
        streams.onArguments = stream -> stream.deliver(SEVEN);
        CompletableFuture<Integer> call = work(ALICE).once(1);
        assertThat(valueOf(call)).isEqualTo(7);
        assertThat(budget.left()).isEqualTo(1 << 20);
        assertThat(calling.slots().taken(ALICE))
                .as("until the other side is done with it")
                .isEqualTo(1);
        streams.opened.get(0).close();
        assertThat(calling.slots().taken(ALICE)).isZero();
    }

    @Test
    @DisplayName("D45: the caller says how long a call waits before it is tried again at the same node")
    void retryDelay() throws Exception {
        onlyAliceServes();
        calls.deadline(Duration.ofMillis(300)).attempts(10).retryDelay(CallOptions.MAX_RETRY_DELAY);
        streams.onArguments = stream -> answer(stream, BUSY);
        CallException failed = failureOf(work(ALICE).once(1));
        assertThat(failed.execution()).isEqualTo(Execution.NOT_EXECUTED);
        assertThat(streams.opened).as("attempts before the deadline").hasSize(1);
    }

    @Test
    @DisplayName("D19: a call with a delay asks nobody before; cancelled meanwhile, it asks nobody at all")
    void delay() {
        onlyAliceServes();
        List<Runnable> begun = new ArrayList<>();
        own.set(begun::add); // where a timer brings it, and what cancels it
        calls.delay(Duration.ofDays(1));
        CompletableFuture<Integer> call = work(ALICE).once(1);
        assertThat(calling.delays().availablePermits()).isEqualTo(Calling.MAX_DELAYED - 1);
        assertThat(call.cancel(false)).isTrue();
        begun.forEach(Runnable::run);
        assertThat(calling.delays().availablePermits()).isEqualTo(Calling.MAX_DELAYED);
        assertThat(streams.asked).isEmpty();
        assertThat(streams.opened).isEmpty();
        assertThat(calling.slots().taken(ALICE)).isZero();
    }

    @Test
    @DisplayName(
            "row 91: when a cancel races with the answer, the call ends once, and leaves no slot and no memory behind")
    void race() throws Exception {
        onlyAliceServes();
        Work work = work(ALICE);
        int rounds = 2_000;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < rounds; round++) {
                CompletableFuture<Integer> call = work.once(round);
                FakeStream stream = streams.opened.get(round);
                CyclicBarrier together = new CyclicBarrier(2);
                Future<?> answering = threads.submit(() -> {
                    together.await(50, TimeUnit.SECONDS);
                    answer(stream, SEVEN);
                    return null;
                });
                Future<Boolean> cancelling = threads.submit(() -> {
                    together.await(50, TimeUnit.SECONDS);
                    return call.cancel(true);
                });
                answering.get(50, TimeUnit.SECONDS);
                if (cancelling.get(50, TimeUnit.SECONDS)) {
                    assertThat(call).isCancelled();
                } else {
                    assertThat(call).isCompletedWithValue(7);
                }
                assertThat(calling.slots().taken(ALICE)).isZero();
                assertThat(budget.left()).isEqualTo(1 << 20);
            }
        } finally {
            threads.shutdownNow();
        }
        long ended = calling.events().ended(CallEvent.Side.CALLING).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(ended).isEqualTo(rounds);
        assertThat(calling.events().underWay(CallEvent.Side.CALLING)).isZero();
    }

    // ---- what was executed before

    @Test
    void a_call_id_that_was_used_up_is_replaced_if_the_method_may_be_executed_twice() throws Exception {
        onlyAliceServes();
        AtomicInteger turn = new AtomicInteger();
        streams.onArguments = stream -> {
            switch (turn.getAndIncrement()) {
                case 0 -> stream.fail(StreamCode.EDGE_CLOSED);
                case 1 -> answer(stream, ALREADY_EXECUTED);
                default -> answer(stream, SEVEN);
            }
        };
        assertThat(valueOf(work(ALICE).again(1))).isEqualTo(7);
        List<String> ids = streams.opened.stream()
                .map(stream -> stream.headers().get("chaski-call"))
                .toList();
        assertThat(ids).hasSize(3);
        assertThat(ids.get(1)).as("repeated").isEqualTo(ids.get(0));
        assertThat(ids.get(2)).as("executed anew").isNotEqualTo(ids.get(0));
    }

    @Test
    void a_call_id_that_was_used_up_ends_a_call_that_may_be_executed_once() throws Exception {
        onlyAliceServes();
        streams.onArguments = stream -> answer(stream, ALREADY_EXECUTED);
        CallException failed = failureOf(work(ALICE, BOB).once(1));
        assertThat(failed).isInstanceOf(PeerLostException.class);
        assertThat(failed.execution()).isEqualTo(Execution.UNKNOWN);
        assertThat(streams.opened).hasSize(1);
    }

    // ---- what is known of the nodes

    @Test
    void a_node_is_asked_once_for_each_connection() throws Exception {
        onlyAliceServes();
        streams.onArguments = stream -> answer(stream, SEVEN);
        Work work = work(ALICE);
        valueOf(work.once(1));
        valueOf(work.once(1));
        assertThat(streams.asked).hasSize(1);
        isUp.set(false);
        valueOf(work.once(1));
        assertThat(streams.asked).hasSize(2);
    }

    @Test
    void a_node_is_asked_again_when_its_answer_is_of_another_type() throws Exception {
        onlyAliceServes();
        AtomicReference<byte[]> answer = new AtomicReference<>(new byte[] {2, 0, 0, 0, 2, 0x61, 'x'});
        streams.onArguments = stream -> answer(stream, answer.get());
        Work work = work(ALICE);
        CallException failed = failureOf(work.once(1));
        assertThat(failed).isInstanceOf(BadAnswerException.class);
        assertThat(failed.peer()).contains(ALICE);
        streams.description = node -> done(NONE);
        assertThat(failureOf(work.once(1))).isInstanceOf(NoProviderException.class);
        assertThat(streams.opened).hasSize(1);
    }

    @Test
    void a_node_that_does_not_say_in_time_what_it_serves_is_passed_over() throws Exception {
        streams.description = node -> node.equals(ALICE) ? failed(StreamCode.DEADLINE_EXCEEDED) : done(SERVED);
        streams.onArguments = stream -> answer(stream, SEVEN);
        assertThat(valueOf(work(ALICE, BOB).once(1))).isEqualTo(7);
        assertThat(streams.asked)
                .as("once more, since it was not the whole time")
                .containsExactly(ALICE, ALICE, BOB);
    }

    @Test
    void whoever_joins_a_question_late_asks_again() throws Exception {
        CompletableFuture<byte[]> first = new CompletableFuture<>();
        streams.description = node -> first;
        streams.onArguments = stream -> answer(stream, SEVEN);
        calls.attempts(1);
        CompletableFuture<Integer> call = work(ALICE).once(1);
        CompletableFuture<Integer> late = work(ALICE).once(1);
        streams.description = node -> done(SERVED);
        first.completeExceptionally(new StreamException(StreamCode.DEADLINE_EXCEEDED, "ten seconds"));
        assertThat(valueOf(late)).isEqualTo(7);
        assertThat(valueOf(call)).isEqualTo(7);
        assertThat(streams.asked).hasSize(2);
    }

    @Test
    void a_connection_that_breaks_before_anything_is_sent_is_no_reason_to_give_up() throws Exception {
        AtomicInteger turn = new AtomicInteger();
        streams.description = node -> turn.getAndIncrement() == 0 ? failed(StreamCode.EDGE_CLOSED) : done(SERVED);
        streams.onArguments = stream -> answer(stream, SEVEN);
        assertThat(valueOf(work(ALICE).once(1))).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(
            value = StreamCode.class,
            names = {"EDGE_CLOSED", "INTERNAL", "PEER_UNREACHABLE", "REFUSED", "LIMIT", "NO_SUCH_PROTOCOL"})
    void what_ends_before_anything_is_sent_was_not_executed(StreamCode code) throws Exception {
        streams.description = node -> failed(code);
        calls.attempts(1);
        assertThat(failureOf(work(ALICE).again(1)).execution()).isEqualTo(Execution.NOT_EXECUTED);
        assertThat(calling.slots().taken(ALICE)).isZero();
    }

    @Test
    void a_stream_that_cannot_be_opened_for_whatever_reason_ends_the_attempt() throws Exception {
        onlyAliceServes();
        calls.attempts(1);
        streams.beforeOpen = node -> {
            throw new IllegalStateException("the loop is stuck");
        };
        assertThat(failureOf(work(ALICE).once(1))).hasMessageContaining("stuck");
        assertThat(calling.slots().taken(ALICE)).isZero();
    }

    @Test
    void a_question_that_cannot_be_asked_is_asked_again_by_the_next_call() throws Exception {
        calls.attempts(1);
        streams.description = node -> {
            throw new IllegalStateException("the loop is stuck");
        };
        assertThat(failureOf(work(ALICE).once(1))).hasMessageContaining("stuck");
        streams.description = node -> {
            throw new NodeClosedException("test");
        };
        assertThat(failureOf(work(ALICE).once(1))).hasMessageContaining("closed");
        assertThat(calling.slots().taken(ALICE)).isZero();
    }

    @Test
    void a_description_that_cannot_be_read_fails_the_call() throws Exception {
        streams.description = node -> done(new byte[] {1, 2, 3});
        CallException failed = failureOf(work(ALICE).again(1));
        assertThat(failed.execution()).isEqualTo(Execution.NOT_EXECUTED);
    }

    @Test
    void calls_that_wait_for_one_description_do_not_share_its_failure() throws Exception {
        CompletableFuture<byte[]> description = new CompletableFuture<>();
        streams.description = node -> description;
        CompletableFuture<Integer> one = work(ALICE).once(1);
        CompletableFuture<Integer> other = work(ALICE).once(1);
        description.complete(NONE);
        assertThat(failureOf(one)).isNotSameAs(failureOf(other));
        assertThat(streams.asked).hasSize(1);
    }

    // ---- one-way calls

    private static Target oneWayAtAlice() {
        MethodModel oneWay = MODEL.methods().stream()
                .filter(MethodModel::isOneWay)
                .findFirst()
                .orElseThrow();
        return new Target("work", MODEL, oneWay, Providers.at(ALICE));
    }

    @Test
    void the_failure_of_a_one_way_call_that_was_sent_is_told_even_if_its_caller_has_not_heard_of_that_yet() {
        onlyAliceServes();
        List<CallException> told = new ArrayList<>();
        options.oneWayFailures(told::add);
        ManualExecutor later = new ManualExecutor();
        Target target = oneWayAtAlice();
        streams.onArguments = stream -> {};
        Calling own = calling();
        CompletableFuture<Object> result =
                Invocation.later(own, target).begin(Arrays.asList(1), CallLayers.of(calls.build(), own));
        this.own.set(later);
        FakeStream stream = streams.opened.get(0);
        answer(stream, failure('6'));
        later.runAll();
        assertThat(result).isCompletedWithValue(null);
        assertThat(told).hasSize(1);
    }

    @Test
    void so_is_the_failure_of_one_that_was_executed_before_its_sender_could_say_that_it_was_sent() {
        onlyAliceServes();
        List<CallException> told = new ArrayList<>();
        options.oneWayFailures(told::add);
        Target target = oneWayAtAlice();
        streams.onArguments = stream -> answer(stream, failure('6'));
        CompletableFuture<Object> result =
                Invocation.later(calling(), target).begin(Arrays.asList(1), CallLayers.of(calls.build(), calling()));
        assertThat(result).isCompletedWithValue(null);
        assertThat(told).hasSize(1);
    }

    @Test
    void a_node_that_may_not_serve_is_sent_nothing_and_the_call_is_denied() throws Exception {
        onlyAliceServes();
        rights = new NoPolicies() {
            @Override
            public Optional<String> refusalToServe(NodeId provider, String service) {
                return Optional.of("it may not");
            }
        };
        assertThat(failureOf(work(ALICE).again(1)))
                .isInstanceOfSatisfying(
                        CallDeniedException.class,
                        denied -> assertThat(denied.execution()).isEqualTo(Execution.NOT_EXECUTED));
        FakeStream stream = streams.opened.get(0);
        assertThat(stream.sent).isEmpty();
        assertThat(stream.reset).isEqualTo(StreamCode.CANCELLED);
    }

    @Test
    void a_one_way_call_that_was_not_sent_fails_and_is_not_told_twice() {
        streams.description = node -> done(NONE);
        List<CallException> told = new ArrayList<>();
        options.oneWayFailures(told::add);
        Target target = oneWayAtAlice();
        CompletableFuture<Object> result =
                Invocation.later(calling(), target).begin(Arrays.asList(1), CallLayers.of(calls.build(), calling()));
        assertThat(result).isCompletedExceptionally();
        assertThat(told).isEmpty();
    }

    // ---- streams of items

    /** Gives the number 1 to whoever asks, and counts those who subscribe. */
    private static Flow.Publisher<Integer> one(AtomicInteger subscribed) {
        return subscriber -> {
            subscribed.incrementAndGet();
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long count) {
                    subscriber.onNext(1);
                    subscriber.onComplete();
                }

                @Override
                public void cancel() {
                    subscribed.addAndGet(100);
                }
            });
        };
    }

    @Test
    void a_call_with_a_stream_is_not_made_twice_even_if_it_is_idempotent() throws Exception {
        onlyAliceServes();
        streams.onArguments = stream -> stream.fail(StreamCode.EDGE_CLOSED);
        AtomicInteger subscribed = new AtomicInteger();
        CompletableFuture<Integer> sum = work(ALICE, BOB).sum(one(subscribed));
        implementations.runAll();
        CallException failed = failureOf(sum);
        assertThat(failed).isInstanceOf(PeerLostException.class);
        assertThat(failed.execution()).isEqualTo(Execution.UNKNOWN);
        assertThat(streams.opened).hasSize(1);
        assertThat(subscribed).hasValue(1);
    }

    @Test
    void a_call_with_a_stream_that_was_not_executed_goes_on_elsewhere_if_nothing_was_taken() throws Exception {
        streams.description = node -> done(SERVED);
        AtomicInteger subscribed = new AtomicInteger();
        CompletableFuture<Integer> sum = work(ALICE, BOB).sum(one(subscribed));
        answer(streams.opened.get(0), BUSY);
        assertThat(streams.opened).extracting(FakeStream::peer).containsExactly(ALICE, BOB);
        implementations.runAll();
        assertThat(streams.opened.get(1).sent).as("arguments, and an item").hasSize(2);
        answer(streams.opened.get(1), SEVEN);
        assertThat(valueOf(sum)).isEqualTo(7);
        assertThat(streams.opened.get(0).sent).hasSize(1);
        assertThat(subscribed).hasValue(1);
    }

    @Test
    void a_call_with_a_stream_that_was_not_executed_fails_if_an_item_was_taken() throws Exception {
        streams.description = node -> done(SERVED);
        AtomicInteger subscribed = new AtomicInteger();
        streams.onArguments = stream -> answer(stream, BUSY);
        CompletableFuture<Integer> sum = work(ALICE, BOB).sum(one(subscribed));
        implementations.runAll();
        assertThat(failureOf(sum)).isInstanceOf(PeerBusyException.class);
        assertThat(streams.opened).hasSize(1);
    }

    @Test
    void asking_for_no_more_items_says_nothing_else() throws Exception {
        onlyAliceServes();
        CompletableFuture<Integer> call = work(ALICE).again(1);
        FakeStream stream = streams.opened.get(0);
        stream.deliver(FakeStream.body(6, 0));
        answer(stream, SEVEN);
        assertThat(valueOf(call)).isEqualTo(7);
        CompletableFuture<Integer> other = work(ALICE).again(1);
        streams.opened.get(1).deliver(FakeStream.body(6, 3, 1));
        assertThat(failureOf(other)).isInstanceOf(BadAnswerException.class);
        assertThat(budget.left()).isEqualTo(1 << 20);
    }

    /** A window of them is reserved for each: whoever reads slowly is slowed, and not cut off. */
    @Test
    void streams_of_items_for_which_there_is_no_memory_are_not_begun() {
        onlyAliceServes();
        Work work = work(ALICE);
        Iterator<Integer> first = work.numbers();
        assertThat(budget.reservable()).isEqualTo((1 << 20) - ItemInbox.WINDOW_BYTES);
        Iterator<Integer> second = work.numbers();
        assertThatThrownBy(second::hasNext)
                .isInstanceOfSatisfying(
                        PeerBusyException.class,
                        busy -> assertThat(busy.execution()).isEqualTo(CallException.Execution.NOT_EXECUTED));
        assertThat(streams.opened).hasSize(1);
        FakeStream stream = streams.opened.get(0);
        for (int i = 0; i < 4_096; i++) {
            stream.deliver(FakeStream.body(5, 1, 7));
        }
        assertThat(stream.reset).as("the whole window").isNull();
        assertThat(first.next()).isEqualTo(7);
        stream.fail(StreamCode.EDGE_CLOSED);
        assertThat(budget.reservable()).isEqualTo(1 << 20);
        assertThat(calling.slots().taken(ALICE)).isZero();
    }

    /** The event loop has seen that the call goes on, another thread cancels it, and the event loop reads. */
    @Test
    void a_first_piece_that_meets_a_cancel_takes_no_memory_and_is_not_watched() throws Exception {
        MethodModel numbers = MODEL.methods().stream()
                .filter(method -> method.name().equals("numbers"))
                .findFirst()
                .orElseThrow();
        Target target = new Target("work", MODEL, numbers, (service, hash, near) -> Collections.emptyIterator());
        IncomingItems results = new IncomingItems(Integer.class, what -> new BadAnswerException(null, what), why -> {});
        Answering answer = CallItems.of(calling(), target, List.of(), results).answering(ALICE);
        assertThat(answer.tryBegin()).isTrue();
        answer.release();
        assertThat(answer.onMessage(new FakeStream(), FakeStream.body(5, 3, 1))).isNull();
        assertThat(budget.reservable()).isEqualTo(1 << 20);
        assertThat(budget.left()).isEqualTo(1 << 20);
        assertThat(calling.idle().watched()).isZero();
    }

    @Test
    void a_stream_that_is_passed_is_closed_once_however_the_call_fails() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        Work nobody = work();
        assertThat(failureOf(nobody.sumInTurn(Stream.of(1).onClose(closed::incrementAndGet))))
                .isInstanceOf(NoProviderException.class);
        implementations.runAll();
        assertThat(closed).hasValue(1);
    }

    @Test
    void an_iterator_is_for_one_subscriber() {
        onlyAliceServes();
        Flow.Publisher<Integer> scaled = work(ALICE).scaled(List.of(1).iterator());
        List<String> heard = new ArrayList<>();
        Flow.Subscriber<Integer> noting = new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                given.request(1);
            }

            @Override
            public void onNext(Integer item) {
                heard.add("item");
            }

            @Override
            public void onError(Throwable failure) {
                heard.add(failure.getMessage());
            }

            @Override
            public void onComplete() {
                heard.add("complete");
            }
        };
        scaled.subscribe(noting);
        scaled.subscribe(noting);
        implementations.runAll();
        assertThat(heard).singleElement().asString().contains("can be read once");
        assertThat(streams.opened).hasSize(1);
    }

    @Test
    void a_stream_that_is_passed_is_closed_if_an_interceptor_ends_the_call() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        options.intercept((call, next) -> {
            throw new CallDeniedException("not here");
        });
        assertThat(failureOf(work(ALICE).sumInTurn(Stream.of(1).onClose(closed::incrementAndGet))))
                .isInstanceOf(CallDeniedException.class);
        implementations.runAll();
        assertThat(closed).hasValue(1);
    }

    // ---- interceptors

    @Test
    void an_interceptor_that_throws_after_it_went_on_cancels_what_it_began() {
        onlyAliceServes();
        options.intercept((call, next) -> {
            var unused = next.proceed(call);
            throw new IllegalStateException("afterwards");
        });
        assertThat(work(ALICE).once(1)).isCompletedExceptionally();
        assertThat(streams.opened.get(0).reset).isEqualTo(StreamCode.CANCELLED);
        assertThat(calling.slots().taken(ALICE)).isZero();
    }

    @Test
    void an_interceptor_that_returns_nothing_or_throws_an_error_or_calls_something_else_fails_the_call() {
        onlyAliceServes();
        AtomicInteger turn = new AtomicInteger();
        options.intercept((call, next) -> switch (turn.getAndIncrement()) {
            case 0 -> null;
            case 1 -> throw new AssertionError("an error");
            default -> next.proceed(new ClientCall(call.service(), "another", call.arguments(), call.options()));
        });
        for (int i = 0; i < 3; i++) {
            assertThat(work(ALICE).once(1)).isCompletedExceptionally();
        }
        assertThat(streams.opened).isEmpty();
    }

    @Test
    void the_trace_of_an_exception_of_an_interceptor_stays_where_it_was_thrown() {
        onlyAliceServes();
        interface Waiting {
            int once(int x);
        }
        IllegalStateException bug = new IllegalStateException("a bug");
        StackTraceElement[] trace = bug.getStackTrace();
        options.intercept((call, next) -> CompletableFuture.failedFuture(bug));
        Waiting waiting = ProxyHandler.proxy(
                calling(),
                Waiting.class,
                ModelReader.forCalls(Waiting.class, ErrorTypes.NONE_REGISTERED),
                "work",
                Providers.at(ALICE),
                calls.build());
        try {
            waiting.once(1);
        } catch (IllegalStateException same) {
            assertThat(same).isSameAs(bug);
        }
        assertThat(bug.getStackTrace()).isEqualTo(trace);
    }

    @Test
    void results_count_until_they_are_decoded() throws Exception {
        onlyAliceServes();
        ManualExecutor later = new ManualExecutor();
        streams.onArguments = stream -> {
            own.set(later);
            byte[] text = new byte[20_000];
            answer(
                    stream,
                    ByteBuffer.allocate(5 + text.length)
                            .put((byte) 2)
                            .putInt(text.length)
                            .put(text)
                            .array());
        };
        CompletableFuture<Integer> call = work(ALICE).once(1);
        assertThat(budget.left()).isEqualTo((1 << 20) - 20_000);
        later.runAll();
        assertThat(failureOf(call)).isInstanceOf(BadAnswerException.class);
        assertThat(budget.left()).isEqualTo(1 << 20);
    }
}
