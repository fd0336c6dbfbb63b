package io.chaski.testkit.simulation;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a simulated node is set up. Immutable.
 *
 * @param cluster only nodes of the same cluster talk
 * @param bootstrap addresses it knows from the beginning
 * @param root whether it keeps registrations for others
 * @param relay whether it carries topics it does not subscribe to when asked
 * @param settings settings of its protocol
 * @param keys with which it signs, and whom it believes; empty if it has no identity
 * @param forger sends something else than the node does, in its place
 */
public record SimulatedNodeOptions(
        String cluster,
        List<Address> bootstrap,
        boolean root,
        boolean relay,
        ProtocolSettings settings,
        Optional<SimulatedKeys> keys,
        Optional<Forger> forger) {

    /** Lies in the name of a node: what it sends of topics goes through here. */
    @FunctionalInterface
    public interface Forger {
        /**
         * The node sends a message.
         *
         * @param line where to; whatever is sent there goes to the neighbour
         * @param data what an honest node sends
         */
        void send(Line line, Data data);
    }

    /** A connection to a neighbour. */
    public interface Line {
        /**
         * Sends a frame.
         *
         * @param frame any frame
         */
        void send(Frame frame);

        /**
         * Sends a message.
         *
         * @param data the message
         */
        void send(Data data);
    }

    /**
     * A message as it travels.
     *
     * @param source alias of its source
     * @param seq its number
     * @param hop edges crossed
     * @param hopLimit largest hop
     * @param flags as the publisher set them
     * @param body proof and content
     */
    public record Data(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {}

    /** Copies the list. */
    public SimulatedNodeOptions {
        bootstrap = List.copyOf(bootstrap);
    }

    /** An ordinary node that knows nobody. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; each method sets one and returns the builder. */
    public static final class Builder {
        private String cluster = "simulated";
        private final List<Address> bootstrap = new ArrayList<>();
        private boolean root;
        private boolean relay;
        private ProtocolSettings settings = ProtocolSettings.DEFAULTS;
        private Optional<SimulatedKeys> keys = Optional.empty();
        private Optional<Forger> forger = Optional.empty();

        private Builder() {}

        /**
         * Another cluster than that of all others.
         *
         * @param name of the cluster
         */
        public Builder cluster(String name) {
            cluster = name;
            return this;
        }

        /**
         * Nodes it knows the addresses of.
         *
         * @param nodes added to those given before
         */
        public Builder bootstrap(SimulatedNode... nodes) {
            return bootstrap(List.of(nodes));
        }

        /**
         * Nodes it knows the addresses of.
         *
         * @param nodes added to those given before
         */
        public Builder bootstrap(List<SimulatedNode> nodes) {
            for (SimulatedNode node : nodes) {
                bootstrap.add(node.address());
            }
            return this;
        }

        /** Keeps registrations for others. */
        public Builder root() {
            root = true;
            return this;
        }

        /** Carries topics of others. */
        public Builder relay() {
            relay = true;
            return this;
        }

        /** Has only the edges it is told to have. */
        public Builder manualTopology() {
            return settings(new ProtocolSettings(
                    true,
                    settings.edge(),
                    settings.membership(),
                    settings.tree(),
                    settings.discovery(),
                    settings.stream(),
                    settings.memory()));
        }

        /**
         * Other settings than the defaults.
         *
         * @param newSettings settings of the protocol
         */
        public Builder settings(ProtocolSettings newSettings) {
            settings = newSettings;
            return this;
        }

        /**
         * Gives it an identity, so that it signs and checks.
         *
         * @param all keys of all nodes that know each other
         */
        public Builder keys(SimulatedKeys all) {
            keys = Optional.of(all);
            return this;
        }

        /**
         * Makes it a liar.
         *
         * @param liar what it does
         */
        public Builder forger(Forger liar) {
            forger = Optional.of(liar);
            return this;
        }

        /** The options. */
        public SimulatedNodeOptions build() {
            return new SimulatedNodeOptions(cluster, bootstrap, root, relay, settings, keys, forger);
        }
    }
}
