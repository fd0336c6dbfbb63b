package io.chaski.core.security;

import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.DerReader.MalformedDerException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The serial numbers that an authority has revoked. What {@link #read} gives has a signature that was checked; whoever makes
 * one himself vouches for it. Immutable.
 *
 * @param number counts the lists up: one with a lower number is older, and whoever offers it wants something forgotten
 * @param thisUpdate when it was made
 * @param nextUpdate when the next one is due
 * @param serials numbers of revoked certificates; drawn with 127 bits, so they mean the same under every issuer
 */
public record RevocationList(long number, Instant thisUpdate, Instant nextUpdate, Set<BigInteger> serials) {

    /** Largest list in bytes: some 21,000 certificates that were revoked and have not ended yet. */
    public static final int MAX_BYTES = 1 << 20;

    private static final String CRL_NUMBER = "2.5.29.20";
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final int CRL_SIGN = 6;
    private static final int MAX_NUMBER_BYTES = 8;

    /** Copies the set. */
    public RevocationList {
        Objects.requireNonNull(thisUpdate, "thisUpdate");
        Objects.requireNonNull(nextUpdate, "nextUpdate");
        serials = Set.copyOf(serials);
    }

    /**
     * Reads a list of version 2 and checks who signed it. Says nothing about its age: compare {@link #nextUpdate} and
     * {@link #number}.
     *
     * @param der the list
     * @param shownIssuers the certificate of the authority that signed it and, if it is not known, those above it
     * @param trust whom to believe; a stolen key of an authority signs lists that let everybody in, or shut everybody out, so who was
     *     revoked or denied signs none
     * @param now the time
     * @throws CertificateRefusedException if it is too large, not well formed, or not signed by an authority of a root that may vouch
     *     for the trust domain
     */
    public static RevocationList read(byte[] der, List<X509Certificate> shownIssuers, Trust trust, Instant now) {
        if (der.length > MAX_BYTES) {
            throw new CertificateRefusedException(
                    CertificateProblem.CHAIN_TOO_LARGE, "a revocation list of " + der.length + " bytes");
        }
        if (shownIssuers.isEmpty() || shownIssuers.size() > CertificateVerifier.MAX_CHAIN_LENGTH) {
            throw new CertificateRefusedException(
                    CertificateProblem.CHAIN_TOO_LONG, shownIssuers.size() + " issuers of a revocation list");
        }
        List<X509Certificate> issuers = CertificateVerifier.readAgain(shownIssuers);
        X509CRL list = parse(der);
        X509Certificate issuer = issuers.get(0);
        CertificateVerifier.checkKeys(issuers);
        checkIssuer(list, issuer);
        CertificatePath.checkMayVouchFor(issuers, trust.trustDomain());
        CertificateVerifier.checkIsNotRevoked(trust, issuers);
        X509Certificate root = CertificatePath.check(issuers, trust.roots(), now);
        // Both also when it was not shown:
        CertificatePath.checkMayVouchFor(List.of(root), trust.trustDomain());
        CertificateVerifier.checkIsNotRevoked(trust, List.of(root));
        checkSignature(list, issuer);
        return new RevocationList(
                number(list),
                list.getThisUpdate().toInstant(),
                list.getNextUpdate().toInstant(),
                serials(list));
    }

    /** What a list says its number is, whoever has signed it. */
    static long numberOf(byte[] der) {
        return number(parse(der));
    }

    /**
     * Whether the next list is overdue.
     *
     * @param now the time
     */
    public boolean isStale(Instant now) {
        return now.isAfter(nextUpdate);
    }

    private static X509CRL parse(byte[] der) {
        try {
            checkFrame(der);
            X509CRL list = JdkCertificates.readList(der);
            Set<String> critical = list.getCriticalExtensionOIDs();
            boolean isWhole = list.getVersion() == 2
                    && list.getNextUpdate() != null
                    && list.getExtensionValue(AUTHORITY_KEY_IDENTIFIER) != null
                    // Parts of lists, indirect lists and changes to lists are marked by critical extensions.
                    && critical.isEmpty();
            if (!isWhole) {
                throw malformed("not a whole revocation list of version 2", null);
            }
            return list;
        } catch (CRLException | MalformedDerException e) {
            throw malformed("not a revocation list", e);
        }
    }

    /** What the JDK takes in several spellings, of which one is right: nothing behind the list, whole bytes signed. */
    private static void checkFrame(byte[] der) throws MalformedDerException {
        DerReader whole = new DerReader(der);
        DerReader list = whole.enter(DerReader.SEQUENCE);
        whole.end();
        list.enter(DerReader.SEQUENCE);
        list.enter(DerReader.SEQUENCE);
        byte[] signature = list.take(DerReader.BIT_STRING);
        list.end();
        if (signature.length == 0 || signature[0] != 0) {
            throw new MalformedDerException("a signature of parts of bytes");
        }
    }

    private static void checkIssuer(X509CRL list, X509Certificate issuer) {
        boolean[] usages = issuer.getKeyUsage();
        boolean maySign = usages != null && usages[CRL_SIGN] && issuer.getBasicConstraints() >= 0;
        if (!maySign || !issuer.getSubjectX500Principal().equals(list.getIssuerX500Principal())) {
            throw new CertificateRefusedException(
                    CertificateProblem.UNTRUSTED, "the revocation list has another issuer, or one that may not sign");
        }
        if (!PublicKeyRules.isAllowedSignature(list.getSigAlgOID())) {
            throw new CertificateRefusedException(
                    CertificateProblem.KEY_REJECTED, "the signature algorithm of the revocation list");
        }
    }

    private static void checkSignature(X509CRL list, X509Certificate issuer) {
        try {
            list.verify(issuer.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateRefusedException(
                    CertificateProblem.UNTRUSTED, "the signature of the revocation list", e);
        }
    }

    private static long number(X509CRL list) {
        byte[] extension = list.getExtensionValue(CRL_NUMBER);
        if (extension == null) {
            throw malformed("a revocation list without a number", null);
        }
        try {
            DerReader value = new DerReader(extension).enter(DerReader.OCTET_STRING);
            byte[] number = value.take(DerReader.INTEGER);
            value.end();
            if (number.length == 0 || number.length > MAX_NUMBER_BYTES || number[0] < 0) {
                throw malformed("the number of the revocation list", null);
            }
            return new BigInteger(number).longValueExact();
        } catch (MalformedDerException e) {
            throw malformed("the number of the revocation list", e);
        }
    }

    private static Set<BigInteger> serials(X509CRL list) {
        Set<BigInteger> serials = new HashSet<>();
        Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
        if (entries != null) {
            entries.forEach(entry -> serials.add(entry.getSerialNumber()));
        }
        return serials;
    }

    private static CertificateRefusedException malformed(String detail, @Nullable Throwable cause) {
        return new CertificateRefusedException(CertificateProblem.MALFORMED, detail, cause);
    }
}
