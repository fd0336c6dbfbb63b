package io.chaski.core.security;

import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.security.CertificateVerifier.Trust;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A revocation list as its authority has signed it, with the certificates of the signer; docs/protocol.md defines its bytes.
 * Reading one believes nothing yet: {@link #verify} does. Immutable.
 */
public final class SignedRevocationList {

    /** Largest one in bytes: list, certificates and their lengths. */
    public static final int MAX_BYTES = RevocationList.MAX_BYTES + CertificateVerifier.MAX_CHAIN_BYTES + 16;

    private static final int FORM = 1;

    private final byte[] list;
    private final List<X509Certificate> issuers;

    private SignedRevocationList(byte[] list, List<X509Certificate> issuers) {
        this.list = list;
        this.issuers = List.copyOf(issuers);
    }

    /**
     * A list and who has signed it.
     *
     * @param list an X.509 revocation list of version 2 in DER, such as {@code CertificateAuthority.revocationList()} gives
     * @param issuers the certificate of the authority that has signed it, and those above it; the root may be missing
     * @throws CertificateRefusedException if the list or the certificates are too large, or too many
     * @throws IllegalArgumentException if a certificate has no encoding
     */
    public static SignedRevocationList of(byte[] list, List<X509Certificate> issuers) {
        return read(write(list, issuers));
    }

    /**
     * Reads what {@link #toBytes} has written. Says nothing about whether it is to be believed.
     *
     * @param bytes a list and its issuers
     * @throws CertificateRefusedException with MALFORMED if it is anything else
     */
    public static SignedRevocationList read(byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        try {
            if (in.u8() != FORM) {
                throw malformed("of another form", null);
            }
            byte[] list = in.bytes(in.i32(), RevocationList.MAX_BYTES);
            List<X509Certificate> issuers =
                    in.certificates(CertificateVerifier.MAX_CHAIN_LENGTH, CertificateVerifier.MAX_CHAIN_BYTES);
            in.end();
            return new SignedRevocationList(list, issuers);
        } catch (MalformedFieldsException e) {
            throw malformed(String.valueOf(e.getMessage()), e);
        }
    }

    /** The bytes that travel and are stored. */
    public byte[] toBytes() {
        return write(list, issuers);
    }

    private static byte[] write(byte[] list, List<X509Certificate> issuers) {
        return new FieldWriter().u8(FORM).bytes32(list).certificates(issuers).toBytes();
    }

    /** The list in DER. */
    public byte[] list() {
        return list.clone();
    }

    /** The certificate of the authority that has signed it, and those above it. */
    public List<X509Certificate> issuers() {
        return issuers;
    }

    /**
     * What the list says its number is, which nobody need have signed.
     *
     * @throws CertificateRefusedException with MALFORMED if it is no list, or has none
     */
    public long number() {
        return RevocationList.numberOf(list);
    }

    /**
     * Checks who has signed it.
     *
     * @param trust whom to believe
     * @param now the time
     * @throws CertificateRefusedException as {@link RevocationList#read}
     */
    public RevocationList verify(Trust trust, Instant now) {
        return RevocationList.read(list, issuers, trust, now);
    }

    private static CertificateRefusedException malformed(String detail, @Nullable Throwable cause) {
        return new CertificateRefusedException(
                CertificateProblem.MALFORMED, "not a signed revocation list: " + detail, cause);
    }
}
