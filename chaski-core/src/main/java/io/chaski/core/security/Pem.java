package io.chaski.core.security;

import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.internal.module.OwnUser;
import io.chaski.core.internal.module.UnixFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Keys and certificates in PEM (RFC 7468), as OpenSSL, keytool and most authorities write them: for nodes with certificates of
 * {@linkplain TrustMode#external somebody else's authority}. What stands around the blocks is skipped. A key has to be a
 * PKCS #8 one in the clear ({@code BEGIN PRIVATE KEY}); for others the exception has the command that makes it one. Whether the
 * certificates are good for a node, and of whom, is found when it starts. Stateless.
 */
public final class Pem {

    /** A key and a chain have some 3 KiB, 12 with RSA of 4,096 bits, a few times that with explanations between them. */
    public static final int MAX_BYTES = 256 << 10;

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";

    /** Permissions of group and others. */
    private static final int OTHERS = 077;

    private Pem() {}

    /**
     * A private key and the certificates of it, in one file or in several.
     *
     * @param files together one key, its certificate, and those that vouch for it as far as they have to be shown to peers, in any
     *     order. Links are followed. A file with a key must be ours or root's, and for its owner only, where the file system knows of
     *     owners
     * @throws ConfigurationException naming the file that is missing, unreadable, too long, not ours, open to others or malformed, or what
     *     is missing, of another kind or does not belong together in all of them
     */
    public static Credentials credentials(Path... files) {
        List<PemBlock> blocks = new ArrayList<>();
        for (Path file : files) {
            UnixFile before = UnixFile.isKnown(file) ? read(file, UnixFile::of) : null;
            List<PemBlock> found = blocks(file);
            if (before != null && found.stream().anyMatch(PemBlock::isKey)) {
                checkIsOurs(file, before);
            }
            blocks.addAll(found);
        }
        return credentials(blocks, names(files));
    }

    /**
     * As {@link #credentials(Path...)}, for what the program has read itself: from a vault, or from a file that a group may
     * read. How the key is kept is then the program's concern.
     *
     * @param texts each at most {@value #MAX_BYTES} characters
     * @throws ConfigurationException as there, with numbers instead of names of files
     */
    public static Credentials credentials(String... texts) {
        return credentials(blocks(texts), names(texts));
    }

    /**
     * Certificates to trust.
     *
     * @param files with one or more certificates each, and no key
     * @throws ConfigurationException naming the file that is missing, unreadable, too long or malformed, or holds something else
     */
    public static Set<X509Certificate> certificates(Path... files) {
        return trusted(Stream.of(files).flatMap(file -> blocks(file).stream()).toList(), names(files));
    }

    /**
     * As {@link #certificates(Path...)}, for what the program has read itself.
     *
     * @param texts each at most {@value #MAX_BYTES} characters
     * @throws ConfigurationException as there, with numbers instead of names of files
     */
    public static Set<X509Certificate> certificates(String... texts) {
        return trusted(blocks(texts), names(texts));
    }

    private static Credentials credentials(List<PemBlock> blocks, String where) {
        List<PemBlock> keys = blocks.stream().filter(PemBlock::isKey).toList();
        if (keys.size() != 1) {
            throw new ConfigurationException((keys.isEmpty() ? "no private key" : keys.size() + " private keys")
                    + " in " + where + ": there must be one, between -----BEGIN PRIVATE KEY----- and its end");
        }
        PrivateKey key = privateKey(keys.get(0));
        Set<X509Certificate> certificates =
                certificates(blocks.stream().filter(block -> !block.isKey()).toList(), where);
        return new Credentials(key, PemChain.sort(key, certificates));
    }

    private static Set<X509Certificate> trusted(List<PemBlock> blocks, String where) {
        blocks.stream().filter(PemBlock::isKey).findFirst().ifPresent(key -> {
            throw new ConfigurationException(key.where() + " holds a private key: to be trusted are certificates");
        });
        return Set.copyOf(certificates(blocks, where));
    }

    private static Set<X509Certificate> certificates(List<PemBlock> blocks, String where) {
        Set<X509Certificate> certificates = new LinkedHashSet<>();
        for (PemBlock block : blocks) {
            if (!block.label().equals(CERTIFICATE)) {
                throw new ConfigurationException(
                        block.where() + " holds " + block.label() + ": only " + CERTIFICATE + " is read there");
            }
            try {
                certificates.add(JdkCertificates.read(block.der()));
            } catch (CertificateException e) {
                throw new ConfigurationException(block.where() + " holds a certificate that cannot be read", e);
            }
        }
        if (certificates.isEmpty()) {
            throw new ConfigurationException("no certificate in " + where);
        }
        return certificates;
    }

    private static PrivateKey privateKey(PemBlock block) {
        if (!block.label().equals(PRIVATE_KEY)) {
            String makeOne = "; make " + PRIVATE_KEY + " of it with: ";
            throw new ConfigurationException(block.where() + " holds " + block.label() + ", which is not read"
                    + switch (block.label()) {
                        case "ENCRYPTED PRIVATE KEY" -> makeOne + "openssl pkcs8 -in OLD -out NEW";
                        case "EC PRIVATE KEY", "RSA PRIVATE KEY" ->
                            makeOne + "openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";
                        case "OPENSSH PRIVATE KEY" -> makeOne + "ssh-keygen -p -m PKCS8 -N '' -f COPY";
                        default -> ": it must be " + PRIVATE_KEY + " (PKCS #8)";
                    });
        }
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(block.der());
        InvalidKeySpecException unfit = new InvalidKeySpecException(block.label());
        for (String algorithm : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException other) {
                unfit.addSuppressed(other);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has these algorithms", e);
            }
        }
        throw new ConfigurationException(
                "the private key in " + block.where()
                        + " is neither one on an elliptic curve nor RSA, or damaged; this makes one:"
                        + " openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
                unfit);
    }

    private static List<PemBlock> blocks(String... texts) {
        return IntStream.range(0, texts.length)
                .mapToObj(i -> blocks(name(i), texts[i]))
                .flatMap(List::stream)
                .toList();
    }

    private static List<PemBlock> blocks(Path file) {
        return blocks(file.toString(), read(file, Pem::text));
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES + 1), StandardCharsets.ISO_8859_1);
        }
    }

    /** What is read of a file: its content or what it is. */
    private interface Reading<T> {
        T of(Path file) throws IOException;
    }

    private static <T> T read(Path file, Reading<T> reading) {
        try {
            return reading.of(file);
        } catch (NoSuchFileException missing) {
            throw new ConfigurationException("there is no file " + file, missing);
        } catch (IOException e) {
            throw new ConfigurationException(file + " could not be read: " + e.getMessage(), e);
        }
    }

    private static List<PemBlock> blocks(String where, String text) {
        if (text.length() > MAX_BYTES) {
            throw new ConfigurationException(where + " is longer than " + MAX_BYTES + " bytes");
        }
        return PemBlock.read(where, text);
    }

    /** By what it was before it was read: that is not newer than what was read of it. */
    private static void checkIsOurs(Path file, UnixFile before) {
        int us = read(file, any -> OwnUser.number());
        if (!before.isOwnedBy(us)) {
            throw new ConfigurationException(file + " holds a private key and belongs to user " + before.ownerText()
                    + ", who knows it: it must be this user's or root's");
        }
        if (before.allows(OTHERS)) {
            throw new ConfigurationException(file + " holds a private key and has the mode " + before.permissions()
                    + ", so that others than its owner can get at it: chmod 600 " + file);
        }
    }

    private static String name(int i) {
        return "text " + (i + 1);
    }

    private static String names(Path... files) {
        return Stream.of(files).map(Path::toString).collect(Collectors.joining(", "));
    }

    private static String names(String... texts) {
        return IntStream.range(0, texts.length).mapToObj(Pem::name).collect(Collectors.joining(", "));
    }
}
