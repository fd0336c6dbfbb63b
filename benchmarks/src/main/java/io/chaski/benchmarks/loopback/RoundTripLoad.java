package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.ThisProcess;
import java.time.Duration;

/** Calls, one at a time and once at least, and counts the wrong answers. */
final class RoundTripLoad implements Load {

    /** One call. */
    interface Call {

        /**
         * Calls and waits for the answer.
         *
         * @param number of the call, counting from 0
         * @return whether the answer is the right one
         * @throws Exception if there is none
         */
        boolean isAnsweredRight(long number) throws Exception;
    }

    private final Call call;
    private final Latencies latencies = new Latencies();
    private long called;

    /**
     * No calls yet.
     *
     * @param call done again and again
     */
    RoundTripLoad(Call call) {
        this.call = call;
    }

    /**
     * Calls with messages of bytes.
     *
     * @param way over it
     * @param bytes size of each request and each answer
     */
    static RoundTripLoad of(Contestant.RoundTrip way, int bytes) {
        return new RoundTripLoad(number -> {
            byte[] request = new byte[bytes];
            Numbered.write(request, number);
            byte[] answer = way.call(request);
            return answer.length == bytes && Numbered.isWhole(answer) && Numbered.read(answer) == number;
        });
    }

    @Override
    public Phase run(Duration duration) throws InterruptedException {
        latencies.clear();
        Answers answers = new Answers();
        long beganCpuNanos = ThisProcess.cpuNanos();
        long beganNanos = System.nanoTime();
        long nowNanos = beganNanos;
        do {
            call(answers);
            long thenNanos = System.nanoTime();
            latencies.add(thenNanos - nowNanos);
            nowNanos = thenNanos;
        } while (nowNanos - beganNanos < duration.toNanos() && !latencies.isFull());
        long nanos = nowNanos - beganNanos;
        long cpuNanos = ThisProcess.cpuNanos() - beganCpuNanos;
        return new Phase(
                answers.right(),
                nanos,
                cpuNanos,
                latencies.percentile(0.5),
                latencies.percentile(0.99),
                answers.missing(),
                answers.wrong());
    }

    private void call(Answers answers) throws InterruptedException {
        try {
            answers.answered(call.isAnsweredRight(called++));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) { // whatever a contestant throws: the table counts it
            answers.failed(e);
        }
    }
}
