package io.chaski.ca.internal.authority;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.SubjectAttributes;
import io.chaski.ca.internal.bouncycastle.AuthorityCertificates;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.KeyProtection;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.Pem;
import io.chaski.ca.internal.disk.Pem.MalformedPemException;
import io.chaski.ca.internal.disk.SmallFiles;
import io.chaski.ca.internal.journal.Journal;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import io.chaski.ca.internal.token.ProvisionerKeys;
import io.chaski.core.internal.module.JdkSignatures;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The directory of an authority. Its options are written last: without them there is no authority, and with them all of
 * it. Whoever calls has the lock.
 */
public final class AuthorityFiles {

    private static final String OPTIONS = "authority.properties";
    private static final String ROOT = root(1);
    private static final String ROOT_KEY = rootKey(1);
    private static final String ISSUING = issuing(1);
    private static final String ISSUING_KEY = issuingKey(1);
    private static final String TOKEN_KEYS = "tokens.key.pem";
    private static final String POLICY = "policy.signed";
    private static final String DENY = "deny";
    private static final int MAX_BYTES = 64 << 10;

    private final Disk disk;
    private final Path directory;
    private final KeyProtection protection;

    /** The files of a directory that is there. */
    public AuthorityFiles(Disk disk, Path directory, KeyProtection protection) {
        this.disk = disk;
        this.directory = directory;
        this.protection = protection;
    }

    /** Whom the node of the authority refuses. Somebody else writes it. */
    public Path deny() {
        return directory.resolve(DENY);
    }

    private static String root(int generation) {
        return generation == 1 ? "root.pem" : "root-" + generation + ".pem";
    }

    private static String rootKey(int generation) {
        return generation == 1 ? "root.key.pem" : "root-" + generation + ".key.pem";
    }

    private static String issuing(int generation) {
        return generation == 1 ? "issuing.pem" : "issuing-" + generation + ".pem";
    }

    private static String issuingKey(int generation) {
        return generation == 1 ? "issuing.key.pem" : "issuing-" + generation + ".key.pem";
    }

    /**
     * Makes an authority.
     *
     * @throws AuthorityException with EXISTS if there is one, or a part of one
     */
    public void create(AuthorityOptions options, char[] password, Moment now, RandomGenerator random)
            throws IOException {
        for (String name : List.of(OPTIONS, ROOT, ROOT_KEY, ISSUING, ISSUING_KEY, TOKEN_KEYS)) {
            if (disk.exists(directory.resolve(name))) {
                throw new AuthorityException(Problem.EXISTS, directory + " has " + name + " of an authority", null);
            }
        }
        KeyPair rootKeys = KeyPairs.generate();
        KeyPair issuingKeys = KeyPairs.generate();
        X509Certificate root = AuthorityCertificates.root(rootKeys, options.subject(), now.seconds(), random);
        X509Certificate issuing = AuthorityCertificates.issuing(
                issuingKeys.getPublic(),
                options.trustDomain(),
                options.subject(),
                root,
                rootKeys.getPrivate(),
                now.seconds(),
                random);
        byte[] tokenKeys = ProvisionerKeys.generate(random).toBytes();
        write(ROOT_KEY, new Pem(Pem.ENCRYPTED_PRIVATE_KEY, protection.encrypt(rootKeys.getPrivate(), password)));
        write(ROOT, Pem.of(root));
        write(ISSUING_KEY, new Pem(Pem.ENCRYPTED_PRIVATE_KEY, protection.encrypt(issuingKeys.getPrivate(), password)));
        write(ISSUING, Pem.of(issuing));
        write(TOKEN_KEYS, new Pem(Pem.ENCRYPTED_PRIVATE_KEY, protection.encryptSecret(tokenKeys, password)));
        Arrays.fill(tokenKeys, (byte) 0);
        try (Journal journal = Journal.create(disk, directory)) {
            journal.append(new JournalRecord(
                    Event.INIT,
                    now.time(),
                    Map.of(
                            Fields.TRUST_DOMAIN, options.trustDomain().name(),
                            Fields.ROOT, Fingerprint.of(root).toString())));
        }
        disk.forceDirectory(directory); // or the options might be there and the journal not
        SmallFiles.write(disk, directory.resolve(OPTIONS), text(options).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Opens an authority, so that it can sign.
     *
     * @throws AuthorityException with MISSING, DAMAGED, UNSAFE_PERMISSIONS or WRONG_PASSWORD
     */
    public Opened open(char[] password, RandomGenerator random) throws IOException {
        AuthorityOptions options = options();
        ProvisionerKeys tokenKeys = tokenKeys(password);
        Ledger ledger = new Ledger(options.allowedExpired());
        Journal journal = Journal.open(disk, directory, record -> {
            learn(ledger, record);
            if (record.event() == Event.INIT) {
                checkBegan(record, options);
            }
        });
        boolean isOpen = false;
        try {
            List<X509Certificate> roots = roots(ledger.roots());
            Authority authority = new Authority(
                    new Authority.Settings(
                            options.trustDomain(),
                            options.leafLifetime(),
                            options.allowedExpired(),
                            roots,
                            options.addresses()),
                    tokenKeys,
                    journal,
                    ledger,
                    random);
            int generation = authority.issuingGeneration();
            IssuingAuthority issuing = issuingAuthority(roots, generation, password);
            forgetEarlier(authority, generation);
            forgetRootsBefore(ledger.roots().roots().firstKey());
            authority.unlock(issuing);
            isOpen = true;
            return new Opened(options, authority, journal);
        } finally {
            if (!isOpen) {
                journal.close();
            }
        }
    }

    /** Tokens carry the fingerprint of a root: with another one each would be used up for an authority that none trusts. */
    private List<X509Certificate> roots(RootHistory history) throws IOException {
        List<X509Certificate> roots = new ArrayList<>();
        for (Map.Entry<Integer, Fingerprint> each : history.roots().entrySet()) {
            String file = root(each.getKey());
            X509Certificate root = certificate(file);
            if (!Fingerprint.of(root).equals(each.getValue())) {
                throw damaged(file, "is not the certificate that is in the journal", null);
            }
            roots.add(root);
        }
        return roots;
    }

    private void forgetRootsBefore(int generation) throws IOException {
        for (int earlier = 1; earlier < generation; earlier++) {
            disk.deleteIfExists(directory.resolve(rootKey(earlier)));
            disk.deleteIfExists(directory.resolve(root(earlier)));
        }
    }

    private IssuingAuthority issuingAuthority(List<X509Certificate> roots, int generation, char[] password)
            throws IOException {
        X509Certificate certificate = certificate(issuing(generation));
        PrivateKey key = protection.decrypt(encrypted(issuingKey(generation)), password);
        if (!JdkSignatures.isPair(key, certificate.getPublicKey())) {
            throw damaged(issuingKey(generation), "is not the key of " + issuing(generation), null);
        }
        if (roots.stream().noneMatch(root -> hasSigned(root, certificate))) {
            throw damaged(issuing(generation), "is not signed by a root that is trusted", null);
        }
        return new IssuingAuthority(certificate, key);
    }

    /** Removes keys that do not sign any more, and their certificates when nobody has one that they have signed. */
    private void forgetEarlier(Authority authority, int generation) throws IOException {
        for (int earlier = 1; earlier < generation; earlier++) {
            disk.deleteIfExists(directory.resolve(issuingKey(earlier)));
            if (disk.exists(directory.resolve(issuing(earlier)))) {
                X509Certificate certificate = certificate(issuing(earlier));
                if (authority.isNeeded(certificate)) {
                    authority.retain(certificate);
                } else {
                    disk.deleteIfExists(directory.resolve(issuing(earlier)));
                }
            }
        }
    }

    /**
     * Replaces the issuing key by one below the newest root.
     *
     * @param isForced also if nodes have not had the time to hear of that root
     * @throws AuthorityException with MISSING if the key of the root was put away, WRONG_PASSWORD, DAMAGED or TOO_EARLY
     */
    public void rotate(Opened opened, char[] password, boolean isForced, Moment now, RandomGenerator random)
            throws IOException {
        if (!isForced) {
            opened.authority().checkNewestIsKnown(now);
        }
        rotateBelow(opened.authority().newestRoot(), opened, password, now, random);
    }

    /**
     * Replaces the issuing key by one below the same root.
     *
     * @throws AuthorityException with MISSING if the key of the root was put away, WRONG_PASSWORD or DAMAGED
     */
    public void rotateBelowSameRoot(Opened opened, char[] password, Moment now, RandomGenerator random)
            throws IOException {
        rotateBelow(opened.authority().root(), opened, password, now, random);
    }

    /**
     * The files of the next one are on the disk before the journal says that it signs: a crash before that leaves files that nobody
     * looks at, and the next rotation writes them anew; a crash after it leaves the key before, which is removed when the authority is
     * opened.
     */
    private void rotateBelow(X509Certificate root, Opened opened, char[] password, Moment now, RandomGenerator random)
            throws IOException {
        int ofRoot = opened.authority().generationOf(root);
        PrivateKey rootKey = protection.decrypt(encrypted(rootKey(ofRoot)), password);
        if (!JdkSignatures.isPair(rootKey, root.getPublicKey())) {
            throw damaged(rootKey(ofRoot), "is not the key of " + root(ofRoot), null);
        }
        int generation = opened.authority().issuingGeneration() + 1;
        KeyPair keys = KeyPairs.generate();
        X509Certificate certificate = AuthorityCertificates.issuing(
                keys.getPublic(),
                opened.options().trustDomain(),
                AuthorityCertificates.attributes(root),
                root,
                rootKey,
                now.seconds(),
                random);
        write(
                issuingKey(generation),
                new Pem(Pem.ENCRYPTED_PRIVATE_KEY, protection.encrypt(keys.getPrivate(), password)));
        write(issuing(generation), Pem.of(certificate));
        opened.authority().rotate(generation, new IssuingAuthority(certificate, keys.getPrivate()), now);
        disk.deleteIfExists(directory.resolve(issuingKey(generation - 1)));
        disk.forceDirectory(directory);
    }

    /**
     * Makes another root beside the one that there is. Its files are on the disk before the journal says that it is one, as with
     * an issuing key. Takes no key of the present one, which may be lost.
     *
     * @throws AuthorityException with EXISTS if that was done before and not finished, WRONG_PASSWORD if it is not the password
     *     of the other keys, MISSING or DAMAGED
     */
    public void addRoot(Opened opened, char[] password, Moment now, RandomGenerator random) throws IOException {
        Authority authority = opened.authority();
        if (authority.roots().size() > 1) {
            throw new AuthorityException(Problem.EXISTS, "a root is being replaced; finish that first", null);
        }
        protection.decrypt(encrypted(issuingKey(authority.issuingGeneration())), password);
        int generation = authority.rootGeneration() + 1;
        KeyPair keys = KeyPairs.generate();
        X509Certificate root = AuthorityCertificates.root(
                keys, AuthorityCertificates.attributes(authority.root()), now.seconds(), random);
        write(rootKey(generation), new Pem(Pem.ENCRYPTED_PRIVATE_KEY, protection.encrypt(keys.getPrivate(), password)));
        write(root(generation), Pem.of(root));
        authority.addRoot(generation, root, now);
    }

    /**
     * Has the newest root trusted only, and removes the others. A crash in between leaves files that go when the authority is
     * opened.
     *
     * @param isForced also if there are certificates below others that have not ended
     * @throws AuthorityException with UNKNOWN if there is no other one, or TOO_EARLY
     */
    public void dropRoots(Opened opened, boolean isForced, Moment now) throws IOException {
        opened.authority().dropRoots(isForced, now);
        forgetRootsBefore(opened.authority().rootGeneration());
        disk.forceDirectory(directory);
    }

    /** Keeps a policy that was signed, in place of the one before. */
    public void store(SignedPolicy policy) throws IOException {
        SmallFiles.write(disk, directory.resolve(POLICY), policy.toBytes());
    }

    /**
     * The policy that was signed last; empty if none was. Takes neither lock nor password.
     *
     * @throws AuthorityException with DAMAGED or UNSAFE_PERMISSIONS
     */
    public static Optional<SignedPolicy> policy(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(POLICY);
        try {
            return SmallFiles.readIfThere(disk, file, SignedPolicy.MAX_BYTES).map(SignedPolicy::read);
        } catch (PolicyRefusedException e) {
            throw new AuthorityException(Problem.DAMAGED, file + " is no signed policy", e);
        }
    }

    /**
     * An authority that can sign.
     *
     * @param options how it was set up; without its decoration
     * @param authority what decides
     * @param journal to be closed at the end
     */
    public record Opened(AuthorityOptions options, Authority authority, Journal journal) {}

    private static void learn(Ledger ledger, JournalRecord record) {
        try {
            ledger.apply(record);
        } catch (MalformedRecordException e) {
            throw new AuthorityException(Problem.DAMAGED, "the journal has a record that makes no sense", e);
        }
    }

    private static boolean hasSigned(X509Certificate root, X509Certificate issuing) {
        try {
            issuing.verify(root.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void checkBegan(JournalRecord init, AuthorityOptions options) {
        if (!options.trustDomain().name().equals(init.fields().get(Fields.TRUST_DOMAIN))) {
            throw damaged(OPTIONS, "has another trust domain than the journal", null);
        }
    }

    private ProvisionerKeys tokenKeys(char[] password) throws IOException {
        try {
            return ProvisionerKeys.read(protection.decryptSecret(encrypted(TOKEN_KEYS), password));
        } catch (IllegalArgumentException e) {
            throw damaged(TOKEN_KEYS, "has no keys for tokens", e);
        }
    }

    private AuthorityOptions options() throws IOException {
        Properties properties = new Properties();
        byte[] content = SmallFiles.read(disk, directory.resolve(OPTIONS), MAX_BYTES);
        try {
            properties.load(new StringReader(new String(content, StandardCharsets.US_ASCII)));
            String addresses = properties.getProperty("addresses", "");
            return new AuthorityOptions(
                    new TrustDomain(properties.getProperty("trustDomain", "")),
                    Duration.parse(properties.getProperty("leafLifetime", "")),
                    Duration.parse(properties.getProperty("allowedExpired", "")),
                    addresses.isEmpty() ? List.of() : List.of(addresses.split(",", -1)),
                    SubjectAttributes.NONE);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw damaged(OPTIONS, String.valueOf(e.getMessage()), e);
        }
    }

    private static String text(AuthorityOptions options) {
        return "# How this authority was set up. The trust domain cannot be changed.\n"
                + "trustDomain=" + options.trustDomain() + "\n"
                + "leafLifetime=" + options.leafLifetime() + "\n"
                + "allowedExpired=" + options.allowedExpired() + "\n"
                + "addresses=" + String.join(",", options.addresses()) + "\n";
    }

    private void write(String name, Pem block) throws IOException {
        SmallFiles.write(disk, directory.resolve(name), Pem.write(List.of(block)));
    }

    private X509Certificate certificate(String name) throws IOException {
        try {
            List<X509Certificate> certificates =
                    Pem.certificates(Pem.read(SmallFiles.read(disk, directory.resolve(name), MAX_BYTES)));
            if (certificates.size() == 1) {
                return certificates.get(0);
            }
            throw damaged(name, "is not one certificate", null);
        } catch (MalformedPemException e) {
            throw damaged(name, "is not a certificate", e);
        }
    }

    private byte[] encrypted(String name) throws IOException {
        try {
            List<Pem> blocks = Pem.read(SmallFiles.read(disk, directory.resolve(name), MAX_BYTES));
            if (blocks.size() == 1 && blocks.get(0).label().equals(Pem.ENCRYPTED_PRIVATE_KEY)) {
                return blocks.get(0).der();
            }
            throw damaged(name, "is not one encrypted key", null);
        } catch (MalformedPemException e) {
            throw damaged(name, "is not an encrypted key", e);
        }
    }

    private AuthorityException damaged(String name, String detail, @Nullable Throwable cause) {
        return new AuthorityException(Problem.DAMAGED, directory.resolve(name) + " " + detail, cause);
    }
}
