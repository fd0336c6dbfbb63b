package io.chaski.testkit.simulation;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.testkit.internal.virtual.TraceHash;
import java.util.ArrayList;
import java.util.List;

/** Simulations and their trace hashes, for comparing them with those of other processes. */
final class TracedRun {

    private static final int NODES = 10;
    private static final String SIGNED = "orders";
    private static final String RARE = "rare";
    private static final String SLOW = "slow";

    private TracedRun() {}

    /** A short simulation with some of everything that chance, a test or a fault decides. */
    static long of(long seed) {
        Mesh mesh = new Mesh(seed);
        SimulatedKeys keys = new SimulatedKeys(seed);
        for (int i = 0; i < NODES; i++) {
            SimulatedNodeOptions.Builder options = SimulatedNodeOptions.builder()
                    .keys(keys)
                    .bootstrap(mesh.members.subList(0, Math.min(i, Mesh.BOOTSTRAPS)));
            mesh.join((i == 0 ? options.root().relay() : options).build());
            mesh.network.advance(ofMillis(100));
        }
        mesh.network.advance(ofSeconds(20));
        messages(mesh);
        faults(mesh);
        mesh.network.advance(ofSeconds(20));
        return mesh.network.traceHash();
    }

    /** Lost, doubled and late ones, signed ones, some that publishers wait with, and a topic that is looked for. */
    private static void messages(Mesh mesh) {
        List<SimulatedNode> nodes = mesh.members;
        mesh.network
                .link(nodes.get(1), nodes.get(2))
                .drop(0.1)
                .duplicate(0.1)
                .spikes(0.1, ofMillis(300))
                .reorderDatagrams(ofMillis(50));
        mesh.broadcast(mesh.anyUp());
        nodes.subList(2, 6).forEach(node -> node.subscribeSigned(SIGNED));
        nodes.get(6).subscribe(RARE);
        nodes.get(7).subscribeWaiting(SLOW, 4_096).take(2_000);
        nodes.get(8).subscribe(SLOW);
        nodes.get(9).subscribeDropping(SLOW, 512).take(500);
        mesh.network.advance(ofSeconds(3));
        mesh.network.bandwidth(100_000);
        nodes.get(2).publishSigned(SIGNED, "one");
        nodes.get(8).publishWaiting(SLOW, 100, 100);
        SimulatedNode seeker = mesh.network.node(
                "seeker", SimulatedNodeOptions.builder().bootstrap(nodes.get(0)).build());
        seeker.subscribe(RARE);
        nodes.get(1)
                .command(protocol -> protocol.sendDatagram(
                        nodes.get(2).id(),
                        ArrayPayload.owning(new byte[100]),
                        nodes.get(1).machine().nanoTime()));
        mesh.network.advance(ofSeconds(5));
    }

    private static void faults(Mesh mesh) {
        List<SimulatedNode> nodes = mesh.members;
        mesh.network.partition(nodes.subList(0, 5), nodes.subList(5, NODES));
        nodes.get(1).publish(Mesh.TOPIC, "on one side");
        nodes.get(7).publish(Mesh.TOPIC, "on the other");
        mesh.network.advance(ofSeconds(12));
        mesh.network.heal();
        nodes.get(3).pause(ofSeconds(10));
        nodes.get(4).jumpClock(ofHours(1));
        nodes.get(5).crash();
        nodes.get(6).crashSilently();
        mesh.network.advance(ofSeconds(12));
        nodes.get(5).restart();
        nodes.get(5).subscribe(Mesh.TOPIC);
        nodes.get(6).restartBehind(ofHours(1));
        nodes.get(6).subscribe(Mesh.TOPIC);
        mesh.network.reset(nodes.get(0), nodes.get(1));
        mesh.network.killSilently(nodes.get(2), nodes.get(3));
        mesh.network.halfOpen(nodes.get(7), nodes.get(8));
        nodes.get(9).leave();
        mesh.network.advance(ofSeconds(5));
        mesh.broadcast(mesh.anyUp());
    }

    /** A line with the hash and all measurements of each row, those of the census among them. */
    static List<String> rows(int nodes, long seed, List<Scenario> rows) {
        List<String> lines = new ArrayList<>();
        for (Scenario row : rows) {
            List<SimulatedNetwork> made = new ArrayList<>();
            Outcome outcome = SimulatedNetwork.watched(made::add, () -> row.measure(nodes, seed));
            lines.add(row + " " + Long.toHexString(hash(made)) + " " + outcome.gates() + " " + outcome.census());
        }
        return lines;
    }

    private static long hash(List<SimulatedNetwork> networks) {
        if (networks.isEmpty()) {
            throw new IllegalStateException("nothing was traced");
        }
        TraceHash hash = new TraceHash();
        networks.forEach(network -> hash.mix(network.now().toNanos(), network.traceHash()));
        return hash.value();
    }

    /**
     * Prints the version of Java; then the hash of {@link #of}, or a line for each row that is named.
     *
     * @param arguments the seed; then nothing, or the number of nodes and names of rows
     */
    public static void main(String[] arguments) {
        System.out.println(Runtime.version().feature());
        long seed = Long.parseLong(arguments[0]);
        if (arguments.length == 1) {
            System.out.println(Long.toHexString(of(seed)));
        } else {
            List<Scenario> rows = new ArrayList<>();
            for (int i = 2; i < arguments.length; i++) {
                rows.add(Scenario.valueOf(arguments[i]));
            }
            rows(Integer.parseInt(arguments[1]), seed, rows).forEach(System.out::println);
        }
    }
}
