package io.chaski.ca.internal.authority;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.AuthorityCertificates;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority;
import io.chaski.ca.internal.journal.Journal;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.token.ProvisionerKeys;
import io.chaski.ca.internal.token.TokenClaims;
import io.chaski.ca.internal.token.TokenId;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.SignedPolicy;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests for certificates, as a state machine: whatever moves bytes gives it a request, an address and the
 * time, and sends its reply. It records in the journal before it acts, and signs; beyond that it does no input or output.
 * Confined to one thread.
 */
public final class Authority {

    private final Settings settings;
    private final ProvisionerKeys tokenKeys;
    private final RandomGenerator random;
    private final Books books;
    private final Issuance issuance;
    private final Enrolment enrolment;
    private final Renewal renewal;
    private final Revocations revocations;
    private final PolicySigning policies;
    private final RequestLimits limits = new RequestLimits();
    private List<X509Certificate> roots; // the newest last
    private @Nullable SignedBundle bundle; // none since the start

    /**
     * What an authority is for.
     *
     * @param trustDomain whose identities it gives
     * @param lifetime longest life of a certificate
     * @param allowedExpired how long after its end a certificate can be renewed; usually not at all
     * @param roots whom nodes are told to trust when it begins, 1 or 2, the newest last
     * @param addresses where the authority is, up to 4
     */
    public record Settings(
            TrustDomain trustDomain,
            Duration lifetime,
            Duration allowedExpired,
            List<X509Certificate> roots,
            List<String> addresses) {

        /** Copies the lists. */
        public Settings {
            Objects.requireNonNull(trustDomain, "trustDomain");
            roots = List.copyOf(roots);
            addresses = List.copyOf(addresses);
        }
    }

    /** An authority that remembers what is in the ledger, and cannot sign until it is {@link #unlock unlocked}. */
    Authority(Settings settings, ProvisionerKeys tokenKeys, Journal journal, Ledger ledger, RandomGenerator random) {
        this.settings = settings;
        this.roots = settings.roots();
        this.tokenKeys = tokenKeys;
        this.random = random;
        this.books = new Books(journal, ledger);
        this.issuance = new Issuance(books, settings.lifetime(), random);
        this.enrolment = new Enrolment(settings.trustDomain(), tokenKeys, books, issuance);
        this.renewal = new Renewal(books, issuance, settings.allowedExpired());
        this.revocations = new Revocations(books, issuance);
        this.policies = new PolicySigning(settings.trustDomain(), books, issuance);
    }

    /** Lets it sign. */
    public void unlock(IssuingAuthority opened) {
        issuance.unlock(opened);
    }

    /** The certificate of the key that signs. */
    public X509Certificate issuing() {
        return issuance.authority().certificate();
    }

    /** Remembers the certificate of an earlier issuing key: what it has signed is given out again when a node asks. */
    void retain(X509Certificate issuer) {
        issuance.retain(issuer);
    }

    /** Whether a certificate of an earlier issuing key is still in somebody's hands. */
    boolean isNeeded(X509Certificate issuer) {
        return books.ledger().certificates(Instant.MIN).stream()
                .map(each -> each.certificate().getIssuerX500Principal())
                .anyMatch(issuer.getSubjectX500Principal()::equals);
    }

    /** Which issuing key signs, from 1 up. */
    int issuingGeneration() {
        return books.ledger().issuingGeneration();
    }

    /** From now on another key signs, also after a restart: its files are on the disk already. */
    void rotate(int generation, IssuingAuthority next, Moment now) {
        books.record(
                Event.ROTATED,
                now,
                Map.of(
                        Fields.GENERATION,
                        Integer.toString(generation),
                        Fields.KEY,
                        Fingerprint.of(next.certificate().getPublicKey()).toString()));
        unlock(next);
    }

    /** Whom nodes are told to trust, the newest last. */
    public List<X509Certificate> roots() {
        return roots;
    }

    /** The root that vouches for the key that signs. */
    public X509Certificate root() {
        return AuthorityCertificates.rootOf(issuing(), roots).orElseThrow();
    }

    X509Certificate newestRoot() {
        return roots.get(roots.size() - 1);
    }

    private boolean isBelowNewestRoot(IssuedCertificate issued) {
        X509Certificate issuer = issuance.issuerOf(issued.certificate());
        return AuthorityCertificates.rootOf(issuer, List.of(newestRoot())).isPresent();
    }

    /** Of which generation a root is that nodes are told to trust, from 1 up. */
    int generationOf(X509Certificate root) {
        return books.ledger().roots().generationOf(Fingerprint.of(root));
    }

    /** Of which generation the newest root is, from 1 up. */
    int rootGeneration() {
        return books.ledger().roots().newest();
    }

    /** From now on nodes are told to trust another root as well: its files are on the disk already. */
    void addRoot(int generation, X509Certificate root, Moment now) {
        books.record(
                Event.ROOT_ADDED,
                now,
                Map.of(
                        Fields.GENERATION,
                        Integer.toString(generation),
                        Fields.ROOT,
                        Fingerprint.of(root).toString(),
                        Fields.NUMBER,
                        nextNumber(now)));
        roots = Stream.concat(roots.stream(), Stream.of(root)).toList();
    }

    private String nextNumber(Moment now) {
        return Long.toString(now.numberAfter(books.ledger().roots().number()));
    }

    /**
     * Checks that nodes have had the time to hear of the newest root before anything is signed below it.
     *
     * @throws AuthorityException with TOO_EARLY
     */
    void checkNewestIsKnown(Moment now) {
        RootHistory history = books.ledger().roots();
        Instant first = Collections.max(
                List.of(firstAfter(history.newestHeardBy()), firstAfterAllGivenBefore(history.addedAt())));
        if (!root().equals(newestRoot()) && now.time().isBefore(first)) {
            throw new AuthorityException(
                    Problem.TOO_EARLY,
                    "not all nodes have heard of the next root with their certificates before " + first,
                    null);
        }
    }

    private Instant firstAfter(Instant notAfter) {
        return lastUse(notAfter).plusSeconds(1);
    }

    /** Also those that this authority does not know, because it was restored from an old copy. */
    private Instant firstAfterAllGivenBefore(Instant step) {
        return lastUse(step.plus(settings.lifetime()));
    }

    /** Until when a node can get on with a certificate, by having it renewed. */
    private Instant lastUse(Instant notAfter) {
        return notAfter.plus(settings.allowedExpired());
    }

    /**
     * From now on nodes are told to trust the newest root only.
     *
     * @param isForced also if there are, or may be, certificates below another one that have not ended, or can be renewed still
     * @throws AuthorityException with UNKNOWN if it is the only one, TOO_EARLY
     */
    void dropRoots(boolean isForced, Moment now) {
        if (roots.size() == 1) {
            throw new AuthorityException(Problem.UNKNOWN, "no root is being replaced", null);
        }
        if (!root().equals(newestRoot())) {
            throw new AuthorityException(
                    Problem.TOO_EARLY, "the issuing key is below the root that is to go: replace that key first", null);
        }
        List<Instant> uses = books.ledger().certificates(now.time().minus(settings.allowedExpired())).stream()
                .filter(each -> !isRevoked(each) && !isBelowNewestRoot(each))
                .map(each -> lastUse(each.notAfter()))
                .toList();
        if (!uses.isEmpty() && !isForced) {
            throw new AuthorityException(
                    Problem.TOO_EARLY,
                    uses.size() + " certificates below the root that is to go are of use still, the last one until "
                            + Collections.max(uses),
                    null);
        }
        Instant first = firstAfterAllGivenBefore(books.ledger().rotatedAt());
        if (now.time().isBefore(first) && !isForced) {
            throw new AuthorityException(
                    Problem.TOO_EARLY,
                    "certificates below the root that is to go may be of use before " + first
                            + ", if none that is known",
                    null);
        }
        books.record(
                Event.ROOT_DROPPED,
                now,
                Map.of(Fields.GENERATION, Integer.toString(rootGeneration()), Fields.NUMBER, nextNumber(now)));
        roots = List.of(newestRoot());
    }

    /** Answers a request with a token. */
    public Reply enrol(Request request, RemoteHost from, Moment now) {
        Duration wait = limits.look(now.nanos());
        if (!wait.isZero()) {
            return refused(EnrolmentProblem.RATE_LIMITED, wait, now);
        }
        Optional<TokenClaims> token = request.token().flatMap(enrolment::authenticate);
        wait = token.isPresent()
                ? limits.enrol(from, token.get().id(), now.nanos())
                : limits.forgery(from, now.nanos());
        if (!wait.isZero()) {
            return refused(EnrolmentProblem.RATE_LIMITED, wait, now);
        }
        if (token.isEmpty()) {
            return refused(
                    new EnrolmentException(EnrolmentProblem.TOKEN_INVALID, "no token of ours"), origin(from), now);
        }
        try {
            return granted(enrolment.enrol(token.get(), request, from, now), now);
        } catch (EnrolmentException e) {
            Map<String, String> origin = origin(from);
            origin.put(Fields.TOKEN, token.get().id().toString());
            origin.put(Fields.URI, token.get().name().toString());
            return refused(e, origin, now);
        }
    }

    /** Takes note of who has sent what is no request, and gets no answer. */
    public void onMalformed(RemoteHost from, String detail, Moment now) {
        Map<String, String> fields = origin(from);
        fields.put(Fields.DETAIL, detail);
        books.recordRefusal(now, fields);
    }

    /** Answers a request for the next certificate by who has proved to have the current one. */
    public Reply renew(Identity current, Request request, RemoteHost from, Moment now) {
        Duration wait = limits.renew(current.uri(), now.nanos());
        if (!wait.isZero()) {
            return refused(EnrolmentProblem.RATE_LIMITED, wait, now);
        }
        try {
            return granted(renewal.renew(current, request, from, now), now);
        } catch (EnrolmentException e) {
            Map<String, String> origin = origin(from);
            origin.put(Fields.URI, current.uri().toString());
            return refused(e, origin, now);
        }
    }

    /**
     * Gives a certificate without a token, to who may open the authority's files anyway.
     *
     * @throws EnrolmentException if the request or the name will not do
     */
    public X509Certificate issue(ChaskiUri name, byte[] certificateRequest, LeafUsage usage, Moment now) {
        CertificateRequest wanted = CertificateRequest.read(certificateRequest);
        if (!name.trustDomain().equals(settings.trustDomain())) {
            throw new EnrolmentException(EnrolmentProblem.NAME_MISMATCH, "an identity of another trust domain");
        }
        issuance.check(name, wanted, now);
        issuance.checkCanIssue(now);
        return issuance.issue(name, wanted, usage, settings.lifetime(), origin(RemoteHost.LOCAL), now)
                .certificate();
    }

    /**
     * Makes a token and records that it did.
     *
     * @param key the only key that may use it, if it is known
     * @throws AuthorityException with REVOKED if the identity may have no certificate
     * @throws IllegalArgumentException if a value is outside its range
     */
    public String createToken(
            ChaskiUri name, Optional<Fingerprint> key, Duration validity, Duration maxLifetime, Moment now) {
        if (!name.trustDomain().equals(settings.trustDomain())) {
            throw new IllegalArgumentException(name + " is not of " + settings.trustDomain());
        }
        if (books.ledger().isBarred(name)) {
            throw new AuthorityException(Problem.REVOKED, name + " is revoked; admit it again first", null);
        }
        if (books.ledger().isFullOfTokens()) {
            throw new EnrolmentException(EnrolmentProblem.CA_READ_ONLY, "as many tokens as can be remembered");
        }
        Instant begin = beginOfToken(name, now);
        TokenClaims claims = new TokenClaims(
                TokenId.draw(random),
                begin,
                begin.plus(validity),
                Fingerprint.of(root()),
                key,
                name,
                maxLifetime,
                settings.addresses());
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(Fields.TOKEN, claims.id().toString());
        fields.put(Fields.URI, name.toString());
        fields.put(Fields.EXPIRES, claims.expires().toString());
        books.record(Event.TOKEN_MADE, now, fields);
        return tokenKeys.sign(claims);
    }

    /** All tokens that have not ended, oldest first. */
    public List<TokenEntry> tokens(Moment now) {
        return books.ledger().tokens(now.time()).stream().map(this::entry).toList();
    }

    private TokenEntry entry(Ledger.MadeToken token) {
        boolean isUsed = books.ledger().token(token.id()).isPresent();
        return new TokenEntry(token.id(), token.name(), token.expires(), isUsed, token.isRevoked());
    }

    /**
     * What became of a token.
     *
     * @param id its number
     * @param name the identity that it is for
     * @param expires when it ends
     * @param isUsed whether a key has used it
     * @param isRevoked whether it was taken back
     */
    public record TokenEntry(TokenId id, ChaskiUri name, Instant expires, boolean isUsed, boolean isRevoked) {}

    /**
     * Takes a token back that nobody has used.
     *
     * @throws AuthorityException with UNKNOWN if it was not made here, has ended, or was used: revoke its certificate then
     */
    public void revokeToken(TokenId id, String why, Moment now) {
        Ledger ledger = books.ledger();
        boolean isOpen = ledger.madeToken(id)
                .filter(token -> !now.time().isAfter(token.expires()))
                .isPresent();
        if (!isOpen || ledger.token(id).isPresent()) {
            throw new AuthorityException(Problem.UNKNOWN, "no token that can still be used has the number " + id, null);
        }
        if (!ledger.isRevoked(id)) {
            books.record(Event.TOKEN_REVOKED, now, Map.of(Fields.TOKEN, id.toString(), Fields.WHY, why));
        }
    }

    /** Now, or a second later if the name was revoked and admitted again in this one. */
    private Instant beginOfToken(ChaskiUri name, Moment now) {
        return books.ledger()
                .revokedAt(name)
                .map(Enrolment::earliestAfter)
                .filter(now.seconds()::isBefore)
                .orElse(now.seconds());
    }

    /** Revokes; see {@link Revocations#revoke}. The next {@link #revocationList} tells it. */
    public int revoke(Revocation what, String why, Moment now) {
        return revocations.revoke(what, why, now);
    }

    /** How many revoked certificates the list has no room for. */
    public int unlisted(Moment now) {
        return revocations.unlisted(now);
    }

    /** Lets a revoked identity have certificates again. */
    public void readmit(ChaskiUri name, Moment now) {
        revocations.readmit(name, now);
    }

    /** Revokes what a list revokes that nodes follow; see {@link Revocations#adopt}. */
    public boolean adopt(RevocationList followed, Moment now) {
        return revocations.adopt(followed, now);
    }

    /** Gives lists of the last number until it is known what nodes follow; see {@link Revocations#listen}. */
    public void listen() {
        revocations.listen();
    }

    /** Goes on with higher numbers; see {@link Revocations#stopListening}. */
    public void stopListening() {
        revocations.stopListening();
    }

    /** The revocation list as of now. */
    public X509CRL revocationList(Moment now) {
        return revocations.current(now);
    }

    /**
     * The roots as the present issuing key signs them. The same until roots or key change, and after a restart another signature
     * under the same: nobody has to keep it.
     */
    public SignedBundle bundle() {
        SignedBundle known = bundle;
        if (known == null || !isCurrent(known)) {
            known = issuance.authority()
                    .sign(settings.trustDomain(), books.ledger().roots().number(), roots);
            bundle = known;
        }
        return known;
    }

    private boolean isCurrent(SignedBundle known) {
        return known.number() == books.ledger().roots().number()
                && known.issuers().get(0).equals(issuing());
    }

    /** Signs a policy; see {@link PolicySigning#sign}. */
    public SignedPolicy signPolicy(byte[] text, Moment now) {
        return policies.sign(text, now);
    }

    /** Signs a policy again; see {@link PolicySigning#signAgain}. */
    public SignedPolicy signAgain(SignedPolicy known, Moment now) {
        return policies.signAgain(known, now);
    }

    /** All certificates that have not ended, oldest first. */
    public List<IssuedCertificate> certificates(Moment now) {
        return books.ledger().certificates(now.time());
    }

    /** Whether a certificate is revoked. */
    public boolean isRevoked(IssuedCertificate certificate) {
        return books.ledger().isRevoked(certificate.serial());
    }

    private Reply granted(IssuedCertificate issued, Moment now) {
        X509Certificate leaf = issued.certificate();
        X509CRL revoked = revocations.current(now);
        return new Reply.Granted(
                leaf,
                issuance.issuerOf(leaf),
                roots,
                books.ledger().roots().number(),
                issuance.authority().certificate(),
                revoked,
                settings.addresses(),
                now.seconds(),
                Optional.of(bundle()),
                Optional.empty());
    }

    private static Map<String, String> origin(RemoteHost from) {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put(Fields.FROM, from.name());
        return origin;
    }

    private Reply refused(EnrolmentException why, Map<String, String> origin, Moment now) {
        Map<String, String> fields = new LinkedHashMap<>(origin);
        fields.put(Fields.PROBLEM, why.problem().name());
        fields.put(Fields.DETAIL, String.valueOf(why.getMessage()));
        String token = origin.get(Fields.TOKEN);
        if (why.problem() == EnrolmentProblem.TOKEN_USED && token != null) {
            books.recordAlarm(token, now, fields);
        } else {
            books.recordRefusal(now, fields);
        }
        return refused(why.problem(), Duration.ZERO, now);
    }

    private static Reply refused(EnrolmentProblem problem, Duration wait, Moment now) {
        Duration wholeSeconds = Duration.ofSeconds(wait.plusNanos(999_999_999).toSeconds());
        return new Reply.Refused(problem, wholeSeconds, now.seconds());
    }
}
