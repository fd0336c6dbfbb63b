package io.chaski.core.security.policy;

import io.chaski.core.internal.module.DocumentSignature;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Identity;
import io.chaski.core.security.policy.PolicyRefusedException.Problem;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The text of a policy with the signature of an authority or an administrator and the certificates of the signer; docs/protocol.md
 * defines its bytes. Reading one believes nothing yet: {@link #verify} does. Immutable.
 */
public final class SignedPolicy {

    /** Largest one in bytes: text, certificates, signature and their lengths. */
    public static final int MAX_BYTES = Policy.MAX_BYTES + CertificateVerifier.MAX_CHAIN_BYTES + 1_024;

    private static final String PURPOSE = "chaski-policy-v1";

    private final byte[] text;
    private final List<X509Certificate> chain;
    private final byte[] signature;

    SignedPolicy(byte[] text, List<X509Certificate> chain, byte[] signature) {
        this.text = text;
        this.chain = List.copyOf(chain);
        this.signature = signature;
    }

    /**
     * Signs a policy.
     *
     * @param text the policy; it must name its domain
     * @param key the private key of the signer
     * @param chain the certificate of the signer, and those above it; the root may be missing
     * @throws PolicyFormatException if the text is no policy
     * @throws PolicyRefusedException if it names no domain
     * @throws IllegalArgumentException if the key cannot sign, or there are no, too many or too large certificates
     */
    public static SignedPolicy sign(byte[] text, PrivateKey key, List<X509Certificate> chain) {
        if (Policy.parse(text).document().domain().isEmpty()) {
            throw new PolicyRefusedException(Problem.DOMAIN, "it names no domain");
        }
        return signChecked(text, key, chain);
    }

    private static SignedPolicy signChecked(byte[] text, PrivateKey key, List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain must begin with the certificate of the key");
        }
        try {
            byte[] signature =
                    DocumentSignature.make(PURPOSE, text, key, chain.get(0).getPublicKey());
            SignedPolicy signed = new SignedPolicy(text.clone(), chain, signature);
            read(signed.toBytes());
            return signed;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key cannot sign", e);
        }
    }

    /**
     * Signs the same text again, such as before a certificate ends.
     *
     * @param key the private key of the signer
     * @param chain the certificate of the signer, and those above it; the root may be missing
     * @throws PolicyFormatException if the text is no policy
     * @throws IllegalArgumentException if the key cannot sign, or there are no, too many or too large certificates
     */
    public SignedPolicy signAgain(PrivateKey key, List<X509Certificate> chain) {
        policy();
        return signChecked(text, key, chain);
    }

    /**
     * Reads what {@link #toBytes} has written. Says nothing about whether it is to be believed.
     *
     * @param bytes a signed policy
     * @throws PolicyRefusedException if it is anything else
     */
    public static SignedPolicy read(byte[] bytes) {
        return SignedPolicyCodec.read(bytes);
    }

    /** The bytes that travel and are stored. */
    public byte[] toBytes() {
        return SignedPolicyCodec.write(text, chain, signature);
    }

    /** The text that was signed, as it is. */
    public byte[] text() {
        return text.clone();
    }

    /**
     * What it says, whoever has signed it. A pattern that comes twice in one list counts once: earlier versions have signed such
     * policies, and what they say is clear.
     *
     * @throws PolicyFormatException if the text is no policy
     */
    public Policy policy() {
        return Policy.of(PolicyReader.readSigned(text));
    }

    /** The certificate of the signer, and those above it. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /**
     * Checks who signed it and what, before anybody reads the text.
     *
     * @param verifier whom to believe
     * @param now the time: the certificate of the signer and the policy must both count now
     * @throws CertificateRefusedException if the certificates are not believed
     * @throws PolicyRefusedException if the signer may not sign, has not signed this, or the policy is not for its domain or for now
     * @throws PolicyFormatException if the text is no policy
     */
    public Policy verify(CertificateVerifier verifier, Instant now) {
        Identity signer = signer(verifier, now);
        if (signer.uri().role() == ChaskiUri.Role.NODE) {
            throw new PolicyRefusedException(Problem.SIGNER, "signed by a node");
        }
        if (!DocumentSignature.isValid(PURPOSE, text, signature, chain.get(0).getPublicKey())) {
            throw new PolicyRefusedException(Problem.SIGNATURE, "not the signature of this text");
        }
        Policy policy = policy();
        if (!policy.document().domain().equals(Optional.of(signer.uri().trustDomain()))) {
            throw new PolicyRefusedException(Problem.DOMAIN, "not for the domain of its signer");
        }
        if (!policy.document().isInForce(now)) {
            throw new PolicyRefusedException(Problem.NOT_IN_FORCE, "not at " + now);
        }
        return policy;
    }

    /** Signing is no side of a connection: a certificate for either will do. */
    private Identity signer(CertificateVerifier verifier, Instant now) {
        try {
            return verifier.verify(chain, Side.CLIENT, now);
        } catch (CertificateRefusedException e) {
            if (e.problem() != CertificateProblem.WRONG_USAGE) {
                throw e;
            }
            return verifier.verify(chain, Side.SERVER, now);
        }
    }

    /**
     * Checks that it may take the place of another one: it is of a later version, or the same text signed again.
     *
     * @param known what was believed last
     * @throws PolicyRefusedException if it is older, or another text with the same version
     */
    public void checkFollows(SignedPolicy known) {
        long version = policy().version();
        long knownVersion = known.policy().version();
        if (version < knownVersion) {
            throw new PolicyRefusedException(Problem.ROLLBACK, "version " + version + " after version " + knownVersion);
        }
        if (version == knownVersion && !Arrays.equals(text, known.text)) {
            throw new PolicyRefusedException(Problem.CONFLICT, "another version " + version + " is known");
        }
    }
}
