package io.chaski.ca.internal.authority;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.AuthorityCertificates;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority.Leaf;
import io.chaski.ca.internal.bouncycastle.SerialNumbers;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** What enrolment and renewal have in common: who may have a certificate at all, and how it is made. */
final class Issuance {

    private static final int HEX = 16;

    private final Books books;
    private final Duration lifetime;
    private final RandomGenerator random;
    private @Nullable IssuingAuthority authority; // until it is unlocked

    /** By what is in the certificates that they have signed: those that do not sign any more, and the one that does. */
    private final Map<X500Principal, X509Certificate> issuers = new LinkedHashMap<>();

    Issuance(Books books, Duration lifetime, RandomGenerator random) {
        this.books = books;
        this.lifetime = lifetime;
        this.random = random;
    }

    /** Longest life of a certificate. */
    Duration lifetime() {
        return lifetime;
    }

    /** From now on certificates are signed by it; what others have signed is given out still. */
    void unlock(IssuingAuthority opened) {
        authority = opened;
        retain(opened.certificate());
    }

    /** Certificates that this one has signed may be asked for again. */
    void retain(X509Certificate issuer) {
        issuers.put(issuer.getSubjectX500Principal(), issuer);
    }

    /** Who has signed a certificate. */
    X509Certificate issuerOf(X509Certificate leaf) {
        X509Certificate issuer = issuers.get(leaf.getIssuerX500Principal());
        if (issuer == null) {
            throw new EnrolmentException(EnrolmentProblem.CA_READ_ONLY, "the certificate of an earlier key is missing");
        }
        return issuer;
    }

    /** The key that signs. */
    IssuingAuthority authority() {
        if (authority == null) {
            throw new EnrolmentException(EnrolmentProblem.CA_KEY_LOCKED, "the issuing key is not open");
        }
        return authority;
    }

    /** Throws unless a name may have a certificate for a key. */
    void check(ChaskiUri name, CertificateRequest request, Moment now) {
        Ledger ledger = books.ledger();
        Fingerprint key = request.fingerprint();
        if (request.name().isPresent() && !request.name().get().equals(name)) {
            throw new EnrolmentException(EnrolmentProblem.NAME_MISMATCH, "asks for another identity");
        }
        if (ledger.isBarred(name)) {
            throw new EnrolmentException(EnrolmentProblem.IDENTITY_REVOKED, "the identity is revoked");
        }
        if (ledger.isBarred(key)) {
            throw new EnrolmentException(EnrolmentProblem.IDENTITY_REVOKED, "the key is revoked");
        }
        if (ledger.isOwnedByAnother(key, name, now.time())) {
            throw new EnrolmentException(EnrolmentProblem.KEY_REJECTED, "the key belongs to another identity");
        }
    }

    /** Throws unless there is a key to sign with and room to remember. Before anything is recorded or used up. */
    void checkCanIssue(Moment now) {
        Instant end = authority().certificate().getNotAfter().toInstant();
        if (!now.time().isBefore(end)) {
            throw new EnrolmentException(EnrolmentProblem.CA_READ_ONLY, "the issuing certificate has ended");
        }
        if (books.ledger().isFull()) {
            throw new EnrolmentException(EnrolmentProblem.CA_READ_ONLY, "as many certificates as can be remembered");
        }
    }

    /**
     * Signs and records a certificate.
     *
     * @param maxLifetime longest life; that of the settings and that of the issuing certificate bound it too
     * @param origin fields that say what led to it
     */
    IssuedCertificate issue(
            ChaskiUri name,
            CertificateRequest request,
            LeafUsage usage,
            Duration maxLifetime,
            Map<String, String> origin,
            Moment now) {
        Instant wanted = now.seconds().plus(maxLifetime.compareTo(lifetime) < 0 ? maxLifetime : lifetime);
        Instant end = authority().certificate().getNotAfter().toInstant();
        Instant notAfter = wanted.isBefore(end) ? wanted : end;
        BigInteger serial = unusedSerial();
        X509Certificate certificate = authority()
                .sign(new Leaf(
                        name,
                        request.key(),
                        usage,
                        serial,
                        now.seconds().minus(AuthorityCertificates.BACKDATING),
                        notAfter,
                        books.records()));
        Map<String, String> fields = new LinkedHashMap<>(origin);
        fields.put(Fields.URI, name.toString());
        fields.put(Fields.KEY, request.fingerprint().toString());
        fields.put(Fields.SERIAL, serial.toString(HEX));
        fields.put(Fields.NOT_AFTER, notAfter.toString());
        fields.put(Fields.USAGE, usage.name());
        fields.put(Fields.CERTIFICATE, base64(certificate));
        books.record(Event.ISSUED, now, fields);
        return books.ledger().certificate(serial).orElseThrow();
    }

    /** With 127 bits it never comes to a second try; a broken generator shall not give two certificates one number. */
    private BigInteger unusedSerial() {
        BigInteger serial = SerialNumbers.draw(random);
        Ledger ledger = books.ledger();
        while (ledger.certificate(serial).isPresent() || ledger.isRevoked(serial)) {
            serial = SerialNumbers.draw(random);
        }
        return serial;
    }

    private static String base64(X509Certificate certificate) {
        try {
            return Base64.getEncoder().encodeToString(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate of our own without an encoding", e);
        }
    }
}
