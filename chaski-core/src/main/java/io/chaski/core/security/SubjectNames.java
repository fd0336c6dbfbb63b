package io.chaski.core.security;

import io.chaski.core.security.DerReader.MalformedDerException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subject alternative names of a certificate, read from the bytes. The JDK's own reading will not do: it gives no
 * names at all when one of them does not parse, and a certificate passes for one without names. Immutable.
 *
 * @param uris those of kind URI, as they are
 * @param dnsNames those of kind DNS name, as they are
 * @param others tags of those that are neither, nor addresses
 */
record SubjectNames(List<String> uris, List<String> dnsNames, List<Integer> others) {

    static final String EXTENSION = "2.5.29.17";

    /** {@code [6] IA5String}. */
    private static final int URI = 0x86;

    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    /** The names, null if the certificate has no such extension. */
    static @Nullable SubjectNames of(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(EXTENSION);
        if (extension == null) {
            return null;
        }
        try {
            return read(extension);
        } catch (MalformedDerException e) {
            throw new CertificateRefusedException(
                    CertificateProblem.BAD_IDENTITY, "the subject alternative name: " + e.getMessage(), e);
        }
    }

    private static SubjectNames read(byte[] extension) throws MalformedDerException {
        DerReader whole = new DerReader(extension);
        DerReader value = whole.enter(DerReader.OCTET_STRING);
        whole.end();
        DerReader names = value.enter(DerReader.SEQUENCE);
        value.end();
        List<String> uris = new ArrayList<>();
        List<String> dnsNames = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        while (names.hasNext()) {
            int kind = names.peekTag();
            String name = new String(names.take(kind), StandardCharsets.ISO_8859_1);
            switch (kind) {
                case URI -> uris.add(name);
                case DNS_NAME -> dnsNames.add(name);
                case IP_ADDRESS -> {} // for browsers and tools
                default -> others.add(kind);
            }
        }
        return new SubjectNames(uris, dnsNames, others);
    }
}
