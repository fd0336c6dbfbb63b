package io.chaski.streamer.work;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.streamer.ChaskiStreamer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A submitter or a worker in a process of its own, which says in lines what happens and ends with its input. Jobs are numbers; each takes
 * some milliseconds, or hangs.
 */
final class QueueProcess {

    static final QueueType<Integer, Integer> TYPE = QueueType.json("doubles", Integer.class, Integer.class);

    private static final long JOB_MILLIS = 5;

    /** Longer than any test. */
    private static final long HANGING_MILLIS = 3_600_000;

    private static int begun; // guarded by the class

    private QueueProcess() {}

    /**
     * Runs it.
     *
     * @param arguments {@code worker}, cluster, address of another node, how many jobs it does before it hangs; or {@code submitter}, cluster,
     *     directory, how many jobs to submit, and if it is started again the address of another node and ids of jobs
     */
    public static void main(String[] arguments) throws Exception {
        boolean isWorker = arguments[0].equals("worker");
        NodeBuilder builder = ChaskiNode.builder().cluster(arguments[1]);
        if (isWorker) {
            builder.bootstrap(arguments[2]);
        } else {
            builder.dataDirectory(Path.of(arguments[2]));
            if (arguments.length > 4) {
                builder.bootstrap(arguments[4]);
            }
        }
        try (ChaskiNode node = builder.start()) {
            say("ADDRESS " + node.addresses().get(0));
            if (isWorker) {
                work(node, Integer.parseInt(arguments[3]));
            } else {
                submit(node, arguments);
            }
            while (System.in.read() >= 0) {
                // Ends with whoever has started it.
            }
        }
    }

    private static void work(ChaskiNode node, int jobs) {
        ChaskiStreamer.on(node)
                .queue(TYPE)
                .work(
                        job -> {
                            long millis = begin(job) > jobs ? HANGING_MILLIS : JOB_MILLIS;
                            boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
                            return 2 * job.payload();
                        },
                        WorkerOptions.builder().jobsAtATime(2).build());
        say("WORKS");
    }

    /** Says it, and how many have begun; in the same order. */
    private static synchronized int begin(Job<Integer> job) {
        say("BEGUN " + job.id() + " " + job.attempt());
        return ++begun;
    }

    private static void submit(ChaskiNode node, String[] arguments) {
        WorkQueueOptions options = WorkQueueOptions.builder()
                .directory(Path.of(arguments[2], "queue"))
                .freeSpaceFloor(0)
                .pauses(Duration.ofMillis(50), Duration.ofMillis(200))
                .workerGrace(Duration.ofMillis(300))
                .build();
        WorkQueue<Integer, Integer> queue = ChaskiStreamer.on(node).queue(TYPE, options);
        for (int i = 5; i < arguments.length; i++) {
            tell(queue.job(UUID.fromString(arguments[i])).orElseThrow());
        }
        for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
            JobHandle<Integer> job = queue.submit(i);
            say("SUBMITTED " + job.id() + " " + i);
            tell(job);
        }
        say("ALL");
    }

    private static void tell(JobHandle<Integer> job) {
        var unused = job.result().whenComplete((result, failure) -> {
            if (failure == null) {
                say("DONE " + job.id() + " " + result);
            }
        });
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
