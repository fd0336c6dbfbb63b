package io.chaski.core.security;

import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Where nodes get identities from that are given by token: found by {@link java.util.ServiceLoader}, so that this module
 * needs to know nothing of authorities. {@code chaski-ca} has one. Thread-safe.
 */
public interface IdentityProvider {

    /** Long enough for an authority that restarts, short enough to see that it does not. */
    Duration DEFAULT_LIMIT = Duration.ofSeconds(30);

    /**
     * Gives a node the identity that a token is for, or the one that it has from before. Called before anything of the node
     * is opened; the caller waits.
     *
     * @param directory the data directory of the node, which may not be there yet
     * @param token as the authority has made it
     * @param limit how long to ask again while no authority answers, 0 or more
     * @param clock says what has begun and ended, and when the next certificate is due
     * @return what the node is from now on; closed with the node
     * @throws io.chaski.core.ChaskiException if there is no identity, and why
     */
    Enrolled enroll(Path directory, String token, Duration limit, InstantSource clock);

    /** The identity of one node, while it runs. Thread-safe. */
    interface Enrolled extends AutoCloseable {

        /** What the node starts with. */
        TrustMode.Ca mode();

        /**
         * The set of roots that has come with the certificate, or that the node has followed with it. The node starts with it, unless it
         * has followed a later one.
         *
         * @return whole, for the trust domain of the mode, and signed by nobody whom it denies; empty if none is known
         */
        Optional<SignedBundle> bundle();

        /** The policy of the authority that the node starts with, unless its program gives it one; empty if none is known. */
        Optional<Policy> policy();

        /**
         * Keeps a node that has started in certificates, and hands it what the authority has signed.
         *
         * @param node is told of each new state
         * @param access is told of policies
         * @param alarms hears what somebody should know, and when the certificate ends; must not wait
         */
        void follow(NodeSecurity node, NodeAccess access, BiConsumer<RenewalAlarm, Instant> alarms);

        /** The node closes. Does not wait. */
        @Override
        void close();
    }
}
