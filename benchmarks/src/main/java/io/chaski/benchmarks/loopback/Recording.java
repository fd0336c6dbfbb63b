package io.chaski.benchmarks.loopback;

import java.nio.file.Path;

/**
 * Where the Flight Recorder of a cell's processes writes. Immutable.
 *
 * @param directory that exists
 * @param round counted from 1
 */
record Recording(Path directory, int round) {

    /** With which the JVM of a side records until it ends. */
    String flag(Workload workload, Contestants contestant, String role) {
        String name = String.join("-", workload.label(), contestant.label(), role, Integer.toString(round));
        Path file = directory.resolve(name.replaceAll("[^A-Za-z0-9-]+", "_") + ".jfr");
        return "-XX:StartFlightRecording=settings=profile,filename=" + file;
    }
}
