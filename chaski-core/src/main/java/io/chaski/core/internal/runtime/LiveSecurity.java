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

    /** Guarded by this. */
    private Followed followed;

    /**
     * What was signed and is followed: no update of the application takes it back.
     *
     * @param bundle the roots in force instead of all others
     * @param list the newest list
     */
    private record Followed(Optional<SignedBundle> bundle, Optional<RevocationList> list) {

        Followed with(SignedBundle next) {
            return new Followed(Optional.of(next), list);
        }

        Followed with(RevocationList next) {
            return new Followed(bundle, newest(list, Optional.of(next)));
        }

        CertificateVerifier.Trust in(CertificateVerifier.Trust trust) {
            return new CertificateVerifier.Trust(
                    trust.trustDomain(),
                    bundle.map(SignedBundle::roots).orElse(trust.roots()),
                    newest(trust.revocations(), list),
                    trust.isListRequired(),
                    trust.denied());
        }

        private static Optional<RevocationList> newest(Optional<RevocationList> one, Optional<RevocationList> other) {
            boolean isOtherNewer = other.isPresent()
                    && one.map(list -> list.number() < other.get().number()).orElse(true);
            return isOtherNewer ? other : one;
        }
    }

    /**
     * The state of a node that starts.
     *
     * @param mode as configured
     * @param bundle the set of roots that it followed before, or a later one that has come with its certificate, whole and for its
     *     domain. It is in force instead of the configured roots also if it has none of the node's own certificate: what it has
     *     dropped does not come back
     * @param clock the wall clock, which certificates are compared with
     * @throws CertificateRefusedException if the node would believe its own credentials neither by that set nor as configured
     */
    public LiveSecurity(TrustMode mode, Optional<SignedBundle> bundle, InstantSource clock) {
        this.clock = clock;
        this.followed = new Followed(bundle, Optional.empty());
        TrustMode starting = mode instanceof TrustMode.Ca ca ? ca.with(followed.in(ca.trust())) : mode;
        PeerIdentity self = null;
        if (mode instanceof Authenticated configured && starting instanceof Authenticated judge) {
            boolean isLeftOut = bundle.filter(set -> isLeftOut(set, configured.credentials(), clock.instant()))
                    .isPresent();
            self = self(isLeftOut ? configured : judge);
        }
        this.state = new State(starting, self, 0);
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
        if (!trust.trustDomain().equals(ca.trust().trustDomain())) {
            throw new IllegalArgumentException("a node of " + ca.trust().trustDomain() + " cannot go on in "
                    + trust.trustDomain() + ": its identity is of the former");
        }
        // Not compared with our own credentials: who is revoked must still learn who else is.
        apply(ca.with(followed.in(trust)));
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
        follow(followed.with(list), () -> keeper.keep(edition, signed.toBytes(), list.nextUpdate()));
        keeper.onFollowed(edition);
        return true;
    }

    @Override
    public synchronized boolean update(SignedBundle signed) {
        signed.verify(ca().trust(), now());
        followed.bundle().ifPresent(signed::checkFollows);
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
        follow(followed.with(signed), () -> keeper.keep(edition, signed.toBytes(), TrustDocuments.end(signed)));
        keeper.onFollowed(edition);
        return true;
    }

    private void checkStaysIn(SignedBundle signed) {
        signed.checkVouchesFor(state.authenticated().credentials().chain(), now());
    }

    @Override
    public synchronized Optional<SignedBundle> bundle() {
        return followed.bundle();
    }

    /** Whether the set of roots that is followed has none of this node's own certificate, so that nobody who follows it believes it. */
    synchronized boolean isLeftOut() {
        return state.mode() instanceof Authenticated secured
                && followed.bundle()
                        .filter(set -> isLeftOut(set, secured.credentials(), now()))
                        .isPresent();
    }

    static boolean isLeftOut(SignedBundle bundle, Credentials own, Instant now) {
        try {
            bundle.checkVouchesFor(own.chain(), now);
            return false;
        } catch (BundleRefusedException e) {
            return true;
        }
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
        follow(followed.with(list), () -> {});
        return list;
    }

    /** Looks at everybody again who is there: time has passed, and it matters. */
    synchronized void reconsider() {
        apply(state.mode());
    }

    private void follow(Followed next, Runnable keeping) {
        CertificateVerifier.Trust present = ca().trust();
        CertificateVerifier.Trust trust = next.in(present);
        Runnable change = trust.equals(present) ? () -> {} : prepare(ca().with(trust), state.identity());
        keeping.run();
        followed = next;
        change.run();
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
        set(mode instanceof TrustMode.Ca ca ? ca.with(followed.in(ca.trust())) : mode);
    }

    private void set(Authenticated mode) {
        PeerIdentity present = state.identity();
        PeerIdentity next = self(mode);
        if (present == null || !present.nodeId().equals(next.nodeId())) {
            throw new IllegalArgumentException("the credentials are those of another node");
        }
        prepare(mode, next).run();
    }

    private void apply(TrustMode mode) {
        prepare(mode, state.identity()).run();
    }

    /** When this returns, nothing is left that could fail. */
    private Runnable prepare(TrustMode mode, @Nullable PeerIdentity identity) {
        State next = new State(mode, identity, state.generation() + 1);
        List<Runnable> effects =
                listeners.stream().map(listener -> listener.prepare(next)).toList();
        return () -> {
            state = next;
            effects.forEach(Runnable::run);
        };
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
