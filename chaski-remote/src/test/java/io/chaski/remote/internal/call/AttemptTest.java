package io.chaski.remote.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamCode;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.fake.FakeStreams;
import io.chaski.remote.internal.fake.ManualExecutor;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.serve.ServedServices;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.Description;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One attempt whose answer, failure and cancel come at the same time. */
class AttemptTest {

    private static final int ROUNDS = 2_000;
    private static final int BUDGET = 1 << 20;
    private static final NodeId PEER = new NodeId(0, 1);
    private static final ServiceModel MODEL = ModelReader.ofFunction(String.class, Integer.class);
    private static final byte[] SEVEN = {2, 0, 0, 0, 1, 7};

    private final FakeStreams streams = new FakeStreams();
    private final Budget budget = new Budget(BUDGET);
    private final Calling calling = new Calling(
            streams,
            node -> Optional.empty(),
            RemoteOptions.DEFAULTS,
            budget,
            new CallThreads(new ManualExecutor(), Runnable::run, Runnable::run, Runnable::run),
            new CallEvents(Runnable::run),
            node -> {},
            new Random(42),
            new ServedServices(new NoPolicies()).callbacks(),
            new NoPolicies());
    private final ExecutorService threads = Executors.newFixedThreadPool(3);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    private interface Event {
        void happen(Attempt attempt, FakeStream stream);
    }

    /** How the attempt has ended, as often as it says so. */
    private List<AttemptEnd> race(Event... events) throws Exception {
        streams.description =
                node -> CompletableFuture.completedFuture(Description.of(MODEL).toBytes());
        Target target = new Target("f", MODEL, MODEL.methods().iterator().next(), Providers.at(PEER));
        CallHeaders headers =
                new CallHeaders("f", "", target.method().key(), CallId.random(calling.random()), 1, Map.of());
        CallDeadline deadline = CallDeadline.of(Optional.of(Duration.ofMinutes(5)), Duration.ZERO, null);
        CallItems items = CallItems.of(calling, target, List.of("x"), null);
        Queue<AttemptEnd> ends = new ConcurrentLinkedQueue<>();
        assertThat(calling.slots().tryTake(PEER)).isTrue();
        Attempt attempt =
                new Attempt(calling, target, PEER, headers, new byte[] {1}, deadline, items, () -> {}, ends::add);
        attempt.start();
        FakeStream stream = streams.opened.get(streams.opened.size() - 1);
        CyclicBarrier together = new CyclicBarrier(events.length);
        List<Future<?>> all = new ArrayList<>();
        for (Event event : events) {
            all.add(threads.submit(() -> {
                together.await(50, TimeUnit.SECONDS);
                event.happen(attempt, stream);
                return null;
            }));
        }
        for (Future<?> each : all) {
            each.get(50, TimeUnit.SECONDS);
        }
        return List.copyOf(ends);
    }

    private static void answer(Attempt attempt, FakeStream stream) {
        stream.deliver(SEVEN);
        stream.close();
    }

    /** On the event loop one thing follows the other; what a program does may come at any moment. */
    @Test
    @DisplayName(
            "row 91: of an answer and a cancel at the same time one is the end, once, and the slot is given back once")
    void answer_and_cancel() throws Exception {
        assertThat(calling.slots().tryTake(PEER)).isTrue(); // of another call, which keeps it
        for (int round = 0; round < ROUNDS; round++) {
            List<AttemptEnd> ends = race(AttemptTest::answer, (attempt, stream) -> attempt.cancel());
            assertThat(ends.size()).isLessThanOrEqualTo(1);
            for (AttemptEnd end : ends) {
                Body body = end.body();
                assertThat(body).as("the answer").isNotNull();
                body.release();
            }
            assertThat(calling.slots().taken(PEER)).isEqualTo(1);
            assertThat(budget.left()).isEqualTo(BUDGET);
        }
        assertThat(race(AttemptTest::answer)).as("with nobody who cancels").hasSize(1);
    }

    @Test
    @DisplayName("row 91: the same for the end of the connection and a cancel, twice")
    void failure_and_cancels() throws Exception {
        assertThat(calling.slots().tryTake(PEER)).isTrue();
        for (int round = 0; round < ROUNDS; round++) {
            List<AttemptEnd> ends = race(
                    (attempt, stream) -> stream.fail(StreamCode.EDGE_CLOSED),
                    (attempt, stream) -> attempt.cancel(),
                    (attempt, stream) -> attempt.cancel());
            assertThat(ends.size()).isLessThanOrEqualTo(1);
            assertThat(ends).allMatch(end -> end.failure() != null && end.body() == null);
            assertThat(calling.slots().taken(PEER)).isEqualTo(1);
        }
    }
}
