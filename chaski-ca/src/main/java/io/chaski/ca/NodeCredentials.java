package io.chaski.ca;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.disk.Pem;
import io.chaski.ca.internal.disk.Pem.MalformedPemException;
import io.chaski.ca.internal.disk.SmallFiles;
import io.chaski.core.internal.module.JdkSignatures;
import io.chaski.core.security.ChaskiUri;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node proves its identity with. Kept in one file, key and certificates together, so that no crash leaves a key
 * with the certificate of another one. The key is not encrypted: whoever starts the node would have to keep the password
 * beside it. Immutable.
 *
 * @param key the private key
 * @param chain the certificate of the node first, then that of the authority, and the root
 */
public record NodeCredentials(PrivateKey key, List<X509Certificate> chain) {

    /** A key on P-256 and three certificates have some 3 KiB, with RSA of 4,096 bits 12. */
    private static final int MAX_BYTES = 64 << 10;

    /** In {@link X509Certificate#getSubjectAlternativeNames}. */
    private static final int URI_NAME = 6;

    /**
     * Copies the chain.
     *
     * @throws IllegalArgumentException if there is no certificate, the first is not that of the key, or the key cannot be
     *     written because a device keeps it
     */
    public NodeCredentials {
        Objects.requireNonNull(key, "key");
        chain = List.copyOf(chain);
        if (key.getEncoded() == null) {
            throw new IllegalArgumentException("a key without an encoding");
        }
        if (chain.isEmpty() || !JdkSignatures.isPair(key, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("the first certificate is not that of the key");
        }
    }

    /**
     * Writes the file, readable by its owner only, in place of the one that is there. When this returns, the new one
     * survives a power failure; a crash before leaves the old one whole.
     *
     * @param file usually {@code identity.pem} in the data directory of the node. One at a time writes it: nothing keeps two
     *     processes apart
     * @throws AuthorityException with FAILED if the operating system refuses
     */
    public void write(Path file) {
        write(new LocalDisk(), file);
    }

    void write(Disk disk, Path file) {
        List<Pem> blocks = new ArrayList<>();
        blocks.add(new Pem(Pem.PRIVATE_KEY, key.getEncoded()));
        chain.forEach(certificate -> blocks.add(Pem.of(certificate)));
        try {
            SmallFiles.write(disk, file, Pem.write(blocks));
        } catch (IOException e) {
            throw new AuthorityException(Problem.FAILED, file + " could not be written", e);
        }
    }

    /**
     * Reads the file. Says nothing about who trusts the certificates, or whether they have ended.
     *
     * @param file as written by {@link #write}, or put together of a PKCS #8 key and certificates in PEM
     * @throws AuthorityException with MISSING, UNSAFE_PERMISSIONS if others could have read the key, DAMAGED if it is not
     *     a key with its certificates, or FAILED
     */
    public static NodeCredentials read(Path file) {
        return read(new LocalDisk(), file);
    }

    static NodeCredentials read(Disk disk, Path file) {
        try {
            List<Pem> blocks = Pem.read(SmallFiles.read(disk, file, MAX_BYTES));
            if (blocks.size() < 2 || !blocks.get(0).label().equals(Pem.PRIVATE_KEY)) {
                throw damaged(file, null);
            }
            List<X509Certificate> chain = Pem.certificates(blocks.subList(1, blocks.size()));
            PrivateKey key = KeyFactory.getInstance(chain.get(0).getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(blocks.get(0).der()));
            return new NodeCredentials(key, chain);
        } catch (IOException e) {
            throw new AuthorityException(Problem.FAILED, file + " could not be read", e);
        } catch (MalformedPemException | GeneralSecurityException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
    }

    private static AuthorityException damaged(Path file, @Nullable Throwable cause) {
        return new AuthorityException(
                Problem.DAMAGED, file + " is not a private key followed by its certificates", cause);
    }

    /**
     * The identity that the certificate is for. What it says of itself: who checks it is the peer.
     *
     * @throws IllegalStateException if it has none
     */
    public ChaskiUri uri() {
        try {
            Collection<List<?>> names = chain.get(0).getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> each : names) {
                    if (Integer.valueOf(URI_NAME).equals(each.get(0))) {
                        return ChaskiUri.parse(String.valueOf(each.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException | IllegalArgumentException e) {
            throw new IllegalStateException("the certificate has no identity that can be read", e);
        }
        throw new IllegalStateException("the certificate has no identity");
    }

    /** The last certificate: the root that the node trusts. */
    public X509Certificate root() {
        return chain.get(chain.size() - 1);
    }

    /** When the certificate begins. */
    public Instant notBefore() {
        return chain.get(0).getNotBefore().toInstant();
    }

    /** When the certificate ends. */
    public Instant notAfter() {
        return chain.get(0).getNotAfter().toInstant();
    }

    /** Names no key. */
    @Override
    public String toString() {
        return "NodeCredentials of " + chain.size() + " certificates";
    }
}
