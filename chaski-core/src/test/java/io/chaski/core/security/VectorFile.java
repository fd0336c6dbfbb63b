package io.chaski.core.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/** Bytes that were once written down, by name; and what reads them by hand. */
public final class VectorFile {

    private final Map<String, byte[]> vectors = new HashMap<>();

    /** A resource with lines of a name and hexadecimal digits. */
    public VectorFile(String resource) {
        try (InputStream in = VectorFile.class.getResourceAsStream(resource)) {
            new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .forEach(parts -> vectors.put(parts[0], HexFormat.of().parseHex(parts[1])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes with a name. */
    public byte[] vector(String name) {
        return Objects.requireNonNull(vectors.get(name), name);
    }

    /** A certificate, as anybody would read it. */
    public static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** The next bytes. */
    public static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
