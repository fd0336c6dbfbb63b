package io.chaski.ca.internal.bouncycastle;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.PublicKeyRules;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A request for a certificate (PKCS #10, RFC 2986) that has passed all checks that need nothing but itself. Of what it
 * asks for, the key and the identity are read; subject and extensions are for the authority to decide. Immutable.
 *
 * @param key the public key, whose owner has signed the request
 * @param name the identity it asks for, if it names one
 */
public record CertificateRequest(PublicKey key, Optional<ChaskiUri> name) {

    /** One with P-256 has some 260 bytes, with RSA of 4,096 bits 1,200. */
    public static final int MAX_BYTES = 8 << 10;

    /** Writes a request for an identity, signed by its key. */
    public static byte[] write(KeyPair keys, ChaskiUri name) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, name.toString())));
            return new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder(SignatureAlgorithms.forKey(keys.getPrivate()))
                            .build(keys.getPrivate()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalArgumentException("this key cannot sign a request", e);
        }
    }

    /**
     * Reads a request of anybody's. The order matters: size and structure before a parser sees it, the kind of key and
     * of signature before anybody computes with them, the signature last.
     *
     * @throws EnrolmentException with CSR_INVALID, KEY_REJECTED or, if it asks for what is no identity, NAME_MISMATCH
     */
    public static CertificateRequest read(byte[] der) {
        PKCS10CertificationRequest request = parse(der);
        byte[] keyInfo = keyInfo(request);
        if (!PublicKeyRules.isAllowed(keyInfo)) {
            throw new EnrolmentException(EnrolmentProblem.KEY_REJECTED, "a public key that takes no part");
        }
        AlgorithmIdentifier algorithm = request.getSignatureAlgorithm();
        boolean hasNoParameters =
                algorithm.getParameters() == null || DERNull.INSTANCE.equals(algorithm.getParameters());
        String oid = algorithm.getAlgorithm().getId();
        if (!PublicKeyRules.isAllowedSignature(oid) || !hasNoParameters) {
            throw invalid("a signature algorithm that takes no part", null);
        }
        PublicKey key = SignatureAlgorithms.publicKey(request.getSubjectPublicKeyInfo());
        checkSignature(request, key, oid);
        return new CertificateRequest(key, name(request));
    }

    /** Fingerprint of the key. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(key);
    }

    private static PKCS10CertificationRequest parse(byte[] der) {
        if (der.length > MAX_BYTES) {
            throw invalid(der.length + " bytes", null);
        }
        if (!DerStructure.isSound(der)) {
            throw invalid("not DER", null);
        }
        try {
            PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
            if (!Arrays.equals(request.toASN1Structure().getEncoded(ASN1Encoding.DER), der)) {
                throw invalid("BER, or a second spelling", null);
            }
            return request;
        } catch (IOException | RuntimeException e) {
            // Bouncy Castle tells of what is not there by exceptions of every kind, and the bytes are a stranger's.
            throw e instanceof EnrolmentException refused ? refused : invalid("not a certificate request", e);
        }
    }

    private static byte[] keyInfo(PKCS10CertificationRequest request) {
        try {
            return request.getSubjectPublicKeyInfo().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw invalid("a public key without an encoding", e);
        }
    }

    /** By the JDK: a composite verifier has once taken an empty signature for a good one (CVE-2026-5588). */
    private static void checkSignature(PKCS10CertificationRequest request, PublicKey key, String oid) {
        try {
            Signature signature = Signature.getInstance(SignatureAlgorithms.name(oid));
            signature.initVerify(key);
            signature.update(
                    request.toASN1Structure().getCertificationRequestInfo().getEncoded(ASN1Encoding.DER));
            ASN1BitString bits = request.toASN1Structure().getSignature();
            boolean hasBytes = bits.getPadBits() == 0 && bits.getBytes().length > 0;
            if (!hasBytes || !signature.verify(bits.getBytes())) {
                throw invalid("not signed by its own key", null);
            }
        } catch (GeneralSecurityException | IOException e) {
            throw invalid("not signed by its own key", e);
        }
    }

    private static Optional<ChaskiUri> name(PKCS10CertificationRequest request) {
        try {
            Attribute[] attributes = request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
            if (attributes.length == 0) {
                return Optional.empty();
            }
            if (attributes.length > 1 || attributes[0].getAttrValues().size() != 1) {
                throw invalid("several lists of extensions", null);
            }
            Extensions extensions =
                    Extensions.getInstance(attributes[0].getAttrValues().getObjectAt(0));
            GeneralNames names = GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
            return names == null ? Optional.empty() : Optional.of(name(names.getNames()));
        } catch (EnrolmentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw invalid("extensions that are none", e); // see parse
        }
    }

    private static ChaskiUri name(GeneralName[] names) {
        if (names.length != 1 || names[0].getTagNo() != GeneralName.uniformResourceIdentifier) {
            throw new EnrolmentException(EnrolmentProblem.NAME_MISMATCH, "asks for other names than one identity");
        }
        try {
            return ChaskiUri.parse(names[0].getName().toString());
        } catch (IllegalArgumentException e) {
            throw new EnrolmentException(EnrolmentProblem.NAME_MISMATCH, "asks for what is no identity", e);
        }
    }

    private static EnrolmentException invalid(String detail, @Nullable Throwable cause) {
        return new EnrolmentException(EnrolmentProblem.CSR_INVALID, detail, cause);
    }
}
