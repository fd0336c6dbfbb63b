package io.chaski.core.security;

import io.chaski.core.security.DerReader.MalformedDerException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The identity in a certificate, read from the bytes of its subject alternative name. The JDK's own reading will not do:
 * it gives no names at all when one of them does not parse, and a certificate passes for one without names.
 */
final class SubjectUri {

    static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

    /** {@code [6] IA5String}, the only kind of name that is an identity; others are for browsers and tools. */
    private static final int URI = 0x86;

    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    private SubjectUri() {}

    /** The identity, if there is exactly one and in an extension that nobody may skip. */
    static ChaskiUri of(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(SUBJECT_ALTERNATIVE_NAME);
        if (extension == null) {
            throw new CertificateRefusedException(CertificateProblem.NO_IDENTITY, "no subject alternative name");
        }
        if (!certificate.getCriticalExtensionOIDs().contains(SUBJECT_ALTERNATIVE_NAME)) {
            throw new CertificateRefusedException(
                    CertificateProblem.IDENTITY_NOT_CRITICAL, "the subject alternative name is not critical");
        }
        List<String> uris = uris(extension);
        if (uris.isEmpty()) {
            throw new CertificateRefusedException(CertificateProblem.NO_IDENTITY, "no URI among the names");
        }
        if (uris.size() > 1) {
            throw new CertificateRefusedException(CertificateProblem.SEVERAL_IDENTITIES, uris.size() + " URIs");
        }
        return parse(uris.get(0));
    }

    private static ChaskiUri parse(String uri) {
        try {
            return ChaskiUri.parse(uri);
        } catch (IllegalArgumentException e) {
            throw new CertificateRefusedException(CertificateProblem.BAD_IDENTITY, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<String> uris(byte[] extension) {
        try {
            DerReader whole = new DerReader(extension);
            DerReader value = whole.enter(DerReader.OCTET_STRING);
            whole.end();
            DerReader names = value.enter(DerReader.SEQUENCE);
            value.end();
            List<String> uris = new ArrayList<>();
            while (names.hasNext()) {
                int kind = names.peekTag();
                byte[] name = names.take(kind);
                if (kind == URI) {
                    uris.add(new String(name, StandardCharsets.ISO_8859_1));
                } else if (kind != DNS_NAME && kind != IP_ADDRESS) {
                    throw new MalformedDerException("a name of kind " + kind);
                }
            }
            return uris;
        } catch (MalformedDerException e) {
            throw new CertificateRefusedException(
                    CertificateProblem.BAD_IDENTITY, "the subject alternative name: " + e.getMessage(), e);
        }
    }
}
