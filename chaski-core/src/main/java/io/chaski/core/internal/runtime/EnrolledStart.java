package io.chaski.core.internal.runtime;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ConfigurationException;
import io.chaski.core.Environment;
import io.chaski.core.security.IdentityProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ServiceLoader;
import java.util.function.Function;

/** The start of a node whose identity comes from an authority: first the identity, then anything that others can see. */
public final class EnrolledStart {

    private EnrolledStart() {}

    /**
     * Starts a node.
     *
     * @param directory its data directory
     * @param token of the authority
     * @param limit how long to ask again while no authority answers
     * @param world whose clock says what has ended
     * @param start starts it with what the authority has given
     * @throws ConfigurationException if no module on the path knows authorities
     * @throws io.chaski.core.ChaskiException if the authority gives nothing, or the node does not start
     */
    public static ChaskiNode start(
            Path directory,
            String token,
            Duration limit,
            Environment world,
            Function<IdentityProvider.Enrolled, ChaskiNode> start) {
        IdentityProvider.Enrolled identity =
                provider().enroll(directory, token, limit, () -> Instant.ofEpochMilli(world.currentTimeMillis()));
        boolean isStarted = false;
        try {
            ChaskiNode node = start.apply(identity);
            keep(identity, node);
            isStarted = true;
            return node;
        } finally {
            if (!isStarted) {
                identity.close();
            }
        }
    }

    /** Nobody else can close a node that its program does not get. */
    private static void keep(IdentityProvider.Enrolled identity, ChaskiNode node) {
        boolean isKept = false;
        try {
            ((RunningNode) node).keep(identity);
            isKept = true;
        } finally {
            if (!isKept) {
                node.close();
            }
        }
    }

    private static IdentityProvider provider() {
        return ServiceLoader.load(IdentityProvider.class, IdentityProvider.class.getClassLoader())
                .findFirst()
                .or(() -> ServiceLoader.load(IdentityProvider.class).findFirst())
                .orElseThrow(
                        () -> new ConfigurationException(
                                "enroll() needs io.chaski:chaski-ca on the class path or the module path, and it is not there"));
    }
}
