package io.chaski.ca;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.node.Denials;
import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.ConfigurationException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.DenyFile;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
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

    /** In that many looks, two seconds, neighbours have told which list they follow. */
    private static final int LOOKS_WITH_NEIGHBOURS = 4;

    /** After that many, half a minute, nobody is there who could tell: lists are made all the same. */
    private static final int LOOKS_ALONE = 60;

    private final CertificateAuthority authority;
    private final OwnCertificate own;
    private final Denials denials;
    private final ChaskiNode node;
    private final CountDownLatch closed = new CountDownLatch(1);
    private NodeCredentials shown;
    private int looksAlone;
    private int looksWithNeighbours;
    private boolean isListening = true;
    private byte[] published = {};
    private @Nullable SignedBundle publishedBundle;
    private @Nullable SignedPolicy publishedPolicy;

    /** What failed at the last look, and why: told once, as long as the reason stays the same. */
    private final Map<String, String> failing = new HashMap<>();

    private AuthorityNode(CertificateAuthority authority, NodeBuilder builder) {
        this.authority = authority;
        DenyFile deny = authority.denyFile();
        Trust trust = new Trust(
                authority.options().trustDomain(), Set.copyOf(authority.roots()), Optional.empty(), false, read(deny));
        this.denials = new Denials(deny);
        this.own = new OwnCertificate(authority, LeafUsage.BOTH);
        this.shown = own.current();
        this.node =
                builder.security(new TrustMode.Ca(credentials(shown), trust)).start();
    }

    private static DenyList read(DenyFile deny) {
        try {
            return deny.read();
        } catch (ConfigurationException e) {
            throw new AuthorityException(Problem.DAMAGED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new AuthorityException(Problem.FAILED, "the deny file: " + e.getMessage(), e);
        }
    }

    static AuthorityNode start(CertificateAuthority authority, NodeBuilder builder) {
        AuthorityNode made = new AuthorityNode(authority, builder);
        authority.listen();
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

    /** A look that fails must not be the last one, and what fails in it keeps nothing else back, nor hides that it fails too. */
    synchronized void look() {
        if (closed.getCount() == 0) {
            return;
        }
        denials.look(node.security()); // before anything of a thief's outranks what is published
        attempt("set of roots", this::publishBundle); // all others may be below another root by now
        attempt("certificate", this::renewOwn);
        attempt("list that its nodes follow", this::hear);
        attempt("revocation list", this::publishList);
        attempt("policy", this::publishPolicy);
    }

    private void attempt(String what, Runnable step) {
        try {
            step.run();
            failing.remove(what);
        } catch (RuntimeException e) {
            String why = e instanceof ChaskiException known ? known.reason() : String.valueOf(e.getMessage());
            if (!why.equals(failing.put(what, why))) {
                LOG.error(
                        "The nodes do not get the {} of this authority; it tries every {} ms",
                        what,
                        LOOK.toMillis(),
                        e);
            }
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

    /** A list that its nodes follow and this authority does not know is of a state that is lost: what it revokes stays revoked. */
    private void hear() {
        boolean isAdopted = followed().filter(authority::adopt).isPresent();
        if (node.edges().isEmpty()) {
            looksAlone++;
        } else {
            looksWithNeighbours++;
        }
        if (isListening && (isAdopted || looksAlone > LOOKS_ALONE || looksWithNeighbours > LOOKS_WITH_NEIGHBOURS)) {
            isListening = false;
            authority.stopListening();
        }
    }

    /** The node may have it from the disk, or from its neighbours. */
    private Optional<RevocationList> followed() {
        return trust().revocations();
    }

    private Trust trust() {
        return ((TrustMode.Ca) node.security().mode()).trust();
    }

    private void publishList() {
        if (isListening && followed().isPresent()) {
            return; // it says no less than one of the same number
        }
        SignedRevocationList list = authority.signedRevocationList();
        byte[] bytes = list.toBytes();
        if (Arrays.equals(bytes, published)) {
            return;
        }
        if (!node.security().update(list) && !isFollowed(list)) {
            throw new IllegalStateException("revocation list " + list.number()
                    + " is not taken, because the node of this authority knows that number or a higher one, and does not follow"
                    + " it: what is revoked has to be denied on the nodes");
        }
        published = bytes;
    }

    private boolean isFollowed(SignedRevocationList list) {
        return followed().equals(Optional.of(list.verify(trust(), authority.now())));
    }

    /** Who comes later believes a policy while the certificate of its signer lasts: it is signed again in time. */
    private void publishPolicy() {
        Optional<SignedPolicy> policy = authority.presentPolicy();
        if (policy.isPresent() && policy.get() != publishedPolicy) {
            node.access().update(policy.get());
            publishedPolicy = policy.get();
        }
    }

    /** One of an old copy is refused here: the nodes trust other roots than this authority says. */
    private void publishBundle() {
        SignedBundle bundle = authority.signedBundle();
        if (bundle != publishedBundle) {
            node.security().update(bundle);
            publishedBundle = bundle;
        }
    }

    /** Leaves the network. The authority stays open. */
    @Override
    public void close() {
        synchronized (this) {
            closed.countDown();
            authority.stopListening();
        }
        node.close();
    }
}
