package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.TrustDocument;
import io.chaski.core.internal.protocol.trust.TrustExchange;
import io.chaski.core.internal.protocol.trust.TrustExchange.Verdict;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.BundleRefusedException.Problem;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyFormatException;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What this node has that its authority has signed: kept on disk if it has a data directory, checked on threads of its own
 * when it comes from neighbours, handed on by the protocol. What is done with it is up to {@link LiveSecurity} and {@link
 * LiveAccess}, whoever brings it. Thread-safe.
 */
final class TrustDocuments implements TrustKeeper, TrustExchange.Checker {

    private static final Logger LOG = LoggerFactory.getLogger(TrustDocuments.class);

    /** How often it is looked whether the next list is overdue, and whether the disk takes what it has refused. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Duration LONGEST = Duration.ofDays(36_525);

    private final String nodeName;
    private final LiveSecurity security;
    private final LiveAccess access;
    private final EventBus events;
    private final Executor worker;
    private final LogLimiter log;
    private final @Nullable TrustStore store;
    private final Map<TrustKind, Kept> kept = new EnumMap<>(TrustKind.class);
    private @Nullable NodeLoop loop;

    /** What is followed and not on the disk yet. Changed by one at a time, and looked at by the loop, which does not wait. */
    private final ConcurrentMap<TrustKind, TrustStore.Stored> unstored = new ConcurrentHashMap<>();

    /** Number of the list that was told to be overdue; touched on the loop only. */
    private long toldOverdue = -1;

    /** Highest number of a set of roots that was told to leave this node out; guarded by this. */
    private long toldDropped;

    /**
     * A document, or only the number below which nothing is taken.
     *
     * @param edition which
     * @param document empty if only the number is known
     * @param end when others cease to have a use for it
     */
    private record Kept(Edition edition, ArrayPayload document, Instant end) {}

    /**
     * Nothing yet; see {@link #restore}.
     *
     * @param nodeName label, for the log
     * @param security follows revocation lists and sets of roots
     * @param access follows policies
     * @param events hears what was taken
     * @param worker checks; closed with the node
     * @param log for what neighbours can provoke
     * @param store null without a data directory: then all is forgotten with the process
     */
    TrustDocuments(
            String nodeName,
            LiveSecurity security,
            LiveAccess access,
            EventBus events,
            Executor worker,
            LogLimiter log,
            @Nullable TrustStore store) {
        this.nodeName = nodeName;
        this.security = security;
        this.access = access;
        this.events = events;
        this.worker = worker;
        this.log = log;
        this.store = store;
    }

    // ---- start

    /**
     * Takes up what was stored, and what the application has configured. Before anybody is let in.
     *
     * @throws io.chaski.core.ConfigurationException if a document is damaged
     */
    void restore() {
        security.bundle().ifPresent(this::keepBundle);
        if (store != null) {
            restoreList(store);
            restorePolicy(store);
        }
        configuredNumber().ifPresent(number -> raise(TrustKind.REVOCATIONS, number - 1)); // it may come signed
        access.configuredVersion().ifPresent(version -> raise(TrustKind.POLICY, version));
        security.keepWith(this);
        access.keepWith(this);
    }

    private Optional<Long> configuredNumber() {
        return security.mode() instanceof TrustMode.Ca ca
                ? ca.trust().revocations().map(list -> list.number())
                : Optional.empty();
    }

    /**
     * The set of roots that a node starts with: the one that it followed before a restart, or a later one that has come with its
     * certificate. Needed before anything else of the node is there: whether it believes its own certificate may depend on it.
     *
     * @param store of the node, null without a data directory
     * @param mode as configured
     * @param brought with the certificate. Nobody has followed it here, so it counts only if it does not leave this node out
     * @param now the time
     * @return empty if there is none
     * @throws io.chaski.core.ConfigurationException if the stored one is damaged
     */
    static Optional<SignedBundle> firstBundle(
            @Nullable TrustStore store, TrustMode.Ca mode, Optional<SignedBundle> brought, Instant now) {
        Optional<SignedBundle> followed = store == null ? Optional.empty() : followedBundle(store, mode.trust());
        long known = followed.map(SignedBundle::number).orElse(0L);
        return brought.filter(set -> set.number() > known)
                .filter(set -> !LiveSecurity.isLeftOut(set, mode.credentials(), now))
                .or(() -> followed);
    }

    /** Empty also if who has signed it is denied by now: then its number does not count either. */
    private static Optional<SignedBundle> followedBundle(TrustStore store, CertificateVerifier.Trust trust) {
        Optional<TrustStore.Stored> stored = store.found(TrustKind.BUNDLE);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try {
            SignedBundle signed = SignedBundle.read(stored.get().document().toByteArray());
            signed.verifyAgain(trust);
            return Optional.of(signed);
        } catch (BundleRefusedException e) {
            throw store.damaged(TrustKind.BUNDLE, e);
        } catch (CertificateRefusedException e) {
            LOG.warn("the stored set of roots is not followed any more: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private void keepBundle(SignedBundle signed) {
        Edition edition = edition(signed);
        byte[] document = signed.toBytes();
        if (isStored(document)) {
            put(new Kept(edition, ArrayPayload.owning(document), end(signed)));
        } else {
            LOG.info("node {} follows the roots {}, which have come with its certificate", nodeName, signed.number());
            keep(edition, document, end(signed));
        }
        if (security.isLeftOut()) {
            tellDropped(signed.number());
        }
    }

    private boolean isStored(byte[] bundle) {
        return store != null
                && store.found(TrustKind.BUNDLE)
                        .filter(known -> Arrays.equals(known.document().toByteArray(), bundle))
                        .isPresent();
    }

    /** Somebody has to look after the certificate of this node. */
    private void tellDropped(long number) {
        synchronized (this) {
            if (number <= toldDropped) {
                return;
            }
            toldDropped = number;
        }
        events.emit(new NodeEvent.OwnRootDropped(number));
    }

    private void restoreList(TrustStore from) {
        Optional<TrustStore.Stored> stored = from.found(TrustKind.REVOCATIONS);
        if (stored.isEmpty()) {
            return;
        }
        ArrayPayload document = stored.get().document();
        Edition edition;
        SignedRevocationList signed;
        try {
            signed = SignedRevocationList.read(document.toByteArray());
            edition = edition(signed);
        } catch (CertificateRefusedException e) {
            throw from.damaged(TrustKind.REVOCATIONS, e);
        }
        Instant end = Instant.MIN;
        try {
            end = security.restore(signed, stored.get().believedAt()).nextUpdate();
        } catch (CertificateRefusedException e) {
            LOG.warn("the stored revocation list is not believed any more: {}", e.getMessage());
            if (isOfThief(e)) {
                return;
            }
        }
        put(new Kept(edition, document, end));
    }

    private void restorePolicy(TrustStore from) {
        Optional<TrustStore.Stored> stored = from.found(TrustKind.POLICY);
        if (stored.isEmpty()) {
            return;
        }
        ArrayPayload document = stored.get().document();
        SignedPolicy signed;
        Policy policy;
        try {
            signed = SignedPolicy.read(document.toByteArray());
            policy = signed.policy();
        } catch (CertificateRefusedException | PolicyRefusedException | PolicyFormatException e) {
            throw from.damaged(TrustKind.POLICY, e);
        }
        Instant end = Instant.MIN;
        try {
            access.restore(signed, stored.get().believedAt());
            end = end(signed, policy);
        } catch (PolicyRefusedException e) {
            throw from.damaged(TrustKind.POLICY, e);
        } catch (CertificateRefusedException e) {
            LOG.warn("the stored policy is not believed any more: {}", e.getMessage());
            if (isOfThief(e)) {
                return;
            }
        }
        put(new Kept(edition(signed, policy), document, end));
    }

    /** Whoever had the key has chosen the number as well, which is to keep nothing out. */
    private static boolean isOfThief(CertificateRefusedException refused) {
        return refused.problem() == CertificateProblem.REVOKED;
    }

    /**
     * Hands on what there is, and takes what neighbours have.
     *
     * @param running of the node that has started
     */
    void start(NodeLoop running) {
        synchronized (this) {
            loop = running;
            kept.values().forEach(this::tell);
        }
        running.execute((protocol, nowNanos) -> look(running));
    }

    /** The kinds that a node of this mode takes. */
    void serve(TrustExchange exchange) {
        exchange.serve(EnumSet.allOf(TrustKind.class), this);
    }

    // ---- keeping

    @Override
    public synchronized long number(TrustKind kind) {
        Kept known = kept.get(kind);
        return known == null ? -1 : known.edition.number();
    }

    @Override
    public synchronized boolean isNews(Edition edition) {
        Kept known = kept.get(kind(edition));
        return known == null || edition.isLaterThan(known.edition);
    }

    @Override
    public synchronized void raise(TrustKind kind, long number) {
        Kept floor = new Kept(
                new Edition(kind.code(), Math.max(0, number), 0), ArrayPayload.owning(new byte[0]), Instant.MIN);
        if (isNews(floor.edition)) {
            put(floor);
        }
    }

    @Override
    public synchronized void keep(Edition edition, byte[] document, Instant end) {
        if (!isNews(edition)) {
            return;
        }
        TrustKind kind = kind(edition);
        ArrayPayload content = ArrayPayload.owning(document);
        if (store != null) {
            unstored.put(kind, new TrustStore.Stored(content, security.now()));
            storeAll(store);
        }
        put(new Kept(edition, content, end));
    }

    /** Also what could not be stored before: the disk may have room again. */
    private synchronized void storeAll(TrustStore to) {
        unstored.forEach((kind, believed) -> {
            try {
                to.write(kind, believed, roots(kind, believed));
                unstored.remove(kind);
            } catch (IOException e) {
                // Not following it because of this would let in who was revoked.
                log.write(LOG, Level.ERROR, "trust-store", kind.name(), "what is followed now is not stored yet", e);
            }
        });
    }

    /** By which it is believed, or others will be from now on. */
    private Set<X509Certificate> roots(TrustKind kind, TrustStore.Stored believed) {
        Set<X509Certificate> roots = new LinkedHashSet<>();
        if (security.mode() instanceof TrustMode.Ca ca) {
            roots.addAll(ca.trust().roots());
        }
        if (kind == TrustKind.BUNDLE) {
            roots.addAll(SignedBundle.read(believed.document().toByteArray()).roots());
        }
        return roots;
    }

    @Override
    public void onFollowed(Edition edition) {
        TrustDocument what = document(kind(edition));
        LOG.info("node {} follows {} {} from now on", nodeName, what, edition.number());
        events.emit(new NodeEvent.TrustUpdated(what, edition.number()));
    }

    private synchronized void put(Kept next) {
        kept.put(kind(next.edition), next);
        tell(next);
    }

    private void tell(Kept one) {
        NodeLoop running = loop;
        if (running != null) {
            long lifeNanos = lifeNanos(one.end);
            running.execute((protocol, nowNanos) -> protocol.onTrusted(one.edition, one.document, lifeNanos, nowNanos));
        }
    }

    private long lifeNanos(Instant end) {
        Instant now = security.now();
        if (end.isBefore(now)) {
            return 0;
        }
        return end.isAfter(now.plus(LONGEST))
                ? LONGEST.toNanos()
                : Duration.between(now, end).toNanos();
    }

    // ---- checking

    @Override
    public void check(TrustKind kind, Edition claimed, ArrayPayload document) {
        if (!onWorker(() -> answer(kind, verdict(kind, claimed, document)))) {
            answer(kind, Verdict.FAILED);
        }
    }

    /** False if the node is closing. */
    private boolean onWorker(Runnable task) {
        try {
            worker.execute(task);
            return true;
        } catch (RejectedExecutionException closing) {
            return false;
        }
    }

    private Verdict verdict(TrustKind kind, Edition claimed, ArrayPayload document) {
        try {
            return take(kind, document.toByteArray()).equals(claimed) ? Verdict.BELIEVED : Verdict.REFUSED;
        } catch (BundleRefusedException refused) {
            return refused.problem() == Problem.OWN_ROOT ? leftOut(claimed, document) : refused(kind, refused);
        } catch (CertificateRefusedException refused) {
            return isOfUnknownRoot(refused) ? unknown(kind, refused) : refused(kind, refused);
        } catch (PolicyRefusedException | PolicyFormatException refused) {
            return refused(kind, refused);
        } catch (RuntimeException bug) { // whoever is at fault, it is not the neighbour
            log.write(LOG, Level.ERROR, "trust", kind.name(), "a signed document could not be checked", bug);
            return Verdict.FAILED;
        }
    }

    /** The authority has signed it, so who has sent it is not to blame. */
    private Verdict leftOut(Edition claimed, ArrayPayload document) {
        long number = SignedBundle.read(document.toByteArray()).number();
        tellDropped(number);
        return number == claimed.number() ? Verdict.FAILED : Verdict.REFUSED;
    }

    /**
     * The roots were replaced, and this node has missed it: its neighbours cannot know. Whoever has made a document up may say the
     * same, and is asked as seldom.
     */
    private Verdict unknown(TrustKind kind, RuntimeException why) {
        log.write(LOG, Level.WARN, "trust", kind.name(), "a neighbour has " + kind + " below a root unknown here", why);
        return Verdict.FAILED;
    }

    /** Not that a signature is wrong: that no root is there whose it could be. */
    private static boolean isOfUnknownRoot(CertificateRefusedException refused) {
        return refused.getCause() instanceof CertPathValidatorException path
                && path.getReason() == PKIXReason.NO_TRUST_ANCHOR;
    }

    private Verdict refused(TrustKind kind, RuntimeException why) {
        log.write(LOG, Level.WARN, "trust", kind.name(), "a neighbour has sent " + kind + " that is not believed", why);
        return Verdict.REFUSED;
    }

    private Edition take(TrustKind kind, byte[] document) {
        return switch (kind) {
            case REVOCATIONS -> {
                SignedRevocationList signed = SignedRevocationList.read(document);
                security.update(signed);
                yield edition(signed);
            }
            case BUNDLE -> {
                SignedBundle signed = SignedBundle.read(document);
                security.update(signed);
                yield edition(signed);
            }
            case POLICY -> {
                SignedPolicy signed = SignedPolicy.read(document);
                yield edition(signed, access.follow(signed));
            }
        };
    }

    private void answer(TrustKind kind, Verdict verdict) {
        NodeLoop running;
        synchronized (this) {
            running = loop;
        }
        if (running != null) {
            running.execute((protocol, nowNanos) -> protocol.onTrustChecked(kind, verdict, nowNanos));
        }
    }

    // ---- looking after it

    private void look(NodeLoop running) {
        TrustStore to = store;
        if (to != null && !unstored.isEmpty()) {
            onWorker(() -> storeAll(to));
        }
        lookForOverdue();
        running.schedule((protocol, nowNanos) -> look(running), LOOK_NANOS);
    }

    private void lookForOverdue() {
        if (security.mode() instanceof TrustMode.Ca ca) {
            ca.trust()
                    .revocations()
                    .filter(list -> list.isStale(security.now()) && list.number() != toldOverdue)
                    .ifPresent(list -> {
                        toldOverdue = list.number();
                        events.emit(new NodeEvent.RevocationsOverdue(list.nextUpdate()));
                        if (ca.trust().isListRequired()) {
                            onWorker(security::reconsider);
                        }
                    });
        }
    }

    // ---- editions

    static Edition edition(SignedRevocationList signed) {
        return new Edition(TrustKind.REVOCATIONS.code(), signed.number(), 0);
    }

    static Edition edition(SignedBundle signed) {
        return new Edition(TrustKind.BUNDLE.code(), signed.number(), renewal(signed.issuers()));
    }

    static Edition edition(SignedPolicy signed, Policy policy) {
        return new Edition(TrustKind.POLICY.code(), policy.version(), renewal(signed.chain()));
    }

    private static long renewal(List<X509Certificate> signer) {
        return Math.max(0, signer.get(0).getNotAfter().toInstant().getEpochSecond());
    }

    /** Who comes later believes a policy as long as the certificates of its signer, and it is in force. */
    static Instant end(SignedPolicy signed, Policy policy) {
        return Stream.concat(ends(signed.chain()), policy.document().expires().stream())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** The same of a set of roots. */
    static Instant end(SignedBundle signed) {
        return ends(signed.issuers()).min(Instant::compareTo).orElseThrow();
    }

    private static Stream<Instant> ends(List<X509Certificate> signer) {
        return signer.stream().map(certificate -> certificate.getNotAfter().toInstant());
    }

    private static TrustKind kind(Edition edition) {
        TrustKind kind = TrustKind.of(edition.kind());
        if (kind == null) {
            throw new IllegalArgumentException("no kind " + edition.kind());
        }
        return kind;
    }

    private static TrustDocument document(TrustKind kind) {
        return switch (kind) {
            case REVOCATIONS -> TrustDocument.REVOCATIONS;
            case BUNDLE -> TrustDocument.BUNDLE;
            case POLICY -> TrustDocument.POLICY;
        };
    }
}
