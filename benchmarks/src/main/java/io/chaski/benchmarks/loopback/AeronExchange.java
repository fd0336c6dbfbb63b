package io.chaski.benchmarks.loopback;

import io.aeron.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A stream to who answers, and one back. Who waits for an answer polls by itself, until a thread of its own does that. Confined to
 * one thread at a time, but for that one.
 */
final class AeronExchange implements Contestant.RoundTrip {

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Contestant.OneWay requests;
    private final Subscription answers;
    private final AeronPoller poller;
    private final IdleStrategy idle = AeronContestant.idle();
    private @Nullable AgentRunner runner;
    private byte @Nullable [] answer;

    /**
     * A connected one.
     *
     * @param requests closed with it
     * @param answers closed with it
     */
    AeronExchange(Contestant.OneWay requests, Subscription answers) {
        this.requests = requests;
        this.answers = answers;
        this.poller = new AeronPoller(answers, message -> answer = message);
    }

    @Override
    public byte[] call(byte[] request) {
        answer = null;
        requests.send(request);
        long beganNanos = System.nanoTime();
        idle.reset();
        byte[] present = answer;
        while (present == null) {
            if (System.nanoTime() - beganNanos > LIMIT_NANOS) {
                throw new IllegalStateException("aeron: no answer for 20 s");
            }
            idle.idle(poller.doWork());
            present = answer;
        }
        return present;
    }

    void send(byte[] request) {
        requests.send(request);
    }

    boolean isPolled() {
        return runner != null;
    }

    /**
     * Polls from now on, with a thread of its own; nobody {@linkplain #call waits} by itself any more.
     *
     * @param consumer of each answer, on that thread
     */
    void poll(Consumer<byte[]> consumer) {
        runner = AeronContestant.start(new AeronPoller(answers, consumer));
    }

    @Override
    public void close() throws Exception {
        requests.close();
        if (runner == null) {
            answers.close();
        } else {
            runner.close();
        }
    }
}
