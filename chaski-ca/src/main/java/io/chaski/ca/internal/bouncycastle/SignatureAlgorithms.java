package io.chaski.ca.internal.bouncycastle;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Names that the JDK has for what certificates name by numbers. */
final class SignatureAlgorithms {

    private static final Map<String, String> NAMES = Map.of(
            "1.2.840.10045.4.3.2", "SHA256withECDSA",
            "1.2.840.10045.4.3.3", "SHA384withECDSA",
            "1.2.840.113549.1.1.11", "SHA256withRSA",
            "1.2.840.113549.1.1.12", "SHA384withRSA",
            "1.2.840.113549.1.1.13", "SHA512withRSA");

    private SignatureAlgorithms() {}

    /** The name of an algorithm that is allowed. */
    static String name(String oid) {
        String name = NAMES.get(oid);
        if (name == null) {
            throw new IllegalArgumentException("not an algorithm that takes part: " + oid);
        }
        return name;
    }

    /** What a key signs with. */
    static String forKey(PrivateKey key) {
        return isEllipticCurve(key) ? "SHA256withECDSA" : "SHA256withRSA";
    }

    private static boolean isEllipticCurve(Key key) {
        return key.getAlgorithm().equals("EC");
    }

    /** The JDK's form of a key whose bytes are allowed. */
    static PublicKey publicKey(SubjectPublicKeyInfo info) {
        boolean isEllipticCurve = info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey);
        try {
            return KeyFactory.getInstance(isEllipticCurve ? "EC" : "RSA")
                    .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new EnrolmentException(EnrolmentProblem.KEY_REJECTED, "a public key that is none", e);
        }
    }
}
