package io.chaski.ca.internal.provider;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.NodeEnrolment;
import io.chaski.ca.NodeRenewal;
import io.chaski.ca.internal.node.Denials;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.DenyFile;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.IdentityProvider;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.RenewalAlarm;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyFormatException;
import io.chaski.core.security.policy.PolicyRefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that runs with an identity from its data directory: certificates, revocations and denials reach it from there. */
final class EnrolledNode implements IdentityProvider.Enrolled {

    private static final Logger LOG = LoggerFactory.getLogger(EnrolledNode.class);

    private final NodeEnrolment enrolment;
    private final InstantSource clock;
    private final NodeCredentials first;
    private final Denials denials;
    private final DenyList denied;
    private @Nullable NodeRenewal renewal; // until the node has started

    EnrolledNode(NodeEnrolment enrolment, InstantSource clock, NodeCredentials first, DenyFile deny, DenyList denied) {
        this.enrolment = enrolment;
        this.clock = clock;
        this.first = first;
        this.denials = new Denials(deny);
        this.denied = denied;
    }

    @Override
    public TrustMode.Ca mode() {
        return new TrustMode.Ca(credentials(first), trust());
    }

    private Trust trust() {
        return new Trust(
                first.uri().trustDomain(), enrolment.storedRoots(), enrolment.storedRevocations(), false, denied);
    }

    private static Credentials credentials(NodeCredentials stored) {
        return new Credentials(stored.key(), stored.chain());
    }

    @Override
    public Optional<SignedBundle> bundle() {
        return enrolment.signedBundle();
    }

    /** One that is not believed any more the node has stored elsewhere, as of when it was. */
    @Override
    public Optional<Policy> policy() {
        Instant now = clock.instant();
        try {
            return enrolment.signedPolicy().map(signed -> signed.verify(new CertificateVerifier(trust()), now));
        } catch (CertificateRefusedException | PolicyRefusedException | PolicyFormatException e) {
            LOG.info("The policy that came with the certificate is of no use: {}", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public synchronized void follow(NodeSecurity node, NodeAccess access, BiConsumer<RenewalAlarm, Instant> alarms) {
        Following following = new Following(node, access, alarms);
        following.handOver();
        renewal = enrolment.keepRenewed(following);
    }

    @Override
    public synchronized void close() {
        if (renewal != null) {
            renewal.close();
        }
    }

    /** On the thread of the renewal. */
    private final class Following implements NodeRenewal.Listener {
        private final NodeSecurity node;
        private final NodeAccess access;
        private final BiConsumer<RenewalAlarm, Instant> alarms;
        private @Nullable SignedBundle learnt;

        /** What was refused, and why: told once, as long as the reason stays the same. */
        private final Map<String, String> useless = new HashMap<>();

        Following(NodeSecurity node, NodeAccess access, BiConsumer<RenewalAlarm, Instant> alarms) {
            this.node = node;
            this.access = access;
            this.alarms = alarms;
        }

        @Override
        public void onRenewed(NodeCredentials credentials) {
            handOverRoots(); // the certificate may be below a new one
            try {
                node.update(credentials(credentials)); // if the node does not believe it yet, it is offered again
            } finally {
                handOver(); // whom the authority has revoked does not wait for that
            }
        }

        /** What came with the certificate: the neighbours may not have it. */
        private void handOver() {
            handOverRoots(); // perhaps without the root of the one before
            handOver("list", enrolment::signedRevocations, node::update);
            handOver("policy", enrolment::signedPolicy, access::update);
        }

        private void handOverRoots() {
            handOver("set of roots", enrolment::signedBundle, node::update);
        }

        private <T> void handOver(String what, Supplier<Optional<T>> document, Consumer<T> taker) {
            try {
                document.get().ifPresent(taker);
                useless.remove(what);
            } catch (AuthorityException
                    | BundleRefusedException
                    | CertificateRefusedException
                    | PolicyRefusedException
                    | PolicyFormatException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(useless.put(what, why))) {
                    LOG.info("The {} that came with the certificate is of no use: {}", what, why);
                }
            }
        }

        /** The node may have it from a neighbour, and the next certificate be below another root. */
        private void learnRoots() {
            SignedBundle followed = node.bundle().orElse(null);
            if (followed == null || followed == learnt) {
                return;
            }
            try {
                enrolment.learn(followed);
                learnt = followed;
            } catch (AuthorityException e) { // somebody renews by hand, or the disk is full
                LOG.warn("The roots are not stored yet: {}", e.getMessage());
            }
        }

        @Override
        public void onAlarm(RenewalAlarm alarm, Instant notAfter) {
            alarms.accept(alarm, notAfter);
        }

        @Override
        public void onLook() {
            learnRoots();
            denials.look(node);
        }
    }
}
