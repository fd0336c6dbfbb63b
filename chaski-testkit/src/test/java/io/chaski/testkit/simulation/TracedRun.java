package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

/** A short simulation with some of everything that chance decides, and its trace hash. */
final class TracedRun {

    private TracedRun() {}

    static long of(long seed) {
        Mesh mesh = Mesh.settled(20, seed);
        mesh.network.link(mesh.members.get(1), mesh.members.get(2)).drop(0.1).spikes(0.1, ofMillis(300));
        mesh.broadcast(mesh.anyUp());
        mesh.anyUp().crash();
        mesh.network.advance(ofSeconds(5));
        return mesh.network.traceHash();
    }

    /** Prints the version of Java and the hash for the seed that is the argument. */
    public static void main(String[] arguments) {
        System.out.println(Runtime.version().feature() + " " + Long.toHexString(of(Long.parseLong(arguments[0]))));
    }
}
