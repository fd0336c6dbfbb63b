package io.chaski.examples.tasks;

import io.chaski.examples.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Starts a submitter and three workers, each as a process of its own, and kills one of the workers in the middle. */
public final class Tasks {

    private static final String USAGE = "usage: tasks [number of jobs, 20 to 400]";
    private static final Duration LIMIT = Duration.ofSeconds(60);
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
        Path directory = Files.createTempDirectory("chaski-tasks");
        try {
            run(directory, jobs);
        } finally {
            delete(directory);
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
                worker.await("READY", LIMIT);
            }
            submitter.tell("BEGIN");
            killInTheMiddle(workers);
            submitter.awaitEnd(LIMIT);
        } finally {
            workers.forEach(Child::close);
        }
    }

    /** The first has a start, so that it is in the middle of a job however fast the others are. */
    private static void killInTheMiddle(List<Child> workers) throws InterruptedException {
        Child worker = workers.get(0);
        worker.tell("BEGIN");
        for (int i = 0; i < 3; i++) {
            worker.await("BEGUN", LIMIT);
        }
        workers.subList(1, workers.size()).forEach(other -> other.tell("BEGIN"));
        worker.kill();
        System.out.printf("killed %s (pid %d) with SIGKILL%n", worker.name(), worker.pid());
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
