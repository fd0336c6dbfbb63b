package io.chaski.ca.internal.disk;

import io.chaski.core.internal.module.JdkCertificates;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Textual encodings of RFC 7468, in its strict form: one label, 64 characters a line, nothing else in the file. What it
 * reads was bounded before.
 */
public final class Pem {

    /** Label of a certificate. */
    public static final String CERTIFICATE = "CERTIFICATE";

    /** Label of a revocation list. */
    public static final String REVOCATION_LIST = "X509 CRL";

    /** Label of a private key in the clear. */
    public static final String PRIVATE_KEY = "PRIVATE KEY";

    /** Label of a public key. */
    public static final String PUBLIC_KEY = "PUBLIC KEY";

    /** Label of a private key under a password. */
    public static final String ENCRYPTED_PRIVATE_KEY = "ENCRYPTED PRIVATE KEY";

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final String label;
    private final byte[] der;

    /** Bytes under a label. */
    public Pem(String label, byte[] der) {
        this.label = label;
        this.der = der.clone();
    }

    /** A certificate. */
    public static Pem of(X509Certificate certificate) {
        try {
            return new Pem(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /** What the bytes are. */
    public String label() {
        return label;
    }

    /** The bytes. */
    public byte[] der() {
        return der.clone();
    }

    /** The text of some. */
    public static byte[] write(List<Pem> blocks) {
        StringBuilder text = new StringBuilder();
        for (Pem block : blocks) {
            text.append(BEGIN).append(block.label).append(DASHES).append('\n');
            text.append(ENCODER.encodeToString(block.der)).append('\n');
            text.append(END).append(block.label).append(DASHES).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads a text.
     *
     * @throws MalformedPemException if it is anything but blocks
     */
    public static List<Pem> read(byte[] text) throws MalformedPemException {
        List<Pem> blocks = new ArrayList<>();
        List<String> lines = List.of(new String(text, StandardCharsets.ISO_8859_1).split("\r?\n", -1));
        int line = 0;
        while (line < lines.size() - 1) {
            int end = lines.subList(line, lines.size()).stream()
                            .takeWhile(each -> !each.startsWith(END))
                            .toList()
                            .size()
                    + line;
            blocks.add(block(lines, line, end));
            line = end + 1;
        }
        boolean endsInLineBreak = lines.get(lines.size() - 1).isEmpty();
        if (!endsInLineBreak) {
            throw new MalformedPemException("text behind the last block");
        }
        return blocks;
    }

    private static Pem block(List<String> lines, int begin, int end) throws MalformedPemException {
        String first = lines.get(begin);
        if (end == lines.size()
                || !first.startsWith(BEGIN)
                || !first.endsWith(DASHES)
                || first.length() < BEGIN.length() + DASHES.length()) {
            throw new MalformedPemException("not a block from BEGIN to END");
        }
        String label = first.substring(BEGIN.length(), first.length() - DASHES.length());
        if (!lines.get(end).equals(END + label + DASHES)) {
            throw new MalformedPemException("a block that ends under another label");
        }
        try {
            return new Pem(label, Base64.getDecoder().decode(String.join("", lines.subList(begin + 1, end))));
        } catch (IllegalArgumentException e) {
            throw new MalformedPemException("not Base64", e);
        }
    }

    /** The certificates of blocks that must all be certificates. */
    public static List<X509Certificate> certificates(List<Pem> blocks) throws MalformedPemException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Pem block : blocks) {
            if (!block.label.equals(CERTIFICATE)) {
                throw new MalformedPemException("not a certificate");
            }
            try {
                certificates.add(JdkCertificates.read(block.der));
            } catch (CertificateException e) {
                throw new MalformedPemException("not a certificate", e);
            }
        }
        return certificates;
    }

    /** Not the text of blocks, or not of those that belong there. */
    public static final class MalformedPemException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedPemException(String message) {
            super(message);
        }

        MalformedPemException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
