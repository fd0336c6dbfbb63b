package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.NodeId;
import io.chaski.core.internal.module.CallbackPool;
import io.chaski.core.stream.StreamCode;
import io.chaski.remote.ItemsIdleException;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.fake.ManualExecutor;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.flow.ItemInbox;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that send no items, at a node with eight threads. */
class SilentCallersTest {

    interface Target {
        long sum(Iterator<Integer> numbers);

        CompletableFuture<Long> sumLater(Flow.Publisher<Integer> numbers);
    }

    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final NodeId ALICE = new NodeId(0, 1);
    private static final NodeId BOB = new NodeId(0, 2);
    private static final byte[] NO_ARGUMENTS = FakeStream.body(1, 1, 0x80);
    private static final byte[] SEVEN = FakeStream.body(5, 1, 7);
    private static final long BUDGET = 16 * ItemInbox.WINDOW_BYTES;

    private final ExecutorService implementations = new CallbackPool(8, TimeUnit.HOURS.toNanos(1), Thread::new);

    /** Rounds, and what is cancelled there. */
    private final ManualExecutor own = new ManualExecutor();

    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<Iterator<Integer>> begun = new LinkedBlockingQueue<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final ServiceModel model = ModelReader.forServing(Target.class, ErrorTypes.NONE_REGISTERED);
    private final Budget budget = new Budget(BUDGET);
    private CallAcceptor acceptor;

    private final class Summing implements Target {
        @Override
        public long sum(Iterator<Integer> numbers) {
            begun.add(numbers);
            long sum = 0;
            try {
                while (numbers.hasNext()) {
                    sum += numbers.next();
                }
            } catch (RuntimeException failed) {
                failures.add(failed);
                throw failed;
            }
            return sum;
        }

        @Override
        public CompletableFuture<Long> sumLater(Flow.Publisher<Integer> numbers) {
            return new CompletableFuture<>();
        }
    }

    @BeforeEach
    void serve() {
        ServedServices services = new ServedServices(new NoPolicies());
        services.add(
                new ServedService("target", model, new InterfaceInvoker(model, new Summing()), ServeOptions.DEFAULTS));
        acceptor = new CallAcceptor(
                services,
                RemoteOptions.builder().itemIdle(Duration.ofMillis(1)).build(),
                budget,
                new CallThreads(implementations, own, own, own),
                new CallEvents(Runnable::run),
                (caller, type, service, life) -> type,
                () -> false);
    }

    @AfterEach
    void close() {
        implementations.shutdownNow();
    }

    private FakeStream call(NodeId caller, String method) {
        CallHeaders headers = new CallHeaders(
                "target",
                "",
                model.methods().stream()
                        .filter(each -> each.name().equals(method))
                        .findFirst()
                        .orElseThrow()
                        .key(),
                new CallId(0, ids.incrementAndGet()),
                1,
                Map.of());
        FakeStream stream = new FakeStream(caller, headers.toMap(), null);
        stream.listener = acceptor.onStream(stream);
        stream.deliver(NO_ARGUMENTS);
        return stream;
    }

    private static boolean isFailure(byte[] answer, String code) {
        return answer[0] == 4 && new String(answer, 7, code.length(), StandardCharsets.US_ASCII).equals(code);
    }

    private static boolean isBusy(FakeStream stream) {
        return !stream.sent.isEmpty() && isFailure(stream.sent.get(0), "4");
    }

    private void begin() throws InterruptedException {
        assertThat(begun.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }

    /** Looks as often as it takes. */
    private void lookUntil(Callable<Boolean> isSeen) {
        await().atMost(LIMIT).until(() -> {
            own.runAll();
            return isSeen.call();
        });
    }

    @Test
    void hear_that_no_items_come_and_give_the_thread_back() throws Exception {
        FakeStream silent = call(ALICE, "sum");
        begin();
        lookUntil(() -> !failures.isEmpty());
        assertThat(failures.remove())
                .as("or the interrupt, which comes right after")
                .isInstanceOfAny(ItemsIdleException.class, CancellationException.class);
        assertThat(isFailure(silent.sent.get(0), "10")).isTrue();
        assertThat(silent.isEnded).isTrue();
        lookUntil(() -> silent.reset != null);
        assertThat(silent.reset).as("it does not listen").isEqualTo(StreamCode.CANCELLED);
        await().atMost(LIMIT).until(() -> budget.reservable() == BUDGET);
    }

    @Test
    void get_a_quarter_of_the_threads_and_all_together_not_the_last_quarter() throws Exception {
        FakeStream first = call(ALICE, "sum");
        FakeStream second = call(ALICE, "sum");
        begin();
        begin();
        assertThat(isBusy(call(ALICE, "sum"))).isTrue();
        assertThat(isBusy(call(ALICE, "sumLater"))).as("need not wait").isFalse();
        FakeStream other = call(BOB, "sum");
        begin();
        other.deliver(SEVEN);
        other.listener.onEnd(other);
        await().atMost(LIMIT).until(() -> other.isEnded);
        assertThat(other.sent).singleElement().isEqualTo(new byte[] {2, 0, 0, 0, 1, 7});
        for (int peer = 3; peer < 5; peer++) {
            call(new NodeId(0, peer), "sum");
            call(new NodeId(0, peer), "sum");
        }
        assertThat(isBusy(call(BOB, "sum"))).as("six of eight").isTrue();
        first.fail(StreamCode.CANCELLED);
        second.fail(StreamCode.CANCELLED);
        await().atMost(LIMIT).untilAsserted(() -> {
            FakeStream again = call(ALICE, "sum");
            assertThat(isBusy(again)).isFalse();
        });
    }
}
