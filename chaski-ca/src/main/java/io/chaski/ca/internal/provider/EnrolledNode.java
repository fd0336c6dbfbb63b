package io.chaski.ca.internal.provider;

import io.chaski.ca.NodeCredentials;
import io.chaski.ca.NodeEnrolment;
import io.chaski.ca.NodeRenewal;
import io.chaski.core.ConfigurationException;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.DenyFile;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.IdentityProvider;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.RenewalAlarm;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.TrustMode;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that runs with an identity from its data directory: certificates, revocations and denials reach it from there. */
final class EnrolledNode implements IdentityProvider.Enrolled {

    private static final Logger LOG = LoggerFactory.getLogger(EnrolledNode.class);

    private final NodeEnrolment enrolment;
    private final NodeCredentials first;
    private final DenyFile deny;
    private final DenyList denied;
    private @Nullable NodeRenewal renewal; // until the node has started

    EnrolledNode(NodeEnrolment enrolment, NodeCredentials first, DenyFile deny, DenyList denied) {
        this.enrolment = enrolment;
        this.first = first;
        this.deny = deny;
        this.denied = denied;
    }

    @Override
    public TrustMode.Ca mode() {
        return mode(first, enrolment.storedRevocations(), denied);
    }

    private static TrustMode.Ca mode(
            NodeCredentials credentials, Optional<RevocationList> revocations, DenyList denied) {
        return new TrustMode.Ca(
                new Credentials(credentials.key(), credentials.chain()),
                new Trust(credentials.uri().trustDomain(), Set.of(credentials.root()), revocations, false, denied));
    }

    @Override
    public synchronized void follow(NodeSecurity node, BiConsumer<RenewalAlarm, Instant> alarms) {
        Following following = new Following(node, alarms);
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
        private final BiConsumer<RenewalAlarm, Instant> alarms;

        Following(NodeSecurity node, BiConsumer<RenewalAlarm, Instant> alarms) {
            this.node = node;
            this.alarms = alarms;
        }

        @Override
        public void onRenewed(NodeCredentials credentials) {
            try {
                node.update(new Credentials(credentials.key(), credentials.chain()));
                handOver();
            } catch (CertificateRefusedException e) {
                LOG.error("The node does not believe its own new certificate: {}", e.getMessage());
            }
        }

        /** The list that came with the certificate: the neighbours may not have it. */
        private void handOver() {
            try {
                enrolment.signedRevocations().ifPresent(node::update);
            } catch (CertificateRefusedException e) {
                LOG.info("The list that came with the certificate is of no use: {}", e.getMessage());
            }
        }

        @Override
        public void onAlarm(RenewalAlarm alarm, Instant notAfter) {
            alarms.accept(alarm, notAfter);
        }

        @Override
        public void onLook() {
            try {
                deny.readIfChanged().ifPresent(this::deny);
            } catch (ConfigurationException e) {
                LOG.warn("What was denied before stays so: {}", e.getMessage());
            } catch (IOException e) {
                LOG.warn("What was denied before stays so: {}", e.toString());
            }
        }

        private void deny(DenyList list) {
            if (node.mode() instanceof TrustMode.Ca now) {
                Trust trust = now.trust();
                LOG.info(
                        "{} numbers, {} keys and {} identities are denied",
                        list.serials().size(),
                        list.keys().size(),
                        list.uris().size());
                node.update(new Trust(
                        trust.trustDomain(), trust.roots(), trust.revocations(), trust.isListRequired(), list));
            }
        }
    }
}
