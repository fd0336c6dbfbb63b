package io.chaski.examples.tasks;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.work.JobHandle;
import io.chaski.streamer.work.WorkQueue;
import io.chaski.streamer.work.WorkQueueOptions;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The process whose jobs they are: it submits them all, and adds up what comes. */
final class PrimeSubmitter {

    private static final int NUMBERS_PER_JOB = 50_000;

    private PrimeSubmitter() {}

    /**
     * Submits jobs and waits for their results.
     *
     * @param arguments directory of the queue, number of jobs
     */
    public static void main(String[] arguments) throws Exception {
        int jobs = Integer.parseInt(arguments[1]);
        try (BufferedReader commands = Child.commands();
                ChaskiNode node = ChaskiNode.builder().name("submitter").start()) {
            Child.answer("READY " + node.addresses().get(0));
            commands.readLine(); // when the workers are there
            submit(node, Path.of(arguments[0]), jobs);
        }
    }

    private static void submit(ChaskiNode node, Path directory, int jobs) {
        // #region submit
        WorkQueueOptions onDisk =
                WorkQueueOptions.builder().directory(directory).build();
        try (WorkQueue<CountPrimes, Integer> queue = ChaskiStreamer.on(node).queue(CountPrimes.QUEUE, onDisk)) {
            List<JobHandle<Integer>> handles = new ArrayList<>();
            for (int from = 0; from < jobs * NUMBERS_PER_JOB; from += NUMBERS_PER_JOB) {
                handles.add(queue.submit(new CountPrimes(from, from + NUMBERS_PER_JOB)));
            }
            int primes = handles.stream().mapToInt(job -> job.result().join()).sum();
            // #endregion
            System.out.printf("%d primes below %d%n", primes, jobs * NUMBERS_PER_JOB);
            System.out.printf(
                    "jobs: %d, done: %d, attempts: %d%n",
                    jobs,
                    queue.snapshot().counters().get("jobs.done"),
                    queue.snapshot().counters().get("attempts.started"));
        }
    }
}
