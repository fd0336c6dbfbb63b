package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import io.chaski.core.Topic;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.TrustMode.Authenticated;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Who this node is and whom it believes, as of now. Thread-safe: one update at a time, read without waiting. */
public final class LiveSecurity implements NodeSecurity {

    /**
     * What holds now.
     *
     * @param mode credentials and trust
     * @param identity who this node is, null without an identity
     * @param generation counts updates
     */
    public record State(TrustMode mode, @Nullable PeerIdentity identity, long generation) {

        /** The mode of a node that has an identity. */
        public Authenticated authenticated() {
            if (mode instanceof Authenticated authenticated) {
                return authenticated;
            }
            throw new IllegalStateException("this node has no identity");
        }
    }

    /** Follows updates. */
    public interface Listener {
        /**
         * Prepares for another state. Called by the thread that updates.
         *
         * @param next what will hold
         * @return what to do when it holds
         * @throws io.chaski.core.ConfigurationException if it cannot be used; the state stays as it is
         */
        Runnable prepare(State next);
    }

    private final InstantSource clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ConcurrentMap<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private volatile State state;

    /** Where signed lists and sets of roots go before they are followed; guarded by this. */
    private TrustKeeper keeper = TrustKeeper.NONE;

    /** The newest list that was signed: no update of the application takes it back. Guarded by this. */
    private Optional<RevocationList> signedList = Optional.empty();

    /** The roots that were signed, in force instead of all others. Guarded by this. */
    private Optional<SignedBundle> bundle = Optional.empty();

    /**
     * The state of a node that starts.
     *
     * @param mode as configured
     * @param clock the wall clock, which certificates are compared with
     * @throws CertificateRefusedException if the node would not believe its own credentials
     */
    public LiveSecurity(TrustMode mode, InstantSource clock) {
        this.clock = clock;
        this.state = new State(mode, mode instanceof Authenticated secured ? self(secured) : null, 0);
    }

    /** What holds now. */
    public State state() {
        return state;
    }

    /** The time that certificates are compared with. */
    public Instant now() {
        return clock.instant();
    }

    /** Whether connections need an identity at both ends. */
    public boolean hasIdentity() {
        return state.identity() != null;
    }

    /**
     * Checks that this node can use a topic.
     *
     * @param topic as the application uses it
     * @throws ConfigurationException if its messages are signed and the node has no identity
     */
    void requireFor(Topic<?> topic) {
        if (topic.signed() && !hasIdentity()) {
            throw new ConfigurationException(
                    "topic " + topic.name()
                            + " is signed, and a node without an identity can neither sign nor check: give it one with security()");
        }
    }

    /**
     * Whether another state differs in whom the node believes alone.
     *
     * @param other of a node with an identity
     */
    public boolean hasSameCredentials(State other) {
        return other.authenticated().credentials().equals(state.authenticated().credentials());
    }

    /**
     * Adds who has to follow updates. Whoever comes later is called later.
     *
     * @param listener told of every update from now on
     */
    public void follow(Listener listener) {
        listeners.add(listener);
    }

    /**
     * Counts somebody who was not let in.
     *
     * @param why name of the problem, one of a few
     */
    public void count(String why) {
        refusals.computeIfAbsent("tls." + why, name -> new LongAdder()).increment();
    }

    /** Who was not let in so far, by reason. */
    Map<String, Long> counters() {
        Map<String, Long> counters = new TreeMap<>();
        refusals.forEach((name, count) -> counters.put(name, count.sum()));
        return counters;
    }

    @Override
    public Optional<PeerIdentity> identity() {
        return Optional.ofNullable(state.identity());
    }

    @Override
    public TrustMode mode() {
        return state.mode();
    }

    @Override
    public synchronized void update(Credentials credentials) {
        Objects.requireNonNull(credentials, "credentials");
        set(state.authenticated().with(credentials));
    }

    @Override
    public synchronized void update(CertificateVerifier.Trust trust) {
        Objects.requireNonNull(trust, "trust");
        if (!(state.mode() instanceof TrustMode.Ca ca)) {
            throw new IllegalStateException("this trust is of another mode than that of the node");
        }
        // Not compared with our own credentials: who is revoked must still learn who else is.
        apply(new State(ca.with(withNewest(trust)), state.identity(), state.generation() + 1));
    }

    @Override
    public synchronized boolean update(SignedRevocationList signed) {
        CertificateVerifier.Trust trust = ca().trust();
        RevocationList list = signed.verify(trust, now());
        if (list.isStale(now())) {
            throw new CertificateRefusedException(
                    CertificateProblem.EXPIRED, "the list after it was due at " + list.nextUpdate());
        }
        Edition edition = TrustDocuments.edition(signed);
        boolean isOld = trust.revocations()
                .filter(known -> known.number() > list.number())
                .isPresent();
        if (isOld || !keeper.isNews(edition)) {
            return false;
        }
        keeper.keep(edition, signed.toBytes(), list.nextUpdate());
        follow(list);
        keeper.onFollowed(edition);
        return true;
    }

    @Override
    public synchronized boolean update(SignedBundle signed) {
        signed.verify(ca().trust(), now());
        bundle.ifPresent(signed::checkFollows);
        long known = keeper.number(TrustKind.BUNDLE);
        if (signed.number() < known) {
            throw new BundleRefusedException(
                    BundleRefusedException.Problem.ROLLBACK, "number " + signed.number() + " after number " + known);
        }
        Edition edition = TrustDocuments.edition(signed);
        if (!keeper.isNews(edition)) {
            return false;
        }
        checkStaysIn(signed);
        keeper.keep(edition, signed.toBytes(), TrustDocuments.end(signed));
        follow(signed);
        keeper.onFollowed(edition);
        return true;
    }

    private void checkStaysIn(SignedBundle signed) {
        signed.checkVouchesFor(state.authenticated().credentials().chain(), now());
    }

    @Override
    public synchronized Optional<SignedBundle> bundle() {
        return bundle;
    }

    /** Has signed documents kept from now on. */
    synchronized void keepWith(TrustKeeper keeping) {
        keeper = keeping;
    }

    /**
     * Follows a list again that was followed before a restart, however old it is.
     *
     * @param signed as it was stored
     * @param believedAt when it was believed: the certificate of its signer may have ended since
     * @throws CertificateRefusedException if its signer is of a root that is not trusted any more, or is denied now
     */
    synchronized RevocationList restore(SignedRevocationList signed, Instant believedAt) {
        RevocationList list = signed.verify(ca().trust(), believedAt);
        follow(list);
        return list;
    }

    /**
     * Follows a set of roots again that was followed before a restart, instead of those that are configured.
     *
     * @param signed as it was stored
     * @throws BundleRefusedException if it is damaged, for another domain than the configured one, or leaves out the root of the
     *     node's own certificate
     */
    synchronized void restore(SignedBundle signed) {
        signed.verifyAgain(ca().trust().trustDomain());
        checkStaysIn(signed);
        follow(signed);
    }

    /** Looks at everybody again who is there: time has passed, and it matters. */
    synchronized void reconsider() {
        apply(new State(state.mode(), state.identity(), state.generation() + 1));
    }

    private void follow(RevocationList list) {
        signedList = newest(signedList, Optional.of(list));
        followNewest();
    }

    private void follow(SignedBundle signed) {
        bundle = Optional.of(signed);
        followNewest();
    }

    private void followNewest() {
        CertificateVerifier.Trust present = ca().trust();
        CertificateVerifier.Trust next = withNewest(present);
        if (!next.equals(present)) {
            apply(new State(ca().with(next), state.identity(), state.generation() + 1));
        }
    }

    private CertificateVerifier.Trust withNewest(CertificateVerifier.Trust trust) {
        return new CertificateVerifier.Trust(
                trust.trustDomain(),
                bundle.map(SignedBundle::roots).orElse(trust.roots()),
                newest(trust.revocations(), signedList),
                trust.isListRequired(),
                trust.denied());
    }

    private static Optional<RevocationList> newest(Optional<RevocationList> one, Optional<RevocationList> other) {
        boolean isOtherNewer = other.isPresent()
                && one.map(list -> list.number() < other.get().number()).orElse(true);
        return isOtherNewer ? other : one;
    }

    private TrustMode.Ca ca() {
        if (state.mode() instanceof TrustMode.Ca ca) {
            return ca;
        }
        throw new IllegalStateException("this node trusts no authority of ours, whose lists are signed");
    }

    @Override
    public synchronized void update(Authenticated mode) {
        if (!state.authenticated().getClass().equals(mode.getClass())) {
            throw new IllegalArgumentException("a running node does not change its mode");
        }
        set(mode instanceof TrustMode.Ca ca ? ca.with(withNewest(ca.trust())) : mode);
    }

    private void set(Authenticated mode) {
        PeerIdentity present = state.identity();
        PeerIdentity next = self(mode);
        if (present == null || !present.nodeId().equals(next.nodeId())) {
            throw new IllegalArgumentException("the credentials are those of another node");
        }
        apply(new State(mode, next, state.generation() + 1));
    }

    private void apply(State next) {
        List<Runnable> effects =
                listeners.stream().map(listener -> listener.prepare(next)).toList();
        state = next;
        effects.forEach(Runnable::run);
    }

    /** A node both accepts and dials. One that insists on a current list may start without: then it can get one. */
    private PeerIdentity self(Authenticated mode) {
        Authenticated judge =
                mode instanceof TrustMode.Ca ca ? ca.with(ca.trust().withoutRequiringList()) : mode;
        List<X509Certificate> chain = mode.credentials().chain();
        Instant now = clock.instant();
        judge.verify(chain, Side.SERVER, now);
        return judge.verify(chain, Side.CLIENT, now);
    }
}
