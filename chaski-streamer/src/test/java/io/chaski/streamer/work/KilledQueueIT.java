package io.chaski.streamer.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.MemoryDisk;
import io.chaski.streamer.internal.file.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers and submitters that are killed with SIGKILL in the middle of their work. Deep, since each process costs a second or two: the
 * example {@code tasks} kills a worker in each build, and in {@code QueueSimulationTest} submitters die at every point.
 */
@Tag("deep")
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KilledQueueIT {

    private static final int JOBS = 100;
    private static final int MEBIBYTES = 64;

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private final String cluster = UUID.randomUUID().toString();
    private final List<JavaProcess> processes = new ArrayList<>();
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    @AfterEach
    void endAll() throws InterruptedException {
        for (JavaProcess process : processes) {
            process.close();
        }
    }

    private JavaProcess start(String... arguments) throws IOException {
        JavaProcess process = JavaProcess.start(QueueProcess.class, MEBIBYTES, arguments);
        processes.add(process);
        return process;
    }

    private JavaProcess worker(String address, int jobs) throws IOException {
        return start("worker", cluster, address, Integer.toString(jobs));
    }

    private void hearOfSubmitted(JavaProcess submitter) throws InterruptedException {
        while (numbers.size() < JOBS) {
            String[] words = submitter.await("SUBMITTED ").split(" ", -1);
            numbers.put(words[0], Integer.parseInt(words[1]));
        }
    }

    private void awaitResults(JavaProcess submitter, Map<String, Integer> results) throws InterruptedException {
        while (results.size() < JOBS) {
            String[] words = submitter.await("DONE ").split(" ", -1);
            assertThat(results.put(words[0], Integer.parseInt(words[1])))
                    .as("%s is done twice", words[0])
                    .isNull();
        }
        results.forEach((id, result) -> assertThat(result).isEqualTo(2 * numbers.get(id)));
    }

    /** How often each job was begun there. Ends the workers, so that all that they have said has come. */
    private static Map<String, Integer> runsOf(List<JavaProcess> workers) throws InterruptedException {
        Map<String, Integer> runs = new HashMap<>();
        for (JavaProcess worker : workers) {
            worker.close();
            worker.said("BEGUN ").forEach(line -> runs.merge(line.split(" ", -1)[0], 1, Integer::sum));
        }
        return runs;
    }

    @Test
    void one_of_three_workers_is_killed_and_each_of_100_jobs_is_done_once() throws Exception {
        JavaProcess submitter = start("submitter", cluster, folder.toString(), Integer.toString(JOBS));
        String address = submitter.await("ADDRESS ");
        hearOfSubmitted(submitter);
        JavaProcess killed = worker(address, 4);
        List<String> ofKilled = new ArrayList<>();
        for (int i = 0; i < 6; i++) { // while there is no other one who could have done everything meanwhile
            ofKilled.add(killed.await("BEGUN ").split(" ", -1)[0]);
        }
        List<JavaProcess> others = List.of(worker(address, JOBS), worker(address, JOBS));
        for (JavaProcess other : others) {
            other.await("WORKS");
        }

        killed.close();

        Map<String, Integer> results = new HashMap<>();
        awaitResults(submitter, results);
        Map<String, Integer> runs = runsOf(others);
        runs.forEach((id, times) -> assertThat(times).as(id).isEqualTo(1));
        assertThat(runs.keySet())
                .as("what it was in the middle of has run again, and what it had done has not")
                .containsAll(ofKilled.subList(4, 6))
                .doesNotContainAnyElementsOf(ofKilled.subList(0, 4));
        ofKilled.forEach(id -> runs.merge(id, 1, Integer::sum));
        assertThat(runs).containsOnlyKeys(numbers.keySet());
    }

    @Test
    void the_submitter_is_killed_and_results_are_there_by_id_and_the_rest_is_done() throws Exception {
        JavaProcess submitter = start("submitter", cluster, folder.toString(), Integer.toString(JOBS));
        String address = submitter.await("ADDRESS ");
        hearOfSubmitted(submitter);
        JavaProcess worker = worker(address, JOBS);
        Map<String, Integer> before = new HashMap<>();
        while (before.size() < 30) {
            String[] words = submitter.await("DONE ").split(" ", -1);
            before.put(words[0], Integer.parseInt(words[1]));
        }

        submitter.close();
        for (String line : submitter.said("DONE ")) {
            before.put(line.split(" ", -1)[0], Integer.parseInt(line.split(" ", -1)[1]));
        }
        List<String> again =
                new ArrayList<>(List.of("submitter", cluster, folder.toString(), "0", worker.await("ADDRESS ")));
        again.addAll(numbers.keySet());
        JavaProcess restarted = start(again.toArray(String[]::new));
        Map<String, Integer> results = new HashMap<>();
        awaitResults(restarted, results);

        assertThat(results).hasSize(JOBS).containsAllEntriesOf(before);
        Map<String, Integer> runs = runsOf(List.of(worker));
        before.keySet()
                .forEach(id -> assertThat(runs.get(id))
                        .as("%s was acknowledged before the kill", id)
                        .isEqualTo(1));
    }
}
