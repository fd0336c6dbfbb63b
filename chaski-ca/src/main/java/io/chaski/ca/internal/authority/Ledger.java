package io.chaski.ca.internal.authority;

import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import io.chaski.ca.internal.token.TokenClaims;
import io.chaski.ca.internal.token.TokenId;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the authority knows: a pure function of the records in its journal, so what is found after a restart is what was
 * known before. Forgets what has ended; what is left is bounded by the {@link #isFull limit} that issuing keeps to.
 *
 * <p>Forgetting a token too early would let it be used twice, and a wall clock may be wrong for a while. So it goes by the
 * earliest time of the last thousand records: a clock that jumps ahead and comes back has no effect. Whether something has
 * ended is asked with the time of the request. Confined to one thread.
 */
final class Ledger {

    /** A revoked certificate stays on the list for so long after its end, for peers whose clocks are late. */
    static final Duration LISTED_AFTER_END = Duration.ofHours(1);

    /** An entry has 48 bytes at most, and 21,000 of them fit a list of 1 MiB. */
    static final int MAX_LISTED = 21_000;

    /** How long a key belongs to a name that has begun a renewal, if its certificate was never recorded. */
    private static final Duration RENEWING = Duration.ofHours(1);

    private static final int HEX = 16;

    /** How many records pass between one forgetting and the next. */
    static final int WINDOW = 1_000;

    /** Certificates that are remembered, and tokens. Each has some 2 KiB here. */
    static final int MAX_ENTRIES = 100_000;

    // None of the following is iterated in an order that matters, except certificates and tokens.
    private final Map<TokenId, MadeToken> made = new LinkedHashMap<>();
    private final Map<TokenId, UsedToken> tokens = new HashMap<>();
    private final Map<BigInteger, IssuedCertificate> certificates = new LinkedHashMap<>();
    private final Map<ChaskiUri, List<IssuedCertificate>> certificatesOf = new HashMap<>(); // the same, by name
    private final Map<Fingerprint, KeyOwner> owners = new HashMap<>();
    private final Map<BigInteger, RevokedCertificate> revoked = new LinkedHashMap<>();
    private final Set<ChaskiUri> barredNames = new HashSet<>();
    private final Set<Fingerprint> barredKeys = new HashSet<>();
    private final Map<ChaskiUri, Instant> revokedAt = new HashMap<>();
    private final Duration keptAfterEnd;
    private final RootHistory roots = new RootHistory();
    private PolicySigning.@Nullable Signed policy;
    private int issuingGeneration = 1;
    private Instant rotatedAt = Instant.MIN;
    private long listNumber;
    private boolean isListOutdated;
    private int recordsInWindow;
    private Instant earliestInWindow = Instant.MAX;

    /** A token that was made, by this authority and not by a copy of its keys. */
    record MadeToken(TokenId id, ChaskiUri name, Instant expires, boolean isRevoked) {}

    /** A token that is used up, by whom, and what it led to if anything was recorded. */
    record UsedToken(Fingerprint key, Instant expires, Optional<BigInteger> serial) {}

    /** Whose a key is, until when. */
    private record KeyOwner(ChaskiUri name, Instant until) {}

    /** A certificate that is on the list. */
    private record RevokedCertificate(Instant time, Instant notAfter) {}

    /** One for certificates that are not renewed once they have ended. */
    Ledger() {
        this(Duration.ZERO);
    }

    /**
     * An empty one.
     *
     * @param allowedExpired how long after its end a certificate can be renewed: what is not known then is not refused
     */
    Ledger(Duration allowedExpired) {
        keptAfterEnd = allowedExpired.compareTo(LISTED_AFTER_END) > 0 ? allowedExpired : LISTED_AFTER_END;
    }

    /**
     * Learns of an event, live or from the journal.
     *
     * @throws MalformedRecordException if the record is not one that we write
     */
    void apply(JournalRecord record) throws MalformedRecordException {
        learn(record);
        earliestInWindow = record.time().isBefore(earliestInWindow) ? record.time() : earliestInWindow;
        recordsInWindow++;
        if (recordsInWindow == WINDOW) {
            forget(earliestInWindow);
            recordsInWindow = 0;
            earliestInWindow = Instant.MAX;
        }
    }

    private void learn(JournalRecord record) throws MalformedRecordException {
        try {
            switch (record.event()) {
                case TOKEN_MADE -> onMade(record);
                case TOKEN_REVOKED ->
                    made.computeIfPresent(
                            TokenId.parse(record.field(Fields.TOKEN)),
                            (id, token) -> new MadeToken(id, token.name, token.expires, true));
                case USED -> onUsed(record);
                case RENEWING -> own(record, record.time().plus(RENEWING));
                case ISSUED -> onIssued(record);
                case REVOKED -> onRevoked(record);
                case ADOPTED -> onAdopted(record);
                case READMITTED -> barredNames.remove(ChaskiUri.parse(record.field(Fields.URI)));
                case ROTATED -> {
                    issuingGeneration = Integer.parseInt(record.field(Fields.GENERATION));
                    rotatedAt = record.time();
                    isListOutdated = true; // the next list is signed by the new key
                }
                case LISTED -> {
                    listNumber = Long.parseLong(record.field(Fields.NUMBER));
                    isListOutdated = false;
                }
                case POLICY_SIGNED ->
                    policy = new PolicySigning.Signed(
                            Long.parseLong(record.field(Fields.VERSION)), Fingerprint.parse(record.field(Fields.TEXT)));
                case INIT -> roots.begin(Fingerprint.parse(record.field(Fields.ROOT)));
                case ROOT_ADDED -> roots.add(record, latestEnd());
                case ROOT_DROPPED -> roots.drop(record);
                case REFUSED, ALARM -> {}
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new MalformedRecordException("a field of " + record.event(), e);
        }
    }

    /** When the last certificate ends that there is, of those that are of any use. */
    private Instant latestEnd() {
        return certificates.values().stream()
                .filter(each -> !isRevoked(each.serial()))
                .map(IssuedCertificate::notAfter)
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    private void onMade(JournalRecord record) throws MalformedRecordException {
        TokenId id = TokenId.parse(record.field(Fields.TOKEN));
        ChaskiUri name = ChaskiUri.parse(record.field(Fields.URI));
        made.put(id, new MadeToken(id, name, Instant.parse(record.field(Fields.EXPIRES)), false));
    }

    private void onUsed(JournalRecord record) throws MalformedRecordException {
        Instant expires = Instant.parse(record.field(Fields.EXPIRES));
        tokens.put(
                TokenId.parse(record.field(Fields.TOKEN)),
                new UsedToken(Fingerprint.parse(record.field(Fields.KEY)), expires, Optional.empty()));
        own(record, expires.plus(Enrolment.LEEWAY));
    }

    private void onIssued(JournalRecord record) throws MalformedRecordException {
        IssuedCertificate issued = new IssuedCertificate(
                ChaskiUri.parse(record.field(Fields.URI)),
                Fingerprint.parse(record.field(Fields.KEY)),
                new BigInteger(record.field(Fields.SERIAL), HEX),
                Instant.parse(record.field(Fields.NOT_AFTER)),
                LeafUsage.valueOf(record.field(Fields.USAGE)),
                record.field(Fields.CERTIFICATE));
        certificates.put(issued.serial(), issued);
        certificatesOf.computeIfAbsent(issued.uri(), name -> new ArrayList<>()).add(issued);
        own(record, issued.notAfter());
        String token = record.fields().get(Fields.TOKEN);
        if (token != null) {
            tokens.computeIfPresent(
                    TokenId.parse(token),
                    (id, used) -> new UsedToken(used.key, used.expires, Optional.of(issued.serial())));
        }
    }

    private void own(JournalRecord record, Instant until) throws MalformedRecordException {
        ChaskiUri name = ChaskiUri.parse(record.field(Fields.URI));
        owners.merge(
                Fingerprint.parse(record.field(Fields.KEY)),
                new KeyOwner(name, until),
                (before, now) -> before.until.isAfter(now.until) ? before : now);
    }

    private void onRevoked(JournalRecord record) throws MalformedRecordException {
        Revocation what = Revocation.parse(record.field(Fields.WHAT));
        what.name().ifPresent(name -> {
            barredNames.add(name);
            revokedAt.put(name, record.time());
        });
        what.key().ifPresent(barredKeys::add);
        affected(what).forEach(each -> revoke(each.serial(), record.time()));
        what.serial().ifPresent(serial -> revoke(serial, record.time()));
        isListOutdated = true;
    }

    private void onAdopted(JournalRecord record) throws MalformedRecordException {
        for (String serial : record.field(Fields.SERIALS).split(" ", -1)) {
            revoke(new BigInteger(serial, HEX), record.time());
        }
        isListOutdated = true;
    }

    /** Also one that is not known, because it was given by a state that is lost: it may last as long as any. */
    private void revoke(BigInteger serial, Instant time) {
        Instant end = certificate(serial)
                .map(IssuedCertificate::notAfter)
                .orElse(time.plus(AuthorityOptions.MAX_LEAF_LIFETIME));
        revoked.putIfAbsent(serial, new RevokedCertificate(time, end));
    }

    /** Certificates that a revocation is about, also such that have ended by some clock. */
    Collection<IssuedCertificate> affected(Revocation what) {
        List<IssuedCertificate> affected = new ArrayList<>();
        for (IssuedCertificate each : certificates.values()) {
            if (what.isAbout(each)) {
                affected.add(each);
            }
        }
        return affected;
    }

    private void forget(Instant now) {
        made.values().removeIf(token -> now.isAfter(token.expires.plus(Enrolment.LEEWAY)));
        tokens.values().removeIf(token -> now.isAfter(token.expires.plus(Enrolment.LEEWAY)));
        if (certificates.values().removeIf(each -> now.isAfter(each.notAfter().plus(keptAfterEnd)))) {
            certificatesOf.values().forEach(all -> all.removeIf(each -> !certificates.containsKey(each.serial())));
            certificatesOf.values().removeIf(List::isEmpty);
        }
        owners.values().removeIf(owner -> now.isAfter(owner.until));
        revoked.values().removeIf(each -> now.isAfter(each.notAfter.plus(keptAfterEnd)));
        // Until then tokens of before may be about.
        revokedAt
                .values()
                .removeIf(
                        time -> now.isAfter(time.plus(TokenClaims.MAX_VALIDITY).plus(Enrolment.LEEWAY)));
    }

    /** Whether nothing more is issued until something ends. */
    boolean isFull() {
        return tokens.size() >= MAX_ENTRIES || certificates.size() >= MAX_ENTRIES;
    }

    /** Whether no more tokens are made until some end. */
    boolean isFullOfTokens() {
        return made.size() >= MAX_ENTRIES;
    }

    /** All tokens that have not ended, oldest first. */
    List<MadeToken> tokens(Instant now) {
        return made.values().stream()
                .filter(token -> !now.isAfter(token.expires))
                .toList();
    }

    /** A token as it was made, if it is remembered. */
    Optional<MadeToken> madeToken(TokenId id) {
        return Optional.ofNullable(made.get(id));
    }

    /** Whether somebody has taken a token back. */
    boolean isRevoked(TokenId id) {
        return madeToken(id).filter(MadeToken::isRevoked).isPresent();
    }

    Optional<UsedToken> token(TokenId id) {
        return Optional.ofNullable(tokens.get(id));
    }

    Optional<IssuedCertificate> certificate(BigInteger serial) {
        return Optional.ofNullable(certificates.get(serial));
    }

    /** The newest certificate of a name with a key. */
    Optional<IssuedCertificate> certificate(ChaskiUri name, Fingerprint key) {
        Optional<IssuedCertificate> newest = Optional.empty();
        for (IssuedCertificate each : certificatesOf(name)) {
            newest = each.key().equals(key) ? Optional.of(each) : newest;
        }
        return newest;
    }

    /** All certificates of a name that are remembered, oldest first. */
    List<IssuedCertificate> certificatesOf(ChaskiUri name) {
        return certificatesOf.getOrDefault(name, List.of());
    }

    /** All certificates that have not ended, oldest first. */
    List<IssuedCertificate> certificates(Instant now) {
        return certificates.values().stream()
                .filter(each -> !each.hasEnded(now))
                .toList();
    }

    /** Whether another name has the key. */
    boolean isOwnedByAnother(Fingerprint key, ChaskiUri name, Instant now) {
        KeyOwner owner = owners.get(key);
        return owner != null && !owner.name.equals(name) && !now.isAfter(owner.until);
    }

    boolean isRevoked(BigInteger serial) {
        return revoked.containsKey(serial);
    }

    /** When a name was last revoked, as long as tokens of before may be about; also when it was admitted again. */
    Optional<Instant> revokedAt(ChaskiUri name) {
        return Optional.ofNullable(revokedAt.get(name));
    }

    boolean isBarred(ChaskiUri name) {
        return barredNames.contains(name);
    }

    boolean isBarred(Fingerprint key) {
        return barredKeys.contains(key);
    }

    /** Times of revocation by number, for the list: those that were revoked first, as many as it carries. */
    Map<BigInteger, Instant> revoked(Instant now) {
        Map<BigInteger, Instant> times = new LinkedHashMap<>();
        revoked.forEach((serial, each) -> {
            if (times.size() < MAX_LISTED && belongsOnList(each, now)) {
                times.put(serial, each.time);
            }
        });
        return times;
    }

    /** How many revoked certificates a list has no room for. */
    int unlisted(Instant now) {
        long wanted = revoked.values().stream()
                .filter(each -> belongsOnList(each, now))
                .count();
        return (int) Math.max(0, wanted - MAX_LISTED);
    }

    private static boolean belongsOnList(RevokedCertificate certificate, Instant now) {
        return !now.isAfter(certificate.notAfter.plus(LISTED_AFTER_END));
    }

    /** The policy that was signed last; empty if none was. */
    Optional<PolicySigning.Signed> policy() {
        return Optional.ofNullable(policy);
    }

    /** Which roots nodes are told to trust. */
    RootHistory roots() {
        return roots;
    }

    /** Which issuing key signs: 1 is the one that the authority was made with. */
    int issuingGeneration() {
        return issuingGeneration;
    }

    /** Since when that one signs; long ago for the first. */
    Instant rotatedAt() {
        return rotatedAt;
    }

    /** Number of the last list, 0 if there was none. */
    long listNumber() {
        return listNumber;
    }

    /** Whether something was revoked since the last list. */
    boolean isListOutdated() {
        return isListOutdated;
    }
}
