package io.chaski.core;

import io.chaski.core.internal.wire.WireLimits;
import io.chaski.core.security.TrustMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that describes a node, checked and complete: what {@link NodeBuilder} builds from what the program, the
 * system properties and the environment variables say. Immutable.
 *
 * @param name label for people, 1 to 128 bytes of UTF-8 without control characters; the short form of the id if empty
 * @param cluster only nodes of one cluster talk; 1 to 128 bytes of UTF-8 without control characters
 * @param id id to use; if empty derived from the identity, read from the data directory, or drawn at random
 * @param dataDirectory folder in which id and epoch survive restarts; without one the node leaves no file
 * @param network where it listens and whom it asks first
 * @param security how it proves who it is, and whom it believes
 * @param access whose rules it follows
 * @param edges how edges are kept
 * @param messages how messages are published
 */
public record NodeOptions(
        Optional<String> name,
        String cluster,
        Optional<NodeId> id,
        Optional<Path> dataDirectory,
        NetworkOptions network,
        TrustMode security,
        AccessOptions access,
        EdgeOptions edges,
        MessageOptions messages) {

    /** Where nodes meet that were not told otherwise. */
    public static final String DEFAULT_CLUSTER = "default";

    /**
     * Checks the labels, and the parts against each other.
     *
     * @throws ConfigurationException if a label is too long or could be mistaken on a terminal, the largest payload does
     *     not fit the largest frame, or the node would listen off loopback with neither an identity nor leave to do
     *     without
     */
    public NodeOptions {
        name.ifPresent(label -> checkLabel("name", label));
        checkLabel("cluster", cluster);
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(dataDirectory, "dataDirectory");
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(security, "security");
        checkExposure(network, security);
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(edges, "edges");
        Objects.requireNonNull(messages, "messages");
        int needed = messages.maxPayload() + MessageOptions.ENVELOPE_BYTES;
        if (needed > edges.maxFrame()) {
            throw new ConfigurationException("maxPayload " + messages.maxPayload() + " needs a maxFrame of " + needed
                    + " bytes or more, on all nodes of the cluster: " + edges.maxFrame());
        }
    }

    private static void checkExposure(NetworkOptions network, TrustMode security) {
        boolean hasIdentity = security instanceof TrustMode.Authenticated;
        if (hasIdentity && network.insecure()) {
            throw new ConfigurationException("insecure() contradicts an identity: leave one of them out");
        }
        for (Address address : network.listen()) {
            if (!hasIdentity && !network.insecure() && !address.isLocal()) {
                throw new ConfigurationException("listening on " + address
                        + " opens this node to the network, in clear text and without knowing who calls; give it an"
                        + " identity with security(), say insecure() if that is meant, or listen on loopback");
            }
        }
    }

    private static void checkLabel(String option, String label) {
        int bytes = label.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > WireLimits.MAX_LABEL_BYTES) {
            throw new ConfigurationException(
                    option + " must have 1 to " + WireLimits.MAX_LABEL_BYTES + " bytes of UTF-8, not " + bytes);
        }
        if (label.codePoints().anyMatch(NodeOptions::isInvisible)) {
            throw new ConfigurationException(option + " contains a control character");
        }
    }

    private static boolean isInvisible(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
