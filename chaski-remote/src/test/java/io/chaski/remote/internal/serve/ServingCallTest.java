package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamCode;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.ScheduleRefusedException;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.context.CurrentCall;
import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.fake.ManualExecutor;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.schedule.Order;
import io.chaski.remote.internal.schedule.ServedRuns;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.Values;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call holds while it is served, and when it lets go of it. */
class ServingCallTest {

    /** A record whose code fails as no exception does. */
    record Broken(int depth) {
        Broken {
            if (depth == 13) {
                throw new LinkageError("no such class");
            }
        }

        @Override
        public int depth() {
            if (depth == 14) {
                throw new AssertionError("an accessor");
            }
            return depth;
        }
    }

    private static final NodeId CALLER = new NodeId(0, 7);
    private static final long BUDGET = 1 << 20;
    private static final byte NUMBER_OF_BAD_ARGUMENTS = '3';
    private static final byte NUMBER_OF_DENIED = '5';
    private static final byte NUMBER_OF_REMOTE_ERROR = '6';
    private static final byte NUMBER_OF_BAD_RESULT = '7';
    private static final StuckCalls.Limits LIMITS =
            new StuckCalls.Limits(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofMinutes(10));

    /** No method of these tests has any. */
    private static final CallbackFactory CALLBACKS = (caller, type, service, life) -> type;

    private final ManualExecutor implementations = new ManualExecutor();
    private CallThreads threads = new CallThreads(implementations, implementations, implementations, Runnable::run);
    private final CallEvents events = new CallEvents(Runnable::run);
    private final Budget budget = new Budget(BUDGET);
    private final ServedServices services = new ServedServices(new NoPolicies());
    private final Map<String, ServiceModel> models = new HashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final RemoteOptions.Builder options =
            RemoteOptions.builder().maxPendingPerPeer(1).maxBodyBytes(100_000);
    private CallAcceptor acceptor;

    private void serve(String name, Class<?> type, Invoker invoker) {
        ServiceModel model = ModelReader.ofFunction(type, type);
        models.put(name, model);
        services.add(new ServedService(name, model, invoker, ServeOptions.DEFAULTS));
        acceptor = new CallAcceptor(services, options.build(), budget, threads, events, CALLBACKS, () -> false, LIMITS);
    }

    private FakeStream open(String service) {
        return open(service, Duration.ofDays(365));
    }

    private FakeStream open(String service, Duration remaining) {
        CallHeaders headers = new CallHeaders(
                service,
                "",
                models.get(service).methods().iterator().next().key(),
                new CallId(0, ids.incrementAndGet()),
                1,
                Map.of());
        FakeStream stream = new FakeStream(CALLER, headers.toMap(), remaining);
        stream.onEnd = () -> {};
        stream.listener = acceptor.onStream(stream);
        return stream;
    }

    private static byte[] arguments(Class<?> type, Object argument) {
        byte[] encoded = Values.encode(List.of(type), Arrays.asList(argument));
        return ByteBuffer.allocate(5 + encoded.length)
                .put((byte) 1)
                .putInt(encoded.length)
                .put(encoded)
                .array();
    }

    private FakeStream call(String service, Class<?> type, Object argument) {
        FakeStream stream = open(service);
        stream.deliver(arguments(type, argument));
        return stream;
    }

    private boolean isBusy() {
        FakeStream probe = open("echo");
        boolean isBusy = !probe.sent.isEmpty();
        if (!isBusy) {
            probe.fail(StreamCode.CANCELLED);
        }
        return isBusy;
    }

    /** The digit of the code of a failure that was answered. */
    private static byte failure(FakeStream stream) {
        byte[] answer = stream.sent.get(0);
        assertThat(answer[0]).as("kind").isEqualTo((byte) 4);
        return answer[7];
    }

    @Test
    void arguments_take_memory_until_they_are_decoded_and_not_while_the_call_is_executed() {
        AtomicReference<Long> whileExecuted = new AtomicReference<>();
        serve("echo", byte[].class, (method, arguments) -> {
            whileExecuted.set(budget.left());
            return null;
        });
        call("echo", byte[].class, new byte[10_000]);
        assertThat(budget.left()).isLessThan(BUDGET - 9_999);
        implementations.runAll();
        assertThat(whileExecuted).hasValue(BUDGET);
    }

    @Test
    void a_call_that_is_cancelled_while_it_waits_keeps_its_slot_until_a_thread_has_taken_it_and_no_memory() {
        serve("echo", byte[].class, (method, arguments) -> null);
        FakeStream stream = call("echo", byte[].class, new byte[10_000]);
        stream.fail(StreamCode.CANCELLED);
        assertThat(budget.left()).isEqualTo(BUDGET);
        assertThat(isBusy()).isTrue();
        implementations.runAll();
        assertThat(isBusy()).isFalse();
        assertThat(stream.sent).isEmpty();
    }

    @Test
    void the_arguments_of_callers_that_may_not_call_are_dropped() {
        ServiceModel model = ModelReader.ofFunction(byte[].class, byte[].class);
        serve("echo", byte[].class, (method, arguments) -> null);
        models.put("private", model);
        services.add(new ServedService(
                "private", model, (method, arguments) -> null, ServeOptions.onlyFor(caller -> false)));
        FakeStream stream = call("private", byte[].class, new byte[10_000]);
        implementations.runAll();
        assertThat(failure(stream)).isEqualTo(NUMBER_OF_DENIED);
        assertThat(budget.left()).isGreaterThan(BUDGET - 1_000);
        stream.close();
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    private FakeStream openGuarded(Predicate<NodeId> rule) {
        ServiceModel model = ModelReader.ofFunction(byte[].class, byte[].class);
        serve("echo", byte[].class, (method, arguments) -> null);
        models.put("guarded", model);
        services.add(new ServedService("guarded", model, (method, arguments) -> null, ServeOptions.onlyFor(rule)));
        return open("guarded");
    }

    @Test
    void whoever_may_not_call_is_told_so_by_the_first_piece_of_its_arguments_and_gets_nothing_in() {
        FakeStream stream = openGuarded(caller -> false);
        byte[] whole = arguments(byte[].class, new byte[50_000]);
        stream.deliver(Arrays.copyOf(whole, 20_000));
        assertThat(failure(stream)).isEqualTo(NUMBER_OF_DENIED);
        stream.deliver(Arrays.copyOfRange(whole, 20_000, whole.length));
        assertThat(stream.consumed).as("room for more").isZero();
        assertThat(budget.left()).as("but for the answer").isGreaterThan(BUDGET - 1_000);
        assertThat(implementations.waiting()).isZero();
        stream.close();
        assertThat(budget.left()).isEqualTo(BUDGET);
        assertThat(isBusy()).isFalse();
    }

    @Test
    void arguments_get_no_room_for_more_until_the_rule_about_callers_has_said_yes() {
        ManualExecutor asking = new ManualExecutor();
        threads = new CallThreads(implementations, implementations, implementations, asking);
        FakeStream stream = openGuarded(caller -> true);
        byte[] whole = arguments(byte[].class, new byte[50_000]);
        stream.deliver(Arrays.copyOf(whole, 20_000));
        stream.deliver(Arrays.copyOfRange(whole, 20_000, 40_000));
        assertThat(stream.consumed).isZero();
        asking.runAll();
        assertThat(stream.consumed).isEqualTo(40_000);
        stream.deliver(Arrays.copyOfRange(whole, 40_000, whole.length));
        assertThat(stream.consumed).isEqualTo(whole.length);
        implementations.runAll();
        assertThat(stream.isEnded).as("answered").isTrue();
        assertThat(budget.left()).isGreaterThan(BUDGET - 1_000);
    }

    @Test
    void the_rule_may_answer_when_the_call_is_over() {
        ManualExecutor asking = new ManualExecutor();
        threads = new CallThreads(implementations, implementations, implementations, asking);
        FakeStream stream = openGuarded(caller -> false);
        stream.deliver(Arrays.copyOf(arguments(byte[].class, new byte[50_000]), 20_000));
        stream.fail(StreamCode.CANCELLED);
        assertThat(budget.left()).isEqualTo(BUDGET);
        asking.runAll();
        assertThat(stream.sent).isEmpty();
        assertThat(budget.left()).isEqualTo(BUDGET);
        assertThat(isBusy()).isFalse();
    }

    @Test
    void one_peer_does_not_get_the_memory_of_all() {
        serve("echo", byte[].class, (method, arguments) -> null);
        Budget small = new Budget(10_000);
        acceptor = new CallAcceptor(services, options.build(), small, threads, events, CALLBACKS, () -> false, LIMITS);
        FakeStream stream = call("echo", byte[].class, new byte[2_600]);
        assertThat(stream.reset).isEqualTo(StreamCode.REFUSED);
        assertThat(small.left()).isEqualTo(10_000);
    }

    private void look(FakeStream stream, Duration later) {
        ((ServingCall) stream.listener).endIfStuck(LIMITS, System.nanoTime() + later.toNanos());
    }

    @Test
    void arguments_that_stop_or_never_end_and_answers_that_are_not_taken_end_the_call() {
        serve("echo", byte[].class, (method, arguments) -> arguments.get(0));

        FakeStream silent = open("echo");
        look(silent, Duration.ofSeconds(29));
        assertThat(silent.reset).isNull();
        look(silent, Duration.ofSeconds(30));
        assertThat(silent.reset).isEqualTo(StreamCode.CANCELLED);

        FakeStream untaken = open("echo");
        untaken.room = 0;
        untaken.deliver(arguments(
                byte[].class, new byte[70_000])); // so that the answer has two pieces: for the last there is room
        look(untaken, Duration.ofSeconds(40));
        assertThat(untaken.reset).as("it waits for a thread").isNull();
        implementations.runAll();
        look(untaken, Duration.ofSeconds(29));
        assertThat(untaken.reset).isNull();
        look(untaken, Duration.ofSeconds(30));
        assertThat(untaken.reset).isEqualTo(StreamCode.CANCELLED);
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void arguments_that_come_byte_by_byte_have_a_limit_in_all() {
        StuckCalls.Limits patient =
                new StuckCalls.Limits(Duration.ofDays(1), Duration.ofMinutes(5), Duration.ofMinutes(10));
        serve("echo", byte[].class, (method, arguments) -> null);
        FakeStream stream = open("echo");
        stream.deliver(new byte[] {1, 0, 0, 0, 100, 1});
        long nowNanos = System.nanoTime();
        ((ServingCall) stream.listener).endIfStuck(patient, nowNanos + TimeUnit.MINUTES.toNanos(4));
        assertThat(stream.reset).isNull();
        ((ServingCall) stream.listener).endIfStuck(patient, nowNanos + TimeUnit.MINUTES.toNanos(5));
        assertThat(stream.reset).isEqualTo(StreamCode.CANCELLED);
    }

    @Test
    void no_call_takes_longer_than_ten_minutes_whatever_its_caller_says() {
        AtomicReference<Duration> remaining = new AtomicReference<>();
        serve("echo", byte[].class, (method, arguments) -> {
            remaining.set(CurrentCall.find().remaining().orElseThrow());
            return null;
        });
        FakeStream stream = call("echo", byte[].class, new byte[1]);
        look(stream, Duration.ofMinutes(9));
        assertThat(stream.reset).isNull();
        implementations.runAll();
        assertThat(remaining.get()).isLessThanOrEqualTo(Duration.ofMinutes(10));
        look(stream, Duration.ofMinutes(10));
        assertThat(stream.reset).isEqualTo(StreamCode.DEADLINE_EXCEEDED);
    }

    interface Endless {
        Flow.Publisher<Integer> numbers(Flow.Publisher<Integer> more);
    }

    @Test
    void a_call_with_streams_may_take_longer_and_its_reader_its_time_but_not_its_arguments() {
        List<Optional<Duration>> remaining = new ArrayList<>();
        ServiceModel model = ModelReader.forServing(Endless.class, ErrorTypes.NONE_REGISTERED);
        serve("echo", byte[].class, (method, arguments) -> null);
        models.put("endless", model);
        services.add(new ServedService(
                "endless",
                model,
                (method, arguments) -> {
                    remaining.add(CurrentCall.find().remaining());
                    return (Flow.Publisher<Integer>) subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                        @Override
                        public void request(long count) {
                            subscriber.onNext(7);
                        }

                        @Override
                        public void cancel() {
                            remaining.add(CurrentCall.find().remaining());
                        }
                    });
                },
                ServeOptions.DEFAULTS));
        FakeStream begun = open("endless", null);
        look(begun, Duration.ofSeconds(30));
        assertThat(begun.reset).as("nothing has come").isEqualTo(StreamCode.CANCELLED);

        FakeStream stream = open("endless", null);
        stream.room = 2;
        stream.deliver(FakeStream.body(1, 1, 0x80));
        implementations.runAll();
        assertThat(stream.sent).hasSize(2);
        look(stream, Duration.ofDays(30));
        assertThat(stream.reset).isNull();
        assertThat(remaining).containsExactly(Optional.empty());
        stream.fail(StreamCode.CANCELLED);
        implementations.runAll();
        assertThat(remaining).hasSize(2);
        assertThat(budget.left()).isEqualTo(BUDGET);
        assertThat(isBusy()).isFalse();
    }

    @Test
    void a_method_with_streams_is_not_scheduled_whatever_its_caller_asks_for() {
        ServiceModel model = ModelReader.forServing(Endless.class, ErrorTypes.NONE_REGISTERED);
        serve("echo", byte[].class, (method, arguments) -> null);
        services.add(new ServedService("endless", model, (method, arguments) -> null, ServeOptions.schedulable()));
        MethodModel method = model.methods().iterator().next();
        Order order = new Order(
                "0".repeat(32),
                "endless",
                "",
                method.key().toString(),
                method.signature(),
                Map.of(),
                Duration.ofSeconds(1),
                Duration.ZERO,
                Optional.of(Duration.ofSeconds(1)),
                Optional.empty(),
                List.of());
        ServedRuns local = new ServedRuns(new LocalCalls(acceptor, new Random(42)));
        assertThatThrownBy(() -> local.check(CALLER, order))
                .isInstanceOf(ScheduleRefusedException.class)
                .hasMessageContaining("stream of items");
    }

    @Test
    void a_call_without_streams_has_a_deadline() {
        serve("echo", byte[].class, (method, arguments) -> null);
        assertThat(open("echo", null).reset).isEqualTo(StreamCode.REFUSED);
    }

    @Test
    void the_slot_is_free_when_the_caller_can_know_that_the_call_is_over() {
        serve("echo", Integer.class, (method, arguments) -> arguments.get(0));
        FakeStream stream = open("echo");
        AtomicReference<Boolean> isBusy = new AtomicReference<>();
        stream.onEnd = () -> {
            stream.close();
            isBusy.set(isBusy());
        };
        stream.deliver(arguments(Integer.class, 1));
        implementations.runAll();
        assertThat(isBusy).hasValue(false);
    }

    @Test
    void whoever_has_called_hears_at_once_that_the_remote_closes() {
        serve("echo", byte[].class, (method, arguments) -> null);
        FakeStream stream = call("echo", byte[].class, new byte[10]);
        acceptor.close();
        assertThat(stream.reset).isEqualTo(StreamCode.CANCELLED);
    }

    @Test
    void a_refusal_by_the_implementation_itself_does_not_say_that_nothing_was_executed() {
        serve("echo", Integer.class, (method, arguments) -> {
            throw new CallDeniedException("after some effects");
        });
        FakeStream stream = call("echo", Integer.class, 1);
        implementations.runAll();
        assertThat(failure(stream)).isEqualTo(NUMBER_OF_REMOTE_ERROR);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_refusal_by_an_interceptor_says_so_before_it_goes_on_only(boolean goesOn) {
        options.interceptServed((context, arguments, next) -> {
            if (goesOn) {
                next.proceed();
            }
            throw new CallDeniedException("no");
        });
        serve("echo", Integer.class, (method, arguments) -> 1);
        FakeStream stream = call("echo", Integer.class, 1);
        implementations.runAll();
        assertThat(failure(stream)).isEqualTo(goesOn ? NUMBER_OF_REMOTE_ERROR : NUMBER_OF_DENIED);
    }

    @Test
    void an_error_while_arguments_are_decoded_or_a_result_is_encoded_is_an_answer_and_frees_the_slot() {
        serve("echo", Broken.class, (method, arguments) -> new Broken(14));
        FakeStream decoding = open("echo");
        byte[] body = arguments(Broken.class, new Broken(12));
        for (int i = 0; i < body.length; i++) { // CBOR of the number, in place
            body[i] = body[i] == 12 && i > 8 ? 13 : body[i];
        }
        decoding.deliver(body);
        implementations.runAll();
        assertThat(failure(decoding)).isEqualTo(NUMBER_OF_BAD_ARGUMENTS);
        decoding.close();

        FakeStream encoding = call("echo", Broken.class, new Broken(1));
        implementations.runAll();
        assertThat(failure(encoding)).isEqualTo(NUMBER_OF_BAD_RESULT);
        encoding.close();
        assertThat(isBusy()).isFalse();
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void an_error_of_the_rule_about_callers_denies_the_call() {
        serve("echo", Integer.class, (method, arguments) -> 1);
        ServiceModel model = models.get("echo");
        models.put("guarded", model);
        services.add(new ServedService("guarded", model, (method, arguments) -> 1, ServeOptions.onlyFor(caller -> {
            throw new AssertionError("broken");
        })));
        FakeStream stream = call("guarded", Integer.class, 1);
        implementations.runAll();
        assertThat(failure(stream)).isEqualTo(NUMBER_OF_DENIED);
    }
}
