package io.chaski.ca;

import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.SignedPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node by which an authority takes part in the network of its nodes: what it revokes, its roots, and the policies that it signs
 * are handed to its neighbours within half a second, and they hand it on. It has a certificate of the role {@code ca} that the
 * authority gives it, and keeps it renewed. Thread-safe.
 */
public final class AuthorityNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorityNode.class);

    /** Asking an authority for its list costs nothing while there is no other one. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final CertificateAuthority authority;
    private final OwnCertificate own;
    private final ChaskiNode node;
    private final CountDownLatch closed = new CountDownLatch(1);
    private NodeCredentials shown;
    private byte[] published = {};
    private @Nullable SignedBundle publishedBundle;
    private @Nullable SignedBundle refusedBundle;
    private @Nullable SignedPolicy publishedPolicy;
    private boolean hasFailed;

    private AuthorityNode(CertificateAuthority authority, NodeBuilder builder) {
        this.authority = authority;
        this.own = new OwnCertificate(authority, LeafUsage.BOTH);
        this.shown = own.current();
        this.node = builder.security(new TrustMode.Ca(
                        credentials(shown), Trust.of(authority.options().trustDomain(), Set.copyOf(authority.roots()))))
                .start();
    }

    static AuthorityNode start(CertificateAuthority authority, NodeBuilder builder) {
        AuthorityNode made = new AuthorityNode(authority, builder);
        made.look();
        Thread thread = new Thread(made::run, "chaski-ca-node");
        thread.setDaemon(true);
        thread.start();
        return made;
    }

    private static Credentials credentials(NodeCredentials own) {
        return new Credentials(own.key(), own.chain());
    }

    /** The node, for addresses, events and counters. It is closed with this. */
    public ChaskiNode node() {
        return node;
    }

    private void run() {
        try {
            while (!closed.await(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            LOG.debug("The node of the authority ends with its thread");
        }
    }

    /** A look that fails must not be the last one. */
    synchronized void look() {
        if (closed.getCount() == 0) {
            return;
        }
        try {
            publishBundle(); // own certificate, list and policy may be below another root by now
            renewOwn();
            publishList();
            publishPolicy();
            hasFailed = false;
        } catch (ChaskiException | IllegalStateException e) {
            if (!hasFailed) {
                LOG.error("The authority cannot publish; it tries again every {} ms", LOOK.toMillis(), e);
            }
            hasFailed = true;
        }
    }

    /** A certificate that the node refuses is offered again, with the next look. */
    private void renewOwn() {
        if (own.isDue()) {
            own.renew();
        }
        NodeCredentials present = own.current();
        if (!present.equals(shown)) {
            node.security().update(credentials(present));
            shown = present;
        }
    }

    private void publishList() {
        SignedRevocationList list = authority.signedRevocationList();
        byte[] bytes = list.toBytes();
        if (!Arrays.equals(bytes, published)) {
            node.security().update(list);
            published = bytes;
        }
    }

    /** Who comes later believes a policy while the certificate of its signer lasts: it is signed again in time. */
    private void publishPolicy() {
        Optional<SignedPolicy> policy = authority.presentPolicy();
        if (policy.isPresent() && policy.get() != publishedPolicy) {
            node.access().update(policy.get());
            publishedPolicy = policy.get();
        }
    }

    /** An authority of an old copy knows fewer sets than its node; whom it revokes has to be told all the same. */
    private void publishBundle() {
        SignedBundle bundle = authority.signedBundle();
        if (bundle == publishedBundle) {
            return;
        }
        try {
            node.security().update(bundle);
            publishedBundle = bundle;
        } catch (BundleRefusedException e) {
            if (bundle != refusedBundle) {
                LOG.error("The nodes trust other roots than this authority says: {}", e.getMessage());
            }
            refusedBundle = bundle;
        }
    }

    /** Leaves the network. The authority stays open. */
    @Override
    public void close() {
        synchronized (this) {
            closed.countDown();
        }
        node.close();
    }
}
