package io.chaski.examples.tasks;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.work.DoNotRetryException;
import java.util.stream.IntStream;

/** A process that counts primes for others. */
final class PrimeWorker {

    private PrimeWorker() {}

    private static int count(CountPrimes job) {
        if (job.from() < 0 || job.to() < job.from()) {
            throw new DoNotRetryException("no range: " + job);
        }
        return (int) IntStream.range(job.from(), job.to())
                .filter(PrimeWorker::isPrime)
                .count();
    }

    private static boolean isPrime(int number) {
        if (number < 3) {
            return number == 2;
        }
        boolean isPrime = number % 2 != 0;
        for (int divisor = 3; isPrime && divisor * divisor <= number; divisor += 2) {
            isPrime = number % divisor != 0;
        }
        return isPrime;
    }

    /**
     * Works until the launcher ends.
     *
     * @param arguments address of any node of the mesh, and its own name
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name(arguments[1]).bootstrap(arguments[0]).start()) {
            // #region work
            ChaskiStreamer.on(node).queue(CountPrimes.QUEUE).work(job -> {
                Child.answer("BEGUN " + job.id());
                return count(job.payload());
            });
            // #endregion
            Child.answer("WORKING");
            Child.awaitLauncher();
        }
    }
}
