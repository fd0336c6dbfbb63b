package io.chaski.core.internal.runtime;

import io.chaski.core.AccessOptions;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.access.KnownIdentities;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.AccessPolicy;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyFormatException;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import io.chaski.core.security.policy.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The rules that hold now, for the application's side of a node. Answers are kept until the rules change; where everybody may do
 * everything, a call costs the reading of a field. Thread-safe.
 */
final class LiveAccess implements NodeAccess {

    private static final Logger LOG = LoggerFactory.getLogger(LiveAccess.class);

    /** Beyond, all are forgotten: whoever asks about ever other objects gets new answers. Some 200 bytes each. */
    private static final int MAX_ANSWERS = 16_384;

    /** How often it is looked whether a policy has expired. */
    private static final long EXPIRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final String nodeName;
    private final NodeId selfId;
    private final Subject self;
    private final LiveSecurity security;
    private final LongSupplier nanoTime;
    private final LongSupplier wallMillis;
    private final LogLimiter log;

    /** Guarded by itself. */
    private final KnownIdentities met = new KnownIdentities();

    private final AtomicBoolean isWatching = new AtomicBoolean();

    /** Held by who brings another policy: signatures and disks take their time, and the loop does not wait for it. */
    private final Object updates = new Object();

    /** What was signed and followed last; guarded by {@link #updates}. */
    private @Nullable SignedPolicy lastSigned;

    /** Version of the policy that the application has given at the start. */
    private final Optional<Long> configuredVersion;

    /** Where signed policies go before they are followed; guarded by {@link #updates}. */
    private TrustKeeper keeper = TrustKeeper.NONE;

    /** For the log. */
    private final String restrictions;

    /** What the node itself restricts, until that expires; guarded by this. */
    private @Nullable Policy own;

    private volatile State state;
    private volatile Consumer<AccessRules> listener = rules -> {};
    private volatile @Nullable NodeLoop loop;

    private record State(AccessRules rules, Optional<Policy> policy, ConcurrentMap<Question, Answer> answers) {
        State(AccessRules rules, Optional<Policy> policy) {
            this(rules, policy, new ConcurrentHashMap<>());
        }
    }

    private record Question(Subject subject, Action action, String object) {}

    private record Answer(Decision decision, long atNanos) {}

    /**
     * The rules of a node that starts.
     *
     * @param nodeName label, for the log
     * @param selfId its id
     * @param security who it is
     * @param options whose rules
     * @param nanoTime the monotonic clock
     * @param wallMillis the clock of the wall
     */
    LiveAccess(
            String nodeName,
            NodeId selfId,
            LiveSecurity security,
            AccessOptions options,
            LongSupplier nanoTime,
            LongSupplier wallMillis) {
        this.nodeName = nodeName;
        this.selfId = selfId;
        this.self = Subject.of(security.identity().orElse(null));
        this.security = security;
        this.nanoTime = nanoTime;
        this.wallMillis = wallMillis;
        this.log = new LogLimiter(nodeName, nanoTime);
        this.configuredVersion = options.policy().map(Policy::version);
        Optional<Policy> policy =
                security.hasIdentity() ? Optional.of(options.policy().orElseGet(Policy::members)) : options.policy();
        AccessRules rules = policy.map(AccessRules::of).orElse(AccessRules.OPEN);
        this.own = options.own().orElse(null);
        if (options.own().isPresent()) {
            rules = rules.restrictedBy(options.own().get());
        }
        if (options.application().isPresent()) {
            AccessPolicy application = options.application().get();
            rules = rules.restrictedBy(application, nanoTime, this::onProblem);
        }
        this.state = new State(rules, policy);
        this.restrictions = (options.own().isPresent() ? ", restricted by a policy of its own" : "")
                + (options.application().isPresent() ? ", restricted by the application" : "");
        expire();
    }

    /** Version of the policy that the application has given at the start. */
    Optional<Long> configuredVersion() {
        return configuredVersion;
    }

    /** Has signed policies kept from now on. */
    void keepWith(TrustKeeper keeping) {
        synchronized (updates) {
            keeper = keeping;
        }
    }

    /**
     * Follows a policy again that was followed before a restart, if no later one was configured. The certificates of its signer may
     * have ended since, but must be neither denied nor revoked.
     *
     * @param signed as it was stored
     * @param believedAt when it was believed
     * @throws io.chaski.core.security.CertificateRefusedException if its signer is of a root that is not trusted any more, or
     *     with REVOKED if he is denied or revoked by now
     * @throws PolicyRefusedException if it is damaged
     */
    void restore(SignedPolicy signed, Instant believedAt) {
        if (security.mode() instanceof TrustMode.Ca ca) {
            // Which list there is now says nothing about then.
            CertificateVerifier.Trust trust = ca.trust().withoutRequiringList();
            Policy policy = signed.verify(new CertificateVerifier(trust), believedAt);
            synchronized (updates) {
                if (policy.version() >= configuredVersion.orElse(0L)) {
                    remember(signed);
                    replace(policy);
                    expire();
                }
            }
        }
    }

    /** Has changes told, and looks from now on whether a policy has expired. What was stored is restored by now. */
    void follow(NodeLoop watching, Consumer<AccessRules> next) {
        LOG.info(
                "node {} follows {}{}",
                nodeName,
                state.policy.map(Policy::toString).orElse("no policy: everybody may do everything"),
                restrictions);
        loop = watching;
        listener = next;
        watch();
    }

    private void watch() {
        NodeLoop watching = loop;
        if (watching != null && mayExpire() && isWatching.compareAndSet(false, true)) {
            watching.schedule(
                    (protocol, nowNanos) -> {
                        isWatching.set(false);
                        expire();
                        watch();
                    },
                    EXPIRY_NANOS);
        }
    }

    private synchronized boolean mayExpire() {
        return state.policy.filter(LiveAccess::expires).isPresent() || own != null && expires(own);
    }

    private static boolean expires(Policy policy) {
        return policy.document().expires().isPresent();
    }

    /** What has expired, or has not begun, allows nothing. */
    private synchronized void expire() {
        Instant instant = Instant.ofEpochMilli(wallMillis.getAsLong());
        if (own != null && !own.document().isInForce(instant)) {
            own = null;
            tellExpired("the node's own policy");
            replace(state.rules.restrictedBy(Policy.strict()), state.policy);
        }
        if (state.policy.filter(now -> !now.document().isInForce(instant)).isPresent()) {
            tellExpired("the policy");
            replace(Policy.strict());
        }
    }

    private void tellExpired(String what) {
        log.write(LOG, Level.ERROR, "policy", what, what + " is not in force: nobody may do anything", null);
    }

    private void onProblem(Decision decision, Optional<RuntimeException> thrown) {
        log.write(LOG, Level.WARN, "access-policy", decision.action().key(), decision.sentence(), thrown.orElse(null));
    }

    @Override
    public Subject self() {
        return self;
    }

    @Override
    public AccessRules rules() {
        return state.rules;
    }

    @Override
    public void update(Policy policy) {
        if (!policy.document().isInForce(Instant.ofEpochMilli(wallMillis.getAsLong()))) {
            throw new PolicyRefusedException(PolicyRefusedException.Problem.NOT_IN_FORCE, "not now");
        }
        synchronized (updates) {
            keeper.raise(TrustKind.POLICY, policy.version());
            replace(policy);
        }
    }

    @Override
    public void update(SignedPolicy signed) {
        follow(signed);
    }

    /** See {@link #update(SignedPolicy)}; what it says. */
    Policy follow(SignedPolicy signed) {
        if (!(security.mode() instanceof TrustMode.Ca ca)) {
            throw new IllegalStateException("this node trusts no authority whose policies are signed");
        }
        Policy policy = signed.verify(new CertificateVerifier(ca.trust()), security.now());
        synchronized (updates) {
            follow(signed, policy);
        }
        return policy;
    }

    private void follow(SignedPolicy signed, Policy policy) {
        SignedPolicy known = lastSigned;
        if (known != null) {
            signed.checkFollows(known);
        }
        long version = Math.max(state.policy.map(Policy::version).orElse(0L), keeper.number(TrustKind.POLICY));
        if (policy.version() < version) {
            throw new PolicyRefusedException(
                    PolicyRefusedException.Problem.ROLLBACK, policy.version() + " after version " + version);
        }
        Edition edition = TrustDocuments.edition(signed, policy);
        if (keeper.isNews(edition)) { // otherwise the same was signed earlier than what is followed
            keeper.keep(edition, signed.toBytes(), TrustDocuments.end(signed, policy));
            remember(signed);
            replace(policy);
            keeper.onFollowed(edition);
        }
    }

    /** Whoever has written it can mend it, and hears of a mistake once, however often it is signed again. */
    private void remember(SignedPolicy signed) {
        SignedPolicy before = lastSigned;
        lastSigned = signed;
        if (before == null || !Arrays.equals(before.text(), signed.text())) {
            try {
                Policy.parse(signed.text());
            } catch (PolicyFormatException e) {
                LOG.warn("node {} follows a policy that nobody could sign now: {}", nodeName, e.getMessage());
            }
        }
    }

    private synchronized void replace(Policy policy) {
        replace(state.rules.with(policy), Optional.of(policy));
    }

    private synchronized void replace(AccessRules rules, Optional<Policy> policy) {
        state = new State(rules, policy);
        listener.accept(rules);
        watch();
    }

    /** Somebody has proved who it is. */
    void met(NodeId node, Subject subject) {
        synchronized (met) {
            met.met(node, subject);
        }
    }

    @Override
    public Optional<Subject> subject(NodeId node) {
        if (node.equals(selfId)) {
            return Optional.of(self);
        }
        synchronized (met) {
            return Optional.ofNullable(met.find(node));
        }
    }

    @Override
    public Decision decide(NodeId node, Action action, String object) {
        return decide(subject(node).orElse(Subject.ANONYMOUS), action, object);
    }

    private Decision decide(Subject subject, Action action, String object) {
        State now = state;
        Question question = new Question(subject, action, object);
        Answer known = now.answers.get(question);
        if (known != null && isStillGood(known)) {
            return known.decision;
        }
        if (now.answers.size() >= MAX_ANSWERS) {
            now.answers.clear();
        }
        Decision decision = now.rules.decide(subject, action, object);
        now.answers.put(question, new Answer(decision, nanoTime.getAsLong()));
        return decision;
    }

    private boolean isStillGood(Answer known) {
        return known.decision.isLasting()
                || nanoTime.getAsLong() - known.atNanos < AccessRules.APPLICATION_RETRY.toNanos();
    }

    @Override
    public void require(Action action, String object) {
        if (state.rules.isOpen()) {
            return;
        }
        Decision decision = decide(self, action, object);
        if (!decision.isAllowed()) {
            throw new AccessDeniedException(decision);
        }
    }
}
