package io.chaski.testkit.simulation;

import static java.time.Duration.ofSeconds;

import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.testkit.simulation.Mesh.Reception;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Many nodes come in a short time. */
final class JoinRows {

    /** From here on the table asks for the load of the contact; its prototype had one overlay, a node has two. */
    private static final int SMALLEST_STORM = 1_000;

    private static final double CONTACT_FRAMES = 5;
    private static final int CONTACTS = 5;
    private static final int PUBLISHERS = 10;

    private JoinRows() {}

    /** Through a contact with room for all of them; by default it would be full with a thousand. */
    static List<Gate> throughOne(int nodes, long seed) {
        Mesh mesh = new Mesh(seed);
        SimulatedNode contact = mesh.join(SimulatedNodeOptions.builder()
                .settings(Mesh.withRoomFor(ProtocolSettings.DEFAULTS, nodes))
                .build());
        mesh.network.advance(ofSeconds(5));
        ContactLoad load = new ContactLoad(List.of(contact));
        Fullest fullest = new Fullest();
        long pauseNanos = ofSeconds(1).toNanos() / (nodes - 1);
        for (int i = 1; i < nodes; i++) {
            mesh.network.advance(Duration.ofNanos(pauseNanos));
            mesh.join(List.of(contact), false);
            fullest.look(contact);
        }
        double joined = mesh.secondsToOneComponent(ofSeconds(30));
        double left = 5 - joined;
        if (left > 0) {
            mesh.network.advance(Duration.ofNanos((long) (left * 1e9)));
        }
        int joiners = nodes - 1;
        double topicLoad = load.topic() / joiners;
        double controlLoad = load.control() / joiners;
        double allLoad = load.all() / joiners;
        Reception first = mesh.broadcast(mesh.anyUp());
        List<Gate> gates = new ArrayList<>();
        gates.add(Gate.atMost("missed of a message at +5 s", first.missed(), 0));
        gates.add(Gate.reported("LDH", first.lastHop()));
        gates.add(Gate.reported("last s", first.lastSeconds()));
        if (Mesh.isLarge(nodes)) {
            gates.add(Gate.atMost("one component s", joined, 2));
            gates.add(Gate.atMost("contact frames a joiner, topic", topicLoad, CONTACT_FRAMES));
            gates.add(Gate.atMost("contact frames a joiner, control overlay", controlLoad, CONTACT_FRAMES));
        } else {
            gates.add(Gate.reported("one component s", joined));
        }
        gates.add(
                nodes >= SMALLEST_STORM
                        ? Gate.atMost("contact frames a joiner, all", allLoad, CONTACT_FRAMES)
                        : Gate.reported("contact frames a joiner, all", allLoad));
        gates.add(Gate.atMost("fullest table of the contact, of its bound", fullest.share, 1));
        severalPublish(mesh);
        gates.add(mesh.accounts());
        return gates;
    }

    /** One message says little about accounts. */
    private static void severalPublish(Mesh mesh) {
        Published published = new Published();
        for (int i = 0; i < PUBLISHERS; i++) {
            published.publish(mesh, mesh.anyUp());
        }
        mesh.network.advance(Mesh.BETWEEN_BROADCASTS);
    }

    /** How full the fullest table of a node was; the simulator looks at all nodes after each input, or each second. */
    private static final class Fullest implements TableAudience {
        private double share;

        void look(SimulatedNode node) {
            node.protocol().tellTables(this);
            node.protocol().overlays().forEach(overlay -> overlay.tables().accept(this));
        }

        @Override
        public void hear(String name, long size, long most) {
            if (size > 0) { // there may be room for none
                share = Math.max(share, (double) size / most);
            }
        }
    }

    static List<Gate> throughFive(int nodes, long seed) {
        Mesh mesh = new Mesh(seed);
        Duration pause = Duration.ofNanos(ofSeconds(10).toNanos() / nodes);
        joinThroughFive(mesh, CONTACTS, pause);
        ContactLoad load = new ContactLoad(mesh.members);
        int joiners = nodes - CONTACTS;
        joinThroughFive(mesh, joiners, pause);
        mesh.network.advance(ofSeconds(5));
        double topicLoad = load.topic() / joiners;
        double controlLoad = load.control() / joiners;
        double allLoad = load.all() / joiners;
        Reception first = mesh.broadcast(mesh.anyUp());
        severalPublish(mesh);
        return List.of(
                Gate.atMost("missed of a message at +5 s", first.missed(), 0),
                Mesh.isLarge(nodes) ? Gate.atMost("LDH", first.lastHop(), 40) : Gate.reported("LDH", first.lastHop()),
                Gate.reported("last s", first.lastSeconds()),
                Gate.reported("contact frames a joiner, topic", topicLoad),
                Gate.reported("contact frames a joiner, control overlay", controlLoad),
                Gate.reported("contact frames a joiner, all", allLoad),
                mesh.accounts());
    }

    private static void joinThroughFive(Mesh mesh, int nodes, Duration pause) {
        for (int i = 0; i < nodes; i++) {
            mesh.join(mesh.members.subList(0, Math.min(mesh.members.size(), CONTACTS)), false);
            mesh.network.advance(pause);
        }
    }

    /** Frames that contacts have received since there was nobody else, all of them together. */
    private static final class ContactLoad {
        private final List<SimulatedNode> contacts;
        private final double topicBefore;
        private final double controlBefore;
        private final double allBefore;

        ContactLoad(List<SimulatedNode> contacts) {
            this.contacts = List.copyOf(contacts);
            topicBefore = sum(contact -> contact.membershipFramesReceived(Mesh.TOPIC));
            controlBefore = sum(contact -> contact.membershipFramesReceived(HyParView.CONTROL));
            allBefore = sum(JoinRows::overlayFrames);
        }

        double topic() {
            return sum(contact -> contact.membershipFramesReceived(Mesh.TOPIC)) - topicBefore;
        }

        double control() {
            return sum(contact -> contact.membershipFramesReceived(HyParView.CONTROL)) - controlBefore;
        }

        double all() {
            return sum(JoinRows::overlayFrames) - allBefore;
        }

        private double sum(ToLongFunction<SimulatedNode> frames) {
            return contacts.stream().mapToLong(frames).sum();
        }
    }

    /** Frames of membership and discovery that a node has received. */
    private static long overlayFrames(SimulatedNode node) {
        long frames = 0;
        for (int type = FrameType.JOIN; type <= FrameType.REGISTER; type++) {
            frames += node.framesReceived(type);
        }
        return frames;
    }
}
