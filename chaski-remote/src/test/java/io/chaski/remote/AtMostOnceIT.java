package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.CallException.Execution;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection breaks after a method was executed and before its answer has left. */
class AtMostOnceIT {

    interface Counter {
        @Idempotent
        int next();

        @Idempotent
        byte[] nextWith(int bytes);

        int once();
    }

    private static final class RealCounter implements Counter {
        final AtomicInteger executions = new AtomicInteger();

        @Override
        public int next() {
            return executions.incrementAndGet();
        }

        @Override
        public byte[] nextWith(int bytes) {
            byte[] answer = new byte[bytes];
            answer[0] = (byte) executions.incrementAndGet();
            return answer;
        }

        @Override
        public int once() {
            return executions.incrementAndGet();
        }
    }

    /** Attempts go on until there is a connection again, however slow the machine is. */
    private static final CallOptions PATIENT = CallOptions.builder()
            .deadline(LIMIT)
            .attempts(CallOptions.MAX_ATTEMPTS)
            .retryDelay(Duration.ofMillis(100))
            .build();

    private final Remotes remotes = Remotes.overTcp();
    private final AtomicBoolean isCut = new AtomicBoolean();
    private final RealCounter real = new RealCounter();
    private ChaskiRemote server;
    private ChaskiRemote client;
    private Counter counter;

    @BeforeEach
    void start() throws Exception {
        server = remotes.remote(
                "server",
                RemoteOptions.builder()
                        .interceptServed((context, arguments, next) -> {
                            Object result = next.proceed();
                            if (isCut.compareAndSet(true, false)) {
                                cut(context);
                            }
                            return result;
                        })
                        .build());
        server.serve("counter", Counter.class, real);
        client = remotes.remote("client");
        Remotes.connect(client, server);
        counter = client.at(server.node().id()).proxy("counter", Counter.class, PATIENT);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    /** The execution is over; its answer waits here until the connection that it would take is gone, and there is another one. */
    private void cut(RemoteContext context) throws Exception {
        server.node().edge(context.caller()).orElseThrow().close();
        try {
            boolean isReleased = new CountDownLatch(1).await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("the end of the connection has not reached this call: " + isReleased);
        } catch (InterruptedException lost) {
            assertThat(context.isCancelled()).isTrue();
        }
        Remotes.connect(client, server);
    }

    private void attemptsAnswered(long count) {
        soon(() -> assertThat(server.snapshot().executions().getOrDefault("OK", 0L))
                .isGreaterThanOrEqualTo(count));
    }

    @Test
    void the_library_repeats_the_call_and_gets_the_answer_of_the_one_execution() {
        isCut.set(true);
        assertThat(counter.next()).isEqualTo(1);
        assertThat(isCut).isFalse();
        assertThat(real.executions).hasValue(1);
        attemptsAnswered(2); // the second one was answered without the implementation
        assertThat(counter.next()).isEqualTo(2);
    }

    @Test
    void an_answer_too_large_to_be_kept_is_made_again_under_a_new_id() {
        isCut.set(true);
        byte[] answer = counter.nextWith(5_000);
        assertThat(answer).hasSize(5_000);
        assertThat(answer[0]).isEqualTo((byte) 2);
        assertThat(real.executions).hasValue(2);
    }

    @Test
    void a_method_that_is_not_idempotent_fails_and_was_executed_once() {
        isCut.set(true);
        assertThatThrownBy(counter::once)
                .isInstanceOfSatisfying(
                        PeerLostException.class,
                        lost -> assertThat(lost.execution()).isEqualTo(Execution.UNKNOWN));
        assertThat(real.executions).hasValue(1);
        assertThat(counter.next()).isEqualTo(2);
        assertThat(real.executions).hasValue(2);
    }
}
