package io.chaski.core.security;

import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.security.DerReader.MalformedDerException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides whether a chain of certificates is an identity of our trust domain: the path validation of the JDK, and the
 * checks that it leaves to us or gets wrong, in the manner of the X.509 identities of SPIFFE (X509-SVID.md, "Validation").
 * What costs little is checked first; no signature is computed for a chain that has anything else against it. Immutable;
 * when a list or a root changes, make another one.
 */
public final class CertificateVerifier {

    /** Leaf, issuing authority, root. */
    public static final int MAX_CHAIN_LENGTH = 3;

    /** Ours have some 1,500 bytes together; with RSA of 4,096 bits, 5,000. */
    public static final int MAX_CHAIN_BYTES = 8 << 10;

    private static final int DIGITAL_SIGNATURE = 0;

    private static final String KEY_USAGE = "2.5.29.15";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final Set<String> UNDERSTOOD =
            Set.of(SubjectNames.EXTENSION, KEY_USAGE, BASIC_CONSTRAINTS, NAME_CONSTRAINTS, EXTENDED_KEY_USAGE);

    private final Trust trust;

    /** The side of a connection that the certificate is shown for. */
    public enum Side {
        /** It accepted the connection. */
        SERVER("1.3.6.1.5.5.7.3.1"),
        /** It dialled. */
        CLIENT("1.3.6.1.5.5.7.3.2");

        private final String usage;

        Side(String usage) {
            this.usage = usage;
        }

        /** Object identifier of the extended key usage that this side needs. */
        String usage() {
            return usage;
        }

        /**
         * Whether a certificate is for this side.
         *
         * @param certificate of anybody
         * @throws CertificateRefusedException with MALFORMED if its extended key usage cannot be read
         */
        public boolean isIn(X509Certificate certificate) {
            try {
                List<String> usages = certificate.getExtendedKeyUsage();
                return usages != null && usages.contains(usage);
            } catch (CertificateParsingException e) {
                throw new CertificateRefusedException(CertificateProblem.MALFORMED, "the extended key usage", e);
            }
        }
    }

    /**
     * Whom to believe.
     *
     * @param trustDomain whose identities are let in
     * @param roots who may vouch for them, 1 or more
     * @param revocations the newest list of the authority, if there is one
     * @param isListRequired whether everybody is refused while that list is missing or overdue. Usually not: certificates
     *     live a day, and an authority that is down for longer would stop the network
     * @param denied whom this node refuses besides
     */
    public record Trust(
            TrustDomain trustDomain,
            Set<X509Certificate> roots,
            Optional<RevocationList> revocations,
            boolean isListRequired,
            DenyList denied) {

        /**
         * Copies the set.
         *
         * @throws IllegalArgumentException if there is no root, or the JDK cannot read one
         */
        public Trust {
            Objects.requireNonNull(trustDomain, "trustDomain");
            roots = asJdkReads(roots);
            Objects.requireNonNull(revocations, "revocations");
            Objects.requireNonNull(denied, "denied");
            if (roots.isEmpty()) {
                throw new IllegalArgumentException("roots must not be empty");
            }
        }

        /**
         * Everybody whom the roots vouch for, without a list.
         *
         * @param trustDomain whose identities are let in
         * @param roots who may vouch for them, 1 or more
         */
        public static Trust of(TrustDomain trustDomain, Set<X509Certificate> roots) {
            return new Trust(trustDomain, roots, Optional.empty(), false, DenyList.EMPTY);
        }

        /**
         * The same with other roots.
         *
         * @param others who may vouch for identities, 1 or more
         */
        public Trust withRoots(Set<X509Certificate> others) {
            return new Trust(trustDomain, others, revocations, isListRequired, denied);
        }

        /** The same, but everybody is refused while the list is missing or overdue. */
        public Trust requiringList() {
            return new Trust(trustDomain, roots, revocations, true, denied);
        }

        /** The same, whether there is a current list or not. */
        public Trust withoutRequiringList() {
            return new Trust(trustDomain, roots, revocations, false, denied);
        }
    }

    /**
     * A verifier.
     *
     * @param trust whom to believe
     */
    public CertificateVerifier(Trust trust) {
        this.trust = Objects.requireNonNull(trust, "trust");
    }

    /**
     * Checks a chain.
     *
     * @param shown what the peer showed, its own certificate first; the root may be missing
     * @param side which side of the connection the peer is
     * @param now the time
     * @return who the peer is, provided that it has shown to have the private key
     * @throws CertificateRefusedException if the chain is no identity; its problem is the first that was found
     */
    public Identity verify(List<X509Certificate> shown, Side side, Instant now) {
        List<X509Certificate> chain = wellFormed(shown);
        X509Certificate leaf = chain.get(0);
        checkIsPeer(leaf);
        checkExtensions(chain);
        ChaskiUri uri = SubjectUri.of(leaf);
        if (!uri.trustDomain().equals(trust.trustDomain())) {
            throw refused(CertificateProblem.WRONG_TRUST_DOMAIN, "not of " + trust.trustDomain());
        }
        checkUsages(leaf, side);
        checkDates(chain, now);
        checkRevocation(chain, uri, now);
        X509Certificate root = CertificatePath.check(chain, trust.roots(), now);
        checkRevocation(List.of(root), uri, now); // also when it was not shown
        return new Identity(uri, leaf.getSerialNumber(), Fingerprint.of(leaf.getPublicKey()), end(chain, root));
    }

    /** When the first certificate of a chain ends, the root among them, which need not be shown. */
    static Instant end(List<X509Certificate> chain, X509Certificate root) {
        return Stream.concat(chain.stream(), Stream.of(root))
                .map(each -> each.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /**
     * The checks that compute nothing: number and size of the certificates, kinds of keys and signatures. A TLS engine has
     * to ask for them before it computes with the key of a stranger; alone they say nothing about who he is.
     *
     * @param chain what the peer showed
     * @throws CertificateRefusedException if there is none, or too much, or a key that takes no part
     */
    public static void checkForm(List<X509Certificate> chain) {
        checkSize(chain);
        checkKeys(chain);
    }

    private static void checkSize(List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            throw refused(CertificateProblem.NO_CERTIFICATE, "the peer has shown none");
        }
        if (chain.size() > MAX_CHAIN_LENGTH) {
            throw refused(CertificateProblem.CHAIN_TOO_LONG, chain.size() + " certificates");
        }
        int bytes = chain.stream().mapToInt(CertificateVerifier::length).sum();
        if (bytes > MAX_CHAIN_BYTES) {
            throw refused(CertificateProblem.CHAIN_TOO_LARGE, bytes + " bytes");
        }
    }

    /** What {@link #checkForm} lets through, as the JDK reads it. */
    static List<X509Certificate> wellFormed(List<X509Certificate> shown) {
        checkSize(shown);
        List<X509Certificate> chain = readAgain(shown);
        checkKeys(chain);
        return chain;
    }

    /** Those that are trusted: nobody hears of a problem with them but the program. */
    static Set<X509Certificate> asJdkReads(Set<X509Certificate> trusted) {
        try {
            return Set.copyOf(JdkCertificates.readAgain(trusted));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("trusted certificates must be such that the JDK can read", e);
        }
    }

    /** Another provider may have read them, and may see something else in them. */
    static List<X509Certificate> readAgain(Collection<X509Certificate> shown) {
        try {
            return JdkCertificates.readAgain(shown);
        } catch (CertificateException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "not certificates", e);
        }
    }

    private static int length(X509Certificate certificate) {
        try {
            return certificate.getEncoded().length;
        } catch (CertificateEncodingException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "no encoding", e);
        }
    }

    /** Before any signature is computed with them. */
    static void checkKeys(List<X509Certificate> chain) {
        for (X509Certificate certificate : chain) {
            if (!PublicKeyRules.isAllowed(keyInfo(certificate))) {
                throw refused(CertificateProblem.KEY_REJECTED, "a public key that takes no part");
            }
            if (!PublicKeyRules.isAllowedSignature(certificate.getSigAlgOID())) {
                throw refused(CertificateProblem.KEY_REJECTED, "a signature algorithm that takes no part");
            }
        }
    }

    /** As it was signed: the JDK leaves it to the providers of the program what to make of a key. */
    private static byte[] keyInfo(X509Certificate certificate) {
        try {
            DerReader fields = new DerReader(certificate.getTBSCertificate()).enter(DerReader.SEQUENCE);
            if (fields.peekTag() == DerReader.CONTEXT_0) {
                fields.enter(DerReader.CONTEXT_0); // version
            }
            fields.enter(DerReader.INTEGER); // serial number
            fields.enter(DerReader.SEQUENCE); // signature algorithm
            fields.enter(DerReader.SEQUENCE); // issuer
            fields.enter(DerReader.SEQUENCE); // validity
            fields.enter(DerReader.SEQUENCE); // subject
            return fields.takeWhole(DerReader.SEQUENCE);
        } catch (CertificateEncodingException | MalformedDerException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "not the fields of a certificate", e);
        }
    }

    private void checkIsPeer(X509Certificate leaf) {
        if (leaf.getBasicConstraints() >= 0 || trust.roots().contains(leaf)) {
            throw refused(CertificateProblem.AUTHORITY_AS_PEER, "it may issue certificates");
        }
        if (leaf.getIssuerX500Principal().equals(leaf.getSubjectX500Principal())) {
            throw refused(CertificateProblem.SELF_SIGNED, "issuer and subject are the same");
        }
    }

    private static void checkExtensions(List<X509Certificate> chain) {
        for (X509Certificate certificate : chain) {
            Set<String> critical = certificate.getCriticalExtensionOIDs();
            if (certificate.getVersion() != 3 || critical == null) {
                throw refused(CertificateProblem.MALFORMED, "not of version 3, or without extensions");
            }
            Set<String> unknown = new HashSet<>(critical);
            unknown.removeAll(UNDERSTOOD);
            if (!unknown.isEmpty()) {
                throw refused(CertificateProblem.UNKNOWN_CRITICAL_EXTENSION, unknown.size() + " of them");
            }
        }
    }

    private static void checkUsages(X509Certificate leaf, Side side) {
        boolean[] usages = leaf.getKeyUsage();
        if (usages == null || !leaf.getCriticalExtensionOIDs().contains(KEY_USAGE)) {
            throw refused(CertificateProblem.WRONG_USAGE, "no critical key usage");
        }
        for (int usage = 0; usage < usages.length; usage++) {
            if (usages[usage] != (usage == DIGITAL_SIGNATURE)) {
                throw refused(CertificateProblem.WRONG_USAGE, "the key usage is not digitalSignature alone");
            }
        }
        if (!side.isIn(leaf)) {
            throw refused(CertificateProblem.WRONG_USAGE, "not for the " + side + " side of a connection");
        }
    }

    static void checkDates(List<X509Certificate> chain, Instant now) {
        for (X509Certificate certificate : chain) {
            if (now.isBefore(certificate.getNotBefore().toInstant())) {
                throw refused(
                        CertificateProblem.NOT_YET_VALID,
                        "valid from " + certificate.getNotBefore().toInstant());
            }
            if (now.isAfter(certificate.getNotAfter().toInstant())) {
                throw refused(
                        CertificateProblem.EXPIRED,
                        "ended at " + certificate.getNotAfter().toInstant());
            }
        }
    }

    private void checkRevocation(List<X509Certificate> chain, ChaskiUri uri, Instant now) {
        boolean isKnown = trust.revocations().filter(list -> !list.isStale(now)).isPresent();
        if (trust.isListRequired() && !isKnown) {
            throw refused(CertificateProblem.REVOCATIONS_UNKNOWN, "no current list");
        }
        if (trust.denied().uris().contains(uri)) {
            throw refused(CertificateProblem.REVOKED, "the identity is denied here");
        }
        checkIsNotRevoked(trust, chain);
    }

    /** Neither on the list of the authority nor denied on this node, by number or key. */
    static void checkIsNotRevoked(Trust trust, List<X509Certificate> chain) {
        for (X509Certificate certificate : chain) {
            boolean isListed = trust.revocations()
                    .filter(list -> list.serials().contains(certificate.getSerialNumber()))
                    .isPresent();
            boolean isDenied = trust.denied().serials().contains(certificate.getSerialNumber())
                    || trust.denied().keys().contains(Fingerprint.of(certificate.getPublicKey()));
            if (isListed || isDenied) {
                throw refused(CertificateProblem.REVOKED, isListed ? "on the list of the authority" : "denied here");
            }
        }
    }

    private static CertificateRefusedException refused(CertificateProblem problem, String detail) {
        return new CertificateRefusedException(problem, detail);
    }
}
