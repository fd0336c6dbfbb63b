package io.chaski.ca.internal.node;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.Pem;
import io.chaski.ca.internal.disk.Pem.MalformedPemException;
import io.chaski.ca.internal.disk.SmallFiles;
import io.chaski.core.internal.module.JdkSignatures;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a node keeps of its identity beside the {@code identity.pem} itself: the key that it is asking a certificate for,
 * where the authority is, and what it has signed last: its revocation list, its roots, its policy. Each file is old or new at
 * every moment. Whoever writes holds the lock.
 */
public final class IdentityFiles {

    private static final String IDENTITY = "identity.pem";
    private static final String PENDING = "identity.next.pem";
    private static final String AUTHORITY = "identity.authority";
    private static final String REVOCATIONS = "identity.crl";
    private static final String BUNDLE = "identity.roots";
    private static final String POLICY = "identity.policy";
    private static final String DENY = "deny";
    private static final String LOCK = "identity.lock";
    private static final String PURPOSE = "CHASKI PURPOSE";
    private static final int MAX_BYTES = 16 << 10;

    /** In Base64 it is longer by a third. */
    private static final int MAX_LIST_BYTES = 2 * RevocationList.MAX_BYTES;

    private final Disk disk;
    private final Path directory;

    /** The files in a directory. */
    public IdentityFiles(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Key and certificates: see {@link io.chaski.ca.NodeCredentials}. */
    public Path identity() {
        return directory.resolve(IDENTITY);
    }

    /**
     * The newest revocation list that the authority has sent, with the certificate of who has signed it.
     *
     * @return the list and the certificate, or nothing if there is no list
     * @throws MalformedPemException if the file is something else
     */
    public List<Pem> revocations() throws IOException, MalformedPemException {
        Optional<byte[]> text = SmallFiles.readIfThere(disk, directory.resolve(REVOCATIONS), MAX_LIST_BYTES);
        return text.isPresent() ? Pem.read(text.get()) : List.of();
    }

    /**
     * The newest set of roots that the authority has signed, as far as this node has heard.
     *
     * @throws BundleRefusedException if the file is something else
     */
    public Optional<SignedBundle> bundle() throws IOException {
        return SmallFiles.readIfThere(disk, directory.resolve(BUNDLE), SignedBundle.MAX_BYTES)
                .map(SignedBundle::read);
    }

    /** Keeps a set of roots, in place of the one before. */
    public void write(SignedBundle bundle) throws IOException {
        SmallFiles.write(disk, directory.resolve(BUNDLE), bundle.toBytes());
    }

    /**
     * The policy that came with the newest certificate.
     *
     * @throws PolicyRefusedException if the file is something else
     */
    public Optional<SignedPolicy> policy() throws IOException {
        return SmallFiles.readIfThere(disk, directory.resolve(POLICY), SignedPolicy.MAX_BYTES)
                .map(SignedPolicy::read);
    }

    /** Keeps a policy, in place of the one before. */
    public void write(SignedPolicy policy) throws IOException {
        SmallFiles.write(disk, directory.resolve(POLICY), policy.toBytes());
    }

    /** Forgets roots and policy: of another authority, or of whoever has spoken for it before there was a new token. */
    public void forgetSigned() throws IOException {
        disk.deleteIfExists(directory.resolve(BUNDLE));
        disk.deleteIfExists(directory.resolve(POLICY));
    }

    /** Whom this node refuses. Somebody else writes it, and anybody may read it. */
    public Path deny() {
        return directory.resolve(DENY);
    }

    /** Held while a certificate is asked for. */
    public Path lock() {
        return directory.resolve(LOCK);
    }

    /** Whether the node has an identity. */
    public boolean hasIdentity() throws IOException {
        return disk.exists(identity());
    }

    /**
     * The key to ask a certificate for: the one that was used before if it was for the same purpose, otherwise a new one.
     * It is on the disk when this returns, so that after a crash the same key is used again, and the authority gives the
     * same certificate.
     *
     * @param purpose hash of the token, or of the certificate that is to be replaced
     * @param bound the key that the token is bound to, if it is to one: it may have been made before the token was
     */
    public KeyPair keyFor(Fingerprint purpose, Optional<Fingerprint> bound) throws IOException {
        Optional<KeyPair> before = pending(purpose, bound);
        if (before.isPresent()) {
            return before.get();
        }
        KeyPair fresh = KeyPairs.generate();
        SmallFiles.write(
                disk,
                directory.resolve(PENDING),
                Pem.write(List.of(
                        new Pem(PURPOSE, purpose.toBytes()),
                        new Pem(Pem.PRIVATE_KEY, fresh.getPrivate().getEncoded()),
                        new Pem(Pem.PUBLIC_KEY, fresh.getPublic().getEncoded()))));
        return fresh;
    }

    /** A damaged file is no reason to stop: nobody has a certificate for its key yet, or it is asked for with another. */
    private Optional<KeyPair> pending(Fingerprint purpose, Optional<Fingerprint> bound) throws IOException {
        Path file = directory.resolve(PENDING);
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        try {
            List<Pem> blocks = Pem.read(SmallFiles.read(disk, file, MAX_BYTES));
            if (blocks.size() != 3) {
                return Optional.empty();
            }
            boolean isForThis = Arrays.equals(blocks.get(0).der(), purpose.toBytes())
                    || bound.equals(Optional.of(Fingerprint.of(blocks.get(2).der())));
            KeyFactory factory = KeyFactory.getInstance("EC");
            PrivateKey privateKey = factory.generatePrivate(
                    new PKCS8EncodedKeySpec(blocks.get(1).der()));
            PublicKey publicKey =
                    factory.generatePublic(new X509EncodedKeySpec(blocks.get(2).der()));
            return isForThis && JdkSignatures.isPair(privateKey, publicKey)
                    ? Optional.of(new KeyPair(publicKey, privateKey))
                    : Optional.empty();
        } catch (MalformedPemException | GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** The key has its certificate, or will never have one. */
    public void forgetKey() throws IOException {
        disk.deleteIfExists(directory.resolve(PENDING));
    }

    /**
     * Remembers where the authority is, and its list. Before the identity is written: then all of it is there.
     *
     * @param addresses 1 or more
     * @param revocationList in DER
     * @param lister who has signed it
     */
    public void writeAuthority(List<String> addresses, byte[] revocationList, X509Certificate lister)
            throws IOException {
        SmallFiles.write(
                disk,
                directory.resolve(REVOCATIONS),
                Pem.write(List.of(new Pem(Pem.REVOCATION_LIST, revocationList), Pem.of(lister))));
        String text = String.join("\n", addresses) + "\n";
        SmallFiles.write(disk, directory.resolve(AUTHORITY), text.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Where the authority is, as it has last said.
     *
     * @throws AuthorityException with MISSING if no authority has ever said it
     */
    public List<String> addresses() throws IOException {
        byte[] text = SmallFiles.read(disk, directory.resolve(AUTHORITY), MAX_BYTES);
        List<String> addresses = new String(text, StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        if (addresses.isEmpty()) {
            throw new AuthorityException(Problem.MISSING, directory.resolve(AUTHORITY) + " has no address", null);
        }
        return addresses;
    }
}
