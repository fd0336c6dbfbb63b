package io.chaski.core.security;

import java.security.cert.X509Certificate;

/** The identity in a certificate of ours. */
final class SubjectUri {

    private SubjectUri() {}

    /** The identity, if there is exactly one and in an extension that nobody may skip. */
    static ChaskiUri of(X509Certificate certificate) {
        SubjectNames names = SubjectNames.of(certificate);
        if (names == null) {
            throw new CertificateRefusedException(CertificateProblem.NO_IDENTITY, "no subject alternative name");
        }
        if (!certificate.getCriticalExtensionOIDs().contains(SubjectNames.EXTENSION)) {
            throw new CertificateRefusedException(
                    CertificateProblem.IDENTITY_NOT_CRITICAL, "the subject alternative name is not critical");
        }
        if (!names.others().isEmpty()) {
            throw new CertificateRefusedException(
                    CertificateProblem.BAD_IDENTITY,
                    "the subject alternative name: a name of kind "
                            + names.others().get(0));
        }
        if (names.uris().isEmpty()) {
            throw new CertificateRefusedException(CertificateProblem.NO_IDENTITY, "no URI among the names");
        }
        if (names.uris().size() > 1) {
            throw new CertificateRefusedException(
                    CertificateProblem.SEVERAL_IDENTITIES, names.uris().size() + " URIs");
        }
        return parse(names.uris().get(0));
    }

    private static ChaskiUri parse(String uri) {
        try {
            return ChaskiUri.parse(uri);
        } catch (IllegalArgumentException e) {
            throw new CertificateRefusedException(CertificateProblem.BAD_IDENTITY, String.valueOf(e.getMessage()), e);
        }
    }
}
