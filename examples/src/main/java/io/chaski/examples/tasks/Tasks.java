package io.chaski.examples.tasks;

import io.chaski.examples.process.Child;
import io.chaski.examples.process.WorkFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts a submitter and three workers, each as a process of its own, and kills one of the workers in the middle. */
public final class Tasks {

    private static final String USAGE = "usage: tasks [number of jobs, 20 to 400]";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(5);
    private static final int WORKERS = 3;
    private static final int DEFAULT_JOBS = 100;

    private Tasks() {}

    /**
     * Runs the example.
     *
     * @param arguments how many jobs, or nothing for 100
     */
    public static void main(String[] arguments) throws Exception {
        String jobs = arguments.length == 0 ? Integer.toString(DEFAULT_JOBS) : arguments[0];
        if (arguments.length > 1 || !jobs.matches("[2-9]\\d|[1-3]\\d\\d|400")) {
            System.err.println(USAGE);
            System.exit(2);
        }
        try (WorkFolder folder = WorkFolder.make("chaski-tasks")) {
            run(folder.path(), jobs);
        }
    }

    private static void run(Path directory, String jobs) throws Exception {
        List<Child> workers = new ArrayList<>();
        try (Child submitter = Child.start(PrimeSubmitter.class, "submitter", directory.toString(), jobs)) {
            String address = submitter.await("READY", LIMIT);
            for (int i = 1; i <= WORKERS; i++) {
                String name = "worker-" + i;
                workers.add(Child.start(PrimeWorker.class, name, address, name));
            }
            for (Child worker : workers) {
                worker.await("WORKING", LIMIT);
            }
            submitter.tell("BEGIN");
            killInTheMiddle(workers);
            submitter.awaitEnd(LIMIT);
        } finally {
            workers.forEach(Child::close);
        }
    }

    private static void killInTheMiddle(List<Child> workers) throws InterruptedException {
        Child worker = whoeverIsAtItsThirdJob(workers);
        worker.kill();
        System.out.printf("killed %s (pid %d) with SIGKILL%n", worker.name(), worker.pid());
    }

    /** There is one, since there are more than twice as many jobs as workers; which one it is depends on who is found first. */
    private static Child whoeverIsAtItsThirdJob(List<Child> workers) throws InterruptedException {
        Map<Child, Integer> begun = new HashMap<>();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            for (Child worker : workers) {
                boolean hasBegun = worker.hear("BEGUN", GLANCE).isPresent();
                if (hasBegun && begun.merge(worker, 1, Integer::sum) == 3) {
                    return worker;
                }
            }
        }
        throw new IllegalStateException("no worker has begun three jobs within " + LIMIT.toSeconds() + " s");
    }
}
