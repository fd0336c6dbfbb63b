package io.chaski.core.security;

import io.chaski.core.internal.module.DocumentSignature;
import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.security.BundleRefusedException.Problem;
import io.chaski.core.security.CertificateVerifier.Trust;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The roots of a trust domain with a number, signed by an issuing authority below a root that is trusted already: how another
 * root comes to be trusted, and an old one ceases to be. docs/protocol.md defines its bytes. Reading one believes nothing yet:
 * {@link #verify} does. Immutable.
 */
public final class SignedBundle {

    /** Most roots: the present one, the next one, and some to spare. */
    public static final int MAX_ROOTS = 8;

    /** Most bytes of all roots together. One of ours has some 500, with RSA of 4,096 bits 1,400. */
    public static final int MAX_ROOT_BYTES = 16 << 10;

    /** Largest one in bytes: roots, certificates of the signer, signature, name and lengths. */
    public static final int MAX_BYTES = MAX_ROOT_BYTES + CertificateVerifier.MAX_CHAIN_BYTES + 1_024;

    private static final int FORM = 1;
    private static final int KEY_CERT_SIGN = 5;
    private static final String PURPOSE = "chaski-bundle-v1";

    private final TrustDomain trustDomain;
    private final long number;
    private final List<X509Certificate> roots;
    private final List<X509Certificate> issuers;
    private final byte[] signature;

    private SignedBundle(
            TrustDomain trustDomain,
            long number,
            List<X509Certificate> roots,
            List<X509Certificate> issuers,
            byte[] signature) {
        this.trustDomain = trustDomain;
        this.number = number;
        this.roots = List.copyOf(roots);
        this.issuers = List.copyOf(issuers);
        this.signature = signature;
    }

    /**
     * Signs a set of roots.
     *
     * @param trustDomain for whose nodes
     * @param number counts the sets up, 1 or more
     * @param roots whom to trust, 1 to {@value #MAX_ROOTS}
     * @param key private key of the issuing authority
     * @param issuers its certificate, and those above it; the root may be missing
     * @throws BundleRefusedException if a count or a size is out of its range
     * @throws IllegalArgumentException if the key cannot sign, there is no issuer, or a certificate has no encoding
     */
    public static SignedBundle sign(
            TrustDomain trustDomain,
            long number,
            List<X509Certificate> roots,
            PrivateKey key,
            List<X509Certificate> issuers) {
        if (issuers.isEmpty()) {
            throw new IllegalArgumentException("issuers must begin with the certificate of the key");
        }
        try {
            byte[] signature = DocumentSignature.make(
                    PURPOSE,
                    content(trustDomain, number, roots),
                    key,
                    issuers.get(0).getPublicKey());
            return read(new SignedBundle(trustDomain, number, roots, issuers, signature).toBytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key cannot sign", e);
        }
    }

    /**
     * Reads what {@link #toBytes} has written. Says nothing about whether it is to be believed.
     *
     * @param bytes a signed set of roots
     * @throws BundleRefusedException with MALFORMED if it is anything else
     */
    public static SignedBundle read(byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        try {
            if (in.u8() != FORM) {
                throw new BundleRefusedException(Problem.MALFORMED, "of another form");
            }
            String name = new String(in.bytes(in.u8(), TrustDomain.MAX_LENGTH), StandardCharsets.ISO_8859_1);
            long number = in.i64();
            if (number < 1) {
                throw new BundleRefusedException(Problem.MALFORMED, "number " + number);
            }
            List<X509Certificate> roots = in.certificates(MAX_ROOTS, MAX_ROOT_BYTES);
            List<X509Certificate> issuers =
                    in.certificates(CertificateVerifier.MAX_CHAIN_LENGTH, CertificateVerifier.MAX_CHAIN_BYTES);
            byte[] signature = in.bytes(in.u16(), DocumentSignature.MAX_BYTES);
            in.end();
            return new SignedBundle(new TrustDomain(name), number, roots, issuers, signature);
        } catch (MalformedFieldsException e) {
            throw new BundleRefusedException(Problem.MALFORMED, String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new BundleRefusedException(Problem.MALFORMED, "not a trust domain", e);
        }
    }

    /** The bytes that travel and are stored. */
    public byte[] toBytes() {
        return new FieldWriter()
                .bytes(content(trustDomain, number, roots))
                .certificates(issuers)
                .bytes16(signature)
                .toBytes();
    }

    /** What is signed: everything in front of the signer. */
    private static byte[] content(TrustDomain trustDomain, long number, List<X509Certificate> roots) {
        byte[] name = trustDomain.name().getBytes(StandardCharsets.US_ASCII);
        return new FieldWriter()
                .u8(FORM)
                .u8(name.length)
                .bytes(name)
                .i64(number)
                .certificates(roots)
                .toBytes();
    }

    /** For whose nodes it is. */
    public TrustDomain trustDomain() {
        return trustDomain;
    }

    /** Counts the sets of a trust domain up, from 1. */
    public long number() {
        return number;
    }

    /** Whom to trust, 1 to {@value #MAX_ROOTS}. */
    public Set<X509Certificate> roots() {
        return new LinkedHashSet<>(roots);
    }

    /** The certificate of the authority that has signed it, and those above it. */
    public List<X509Certificate> issuers() {
        return issuers;
    }

    /**
     * Checks who has signed it, and what.
     *
     * @param trust whom to believe: its roots as they are before this one is taken, its lists, its domain
     * @param now the time: the certificates of the signer must count now
     * @throws CertificateRefusedException if the certificates of the signer are not believed, or are not for this trust domain
     * @throws BundleRefusedException if the signer may not sign, has not signed this, it is for another domain, or something in
     *     it is no root
     */
    public void verify(Trust trust, Instant now) {
        checkDomain(trust.trustDomain());
        List<X509Certificate> signers = CertificateVerifier.wellFormed(issuers);
        checkMaySign(signers.get(0));
        CertificatePath.checkMayVouchFor(signers, trustDomain);
        CertificateVerifier.checkIsNotRevoked(trust, signers);
        X509Certificate root = CertificatePath.check(signers, trust.roots(), now);
        // Both also when it was not shown:
        CertificatePath.checkMayVouchFor(List.of(root), trustDomain);
        CertificateVerifier.checkIsNotRevoked(trust, List.of(root));
        checkSignature();
        checkRoots();
    }

    /**
     * Checks what was believed once and kept since: that it is whole, and who has signed it not denied meanwhile. Nobody is asked
     * whether the signer is trusted still, whose root this very set may have dropped.
     *
     * @param trust whose trust domain it has to be for, and whom it denies; its roots do not matter
     * @throws CertificateRefusedException with REVOKED if a certificate of the signer is denied, or on a list
     * @throws BundleRefusedException with DOMAIN, SIGNATURE or ROOTS
     */
    public void verifyAgain(Trust trust) {
        checkDomain(trust.trustDomain());
        checkSignature();
        checkRoots();
        CertificateVerifier.checkIsNotRevoked(trust, issuers);
        Stream.concat(trust.roots().stream(), roots.stream())
                .filter(this::hasSignedOneOfIssuers)
                .forEach(root -> CertificateVerifier.checkIsNotRevoked(trust, List.of(root)));
    }

    /** One by one: the signer has chosen what stands behind his certificate, and a root that has gone breaks the path. */
    private boolean hasSignedOneOfIssuers(X509Certificate root) {
        return issuers.stream().anyMatch(issuer -> isBelow(issuer, root));
    }

    /** As of the end of the first of both: until then both were valid. */
    private static boolean isBelow(X509Certificate issuer, X509Certificate root) {
        List<X509Certificate> path = List.of(issuer);
        try {
            CertificatePath.check(path, Set.of(root), CertificateVerifier.end(path, root));
            return true;
        } catch (CertificateRefusedException e) {
            return false;
        }
    }

    private void checkDomain(TrustDomain wanted) {
        if (!trustDomain.equals(wanted)) {
            throw new BundleRefusedException(Problem.DOMAIN, "not for " + wanted);
        }
    }

    private void checkSignature() {
        byte[] content = content(trustDomain, number, roots);
        if (!DocumentSignature.isValid(
                PURPOSE, content, signature, issuers.get(0).getPublicKey())) {
            throw new BundleRefusedException(Problem.SIGNATURE, "not the signature of this set");
        }
    }

    /** A root's key rests in a safe, and a node's is anybody's. */
    private static void checkMaySign(X509Certificate signer) {
        boolean[] usages = signer.getKeyUsage();
        boolean isAuthority = signer.getBasicConstraints() >= 0 && usages != null && usages[KEY_CERT_SIGN];
        if (!isAuthority || isSelfIssued(signer)) {
            throw new BundleRefusedException(Problem.SIGNER, "not signed by an issuing authority");
        }
    }

    private static boolean isSelfIssued(X509Certificate certificate) {
        return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
    }

    private void checkRoots() {
        for (X509Certificate root : roots) {
            if (root.getBasicConstraints() < 0 || !isSelfIssued(root)) {
                throw new BundleRefusedException(Problem.ROOTS, "a certificate that is no root");
            }
        }
        if (new HashSet<>(roots).size() != roots.size()) {
            throw new BundleRefusedException(Problem.ROOTS, "a root comes twice");
        }
        try {
            CertificateVerifier.checkKeys(roots);
        } catch (CertificateRefusedException e) {
            throw new BundleRefusedException(Problem.ROOTS, "the key of a root", e);
        }
    }

    /**
     * Checks that it may take the place of another one: it has a higher number, or is the same set signed again.
     *
     * @param known what was believed last
     * @throws BundleRefusedException with ROLLBACK if it is older, or CONFLICT if it is another set with the same number
     */
    public void checkFollows(SignedBundle known) {
        if (number < known.number) {
            throw new BundleRefusedException(Problem.ROLLBACK, "number " + number + " after number " + known.number);
        }
        if (number == known.number && !roots().equals(known.roots())) {
            throw new BundleRefusedException(Problem.CONFLICT, "another set with number " + number + " is known");
        }
    }

    /**
     * Whether it takes the place of another one of the same authority: it has a higher number, or is the same set signed again, with
     * a certificate that ends later.
     *
     * @param known the other one
     */
    public boolean isLaterThan(SignedBundle known) {
        boolean isRenewed = signerEnd().isAfter(known.signerEnd());
        return number > known.number || number == known.number && isRenewed;
    }

    private Instant signerEnd() {
        return issuers.get(0).getNotAfter().toInstant();
    }

    /**
     * Checks that whoever takes it stays in.
     *
     * @param own certificates of the node itself, its own first
     * @param now the time; what has ended counts as of its last moment
     * @throws BundleRefusedException with OWN_ROOT if no root of the set leads to them
     */
    public void checkVouchesFor(List<X509Certificate> own, Instant now) {
        Instant end = own.get(0).getNotAfter().toInstant();
        try {
            CertificatePath.check(CertificateVerifier.readAgain(own), roots(), now.isAfter(end) ? end : now);
        } catch (CertificateRefusedException e) {
            throw new BundleRefusedException(
                    Problem.OWN_ROOT,
                    "number " + number + " has no root of this node's own certificate, which has to be renewed first",
                    e);
        }
    }
}
