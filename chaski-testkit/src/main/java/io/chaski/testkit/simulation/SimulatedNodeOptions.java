package io.chaski.testkit.simulation;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.ProtocolSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * How a simulated node is set up. Immutable.
 *
 * @param cluster only nodes of the same cluster talk
 * @param bootstrap addresses it knows from the beginning
 * @param root whether it keeps registrations for others
 * @param relay whether it carries topics it does not subscribe to when asked
 * @param settings settings of its protocol
 */
public record SimulatedNodeOptions(
        String cluster, List<Address> bootstrap, boolean root, boolean relay, ProtocolSettings settings) {

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

        /** The options. */
        public SimulatedNodeOptions build() {
            return new SimulatedNodeOptions(cluster, bootstrap, root, relay, settings);
        }
    }
}
