package io.chaski.ca;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.authority.AuthorityFiles;
import io.chaski.ca.internal.authority.IssuedCertificate;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.authority.Revocation;
import io.chaski.ca.internal.bouncycastle.KeyProtection;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.journal.Journal;
import io.chaski.ca.internal.net.ServerLimits;
import io.chaski.ca.internal.node.RenewalTime;
import io.chaski.ca.internal.token.TokenId;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.Address;
import io.chaski.core.ChaskiException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.DenyFile;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CRLException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authority in a directory: gives identities their certificates, and takes them back. Needs no network; its directory
 * is locked as long as it is open. Thread-safe; calls wait for each other, and each that changes something for the disk.
 */
public final class CertificateAuthority implements AutoCloseable {

    /** Longest reason for a revocation in characters. */
    public static final int MAX_WHY = 1_000;

    private static final String LOCK = "lock";
    private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthority.class);

    private final Closeable lock;
    private final Path directory;
    private final AuthorityFiles files;
    private final AuthorityFiles.Opened opened;
    private final Surroundings surroundings;
    private final Supplier<Moment> clock;
    private Optional<SignedPolicy> policy = Optional.empty(); // signed since this was opened
    private boolean isClosed;

    /**
     * A certificate that has not ended.
     *
     * @param uri whose it is
     * @param serial its number
     * @param key fingerprint of its public key
     * @param notAfter when it ends
     * @param usage which side of a connection it is for
     * @param isRevoked whether it is on the revocation list
     */
    public record Entry(
            ChaskiUri uri, BigInteger serial, Fingerprint key, Instant notAfter, LeafUsage usage, boolean isRevoked) {}

    /**
     * A token that has not ended.
     *
     * @param id its number; not its text, which is a secret
     * @param uri the identity that it is for
     * @param expires when it ends
     * @param isUsed whether it has led to a certificate, or is about to
     * @param isRevoked whether it was taken back
     */
    public record Token(String id, ChaskiUri uri, Instant expires, boolean isUsed, boolean isRevoked) {}

    /**
     * What a check of the audit log has found.
     *
     * @param records how many records are sound, from the first on
     * @param head hash of the last of them. Noted down elsewhere, it shows later that nothing before was rewritten, which
     *     whoever can write all files could do unseen
     * @param latest the latest time that one of them has: a clock that says less is behind, or was ahead, and numbers of lists
     *     and sets of roots go by it
     * @param problem what is wrong; empty if nothing is
     * @param isUnfinished whether that is what a crash leaves of a write that nobody was told of: opening the authority
     *     mends it. Nothing that was acknowledged is missing or changed then
     */
    public record Audit(
            long records, Fingerprint head, Instant latest, Optional<String> problem, boolean isUnfinished) {}

    /** Where files, time and chance come from. */
    record Surroundings(Disk disk, KeyProtection protection, Supplier<Moment> clock, RandomGenerator random) {

        static Surroundings real() {
            return new Surroundings(
                    new LocalDisk(),
                    KeyProtection.standard(),
                    () -> new Moment(Instant.now(), System.nanoTime()),
                    new SecureRandom());
        }
    }

    private CertificateAuthority(
            Closeable lock,
            Path directory,
            AuthorityFiles files,
            AuthorityFiles.Opened opened,
            Surroundings surroundings) {
        this.lock = lock;
        this.directory = directory;
        this.files = files;
        this.opened = opened;
        this.surroundings = surroundings;
        this.clock = surroundings.clock();
    }

    /**
     * Makes an authority: keys for the root, the issuing authority and tokens, encrypted with the password, and an empty
     * journal. Takes some seconds, because passwords are made hard to guess.
     *
     * @param directory made if it is not there, for its owner only
     * @param options how it is set up
     * @param password for the keys, 1 to {@value PasswordSource#MAX_LENGTH} characters
     * @throws AuthorityException with EXISTS if there is an authority, or what a crash has left of one; UNSAFE_PERMISSIONS
     *     if others can get at the directory; IN_USE; FAILED
     */
    public static void init(Path directory, AuthorityOptions options, PasswordSource password) {
        init(directory, options, password, Surroundings.real());
    }

    static void init(Path directory, AuthorityOptions options, PasswordSource password, Surroundings surroundings) {
        Objects.requireNonNull(options, "options");
        Disk disk = surroundings.disk();
        char[] secret = {};
        try {
            secret = read(password);
            if (!disk.exists(directory)) {
                disk.createDirectory(directory);
                disk.forceDirectory(
                        Objects.requireNonNull(directory.toAbsolutePath().getParent(), "directory"));
            }
            try (Closeable lock = disk.lock(directory.resolve(LOCK))) {
                Objects.requireNonNull(lock, "lock");
                new AuthorityFiles(disk, directory, surroundings.protection())
                        .create(options, secret, surroundings.clock().get(), surroundings.random());
            }
        } catch (IOException e) {
            throw failed(directory, e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    /**
     * Opens an authority.
     *
     * @param directory where it was made
     * @param password of its keys
     * @throws AuthorityException with MISSING, WRONG_PASSWORD, DAMAGED, UNSAFE_PERMISSIONS, IN_USE or FAILED
     */
    public static CertificateAuthority open(Path directory, PasswordSource password) {
        return open(directory, password, Surroundings.real());
    }

    static CertificateAuthority open(Path directory, PasswordSource password, Surroundings surroundings) {
        Disk disk = surroundings.disk();
        if (!existsIn(disk, directory)) {
            throw new AuthorityException(Problem.MISSING, directory + " is missing", null);
        }
        char[] secret = {};
        try {
            secret = read(password);
            Closeable lock = disk.lock(directory.resolve(LOCK));
            boolean isOpen = false;
            try {
                AuthorityFiles files = new AuthorityFiles(disk, directory, surroundings.protection());
                AuthorityFiles.Opened opened = files.open(secret, surroundings.random());
                isOpen = true;
                return new CertificateAuthority(lock, directory, files, opened, surroundings);
            } finally {
                if (!isOpen) {
                    lock.close();
                }
            }
        } catch (IOException e) {
            throw failed(directory, e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private static boolean existsIn(Disk disk, Path directory) {
        try {
            return disk.exists(directory);
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    private static char[] read(PasswordSource password) throws IOException {
        char[] secret = password.read();
        if (secret.length < 1 || secret.length > PasswordSource.MAX_LENGTH) {
            Arrays.fill(secret, '\0');
            throw new IllegalArgumentException(
                    "a password has 1 to " + PasswordSource.MAX_LENGTH + " characters, not " + secret.length);
        }
        return secret;
    }

    private static AuthorityException failed(Path directory, IOException cause) {
        return new AuthorityException(Problem.FAILED, directory + ": " + cause.getMessage(), cause);
    }

    /** The root above the key that signs: what tokens name. */
    public synchronized X509Certificate root() {
        return opened.authority().root();
    }

    /** The roots that nodes trust: one, or two while it is being replaced, the newest last. */
    public synchronized List<X509Certificate> roots() {
        return opened.authority().roots();
    }

    /** The certificate that signs those of nodes. */
    public synchronized X509Certificate issuing() {
        return opened.authority().issuing();
    }

    /**
     * Makes a token with which a node can ask for its first certificate, once. It is a secret until it was used.
     *
     * @param name the identity that the node shall have: a node's or an administrator's
     * @param validity how long it can be used, 1 second to 24 hours; 15 minutes is what it takes to walk to the machine
     * @param key fingerprint of the only public key that may use it, if it is known
     * @throws AuthorityException with REVOKED if the identity may have no certificate
     * @throws IllegalArgumentException if a value is outside its range
     */
    public synchronized String createToken(ChaskiUri name, Duration validity, Optional<Fingerprint> key) {
        checkIsOpen();
        return opened.authority()
                .createToken(name, key, validity, opened.options().leafLifetime(), clock.get());
    }

    /**
     * Signs a certificate without a token. Of the request only key and identity are looked at; subject and extensions are
     * set by the authority.
     *
     * @param name the identity, of any role
     * @param certificateRequest PKCS #10 in DER, signed by its own key
     * @param usage which side of a connection it is for
     * @return the certificate, that of the issuing authority, and the root
     * @throws EnrolmentException if request or identity will not do, or it could not be recorded
     */
    public synchronized List<X509Certificate> issue(ChaskiUri name, byte[] certificateRequest, LeafUsage usage) {
        X509Certificate leaf = opened.authority().issue(name, certificateRequest, usage, clock.get());
        return List.of(leaf, opened.authority().issuing(), opened.authority().root());
    }

    /** All tokens that have not ended, oldest first. */
    public synchronized List<Token> tokens() {
        return opened.authority().tokens(clock.get()).stream()
                .map(entry -> new Token(
                        entry.id().toString(), entry.name(), entry.expires(), entry.isUsed(), entry.isRevoked()))
                .toList();
    }

    /**
     * Takes a token back that nobody has used. Once it was used, revoke what it has led to.
     *
     * @param id its number, as in {@link Token#id}
     * @param why for the audit log
     * @throws AuthorityException with UNKNOWN if no token that can still be used has that number
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded
     * @throws IllegalArgumentException if it is no number of a token
     */
    public synchronized void revokeToken(String id, String why) {
        opened.authority().revokeToken(TokenId.parse(id), why, clock.get());
    }

    /**
     * As {@link #rotateIssuing(PasswordSource, boolean)}, when nodes have had the time.
     *
     * @param password of the keys
     */
    public void rotateIssuing(PasswordSource password) {
        rotateIssuing(password, false);
    }

    /**
     * Replaces the issuing key and its certificate, which lasts a year. Nodes notice nothing: they trust the root, and what
     * the key before has signed is good until it ends. Its certificate is kept until then; the key is removed at once. The
     * key of the root has to be in the directory for this, and can be put away again.
     *
     * <p>While a root {@link #addRoot is being replaced} it is the newest one that vouches for the next key, and so for certificates
     * from now on. Tokens name the root, so those that were made before are of no use then, and not used up.
     *
     * @param password of the keys
     * @param isForced also below a root that nodes may not have heard of yet: those shut out everybody who has a certificate from
     *     now on. Otherwise not before the last certificate of before the root was added has ended, and cannot be renewed any more
     * @throws AuthorityException with MISSING if the key of the root is not there, TOO_EARLY, WRONG_PASSWORD, DAMAGED or FAILED.
     *     Whether it has happened shows when the authority is opened again, and nothing is lost either way
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded: then it has not happened
     */
    public synchronized void rotateIssuing(PasswordSource password, boolean isForced) {
        rotate(password, secret -> files.rotate(opened, secret, isForced, clock.get(), surroundings.random()));
    }

    /**
     * As {@link #rotateIssuing(PasswordSource)}, but below the same root as before: at once when the key may be known to others while
     * the root {@link #addRoot is being replaced} and not all nodes have heard of the next one. Takes the key of the root that is
     * going; if that one is lost or stolen too, only forcing is left. The replacement of the root goes on as if nothing had happened.
     *
     * @param password of the keys
     * @throws AuthorityException with MISSING if the key of the root is not there, WRONG_PASSWORD, DAMAGED or FAILED
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded: then it has not happened
     */
    public synchronized void replaceIssuing(PasswordSource password) {
        rotate(password, secret -> files.rotateBelowSameRoot(opened, secret, clock.get(), surroundings.random()));
    }

    /** One of the steps that take a password. */
    private interface Rotation {
        void with(char[] secret) throws IOException;
    }

    private void rotate(PasswordSource password, Rotation rotation) {
        checkIsOpen();
        char[] secret = {};
        try {
            secret = read(password);
            rotation.with(secret);
        } catch (IOException e) {
            throw rotationFailed(e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private static AuthorityException rotationFailed(IOException cause) {
        return new AuthorityException(Problem.FAILED, "rotation: " + cause.getMessage(), cause);
    }

    /**
     * Begins to replace the root, whose key need not be there: makes another one, which nodes are told to trust as well, by a set with
     * the next number that the present issuing key signs. Everything goes on below the present root until {@link #rotateIssuing}, and
     * that one is trusted until {@link #dropRoot}.
     *
     * @param password of the keys
     * @throws AuthorityException with EXISTS if a root is being replaced already, WRONG_PASSWORD, MISSING, DAMAGED or FAILED.
     *     Whether it has happened shows when the authority is opened again, and nothing is lost either way
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded: then it has not happened
     */
    public synchronized void addRoot(PasswordSource password) {
        rotate(password, secret -> files.addRoot(opened, secret, clock.get(), surroundings.random()));
    }

    /**
     * Ends the replacement of the root: nodes are told to trust the newest one only, and the key of the one before is removed.
     *
     * @param isForced also if there are certificates below the root before that have not ended, or can be renewed still: they are of
     *     no use any more then
     * @throws AuthorityException with UNKNOWN if no root is being replaced; TOO_EARLY if the issuing key is below the root before,
     *     also when it is forced, or there are such certificates; FAILED
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded: then it has not happened
     */
    public synchronized void dropRoot(boolean isForced) {
        checkIsOpen();
        try {
            files.dropRoots(opened, isForced, clock.get());
        } catch (IOException e) {
            throw rotationFailed(e);
        }
    }

    /**
     * Answers nodes over the network: first certificates for tokens, next ones for the present ones. Stop it before this is
     * closed.
     *
     * @param address where to listen, TCP; port 0 for a free one. Put one that nodes reach into
     *     {@link AuthorityOptions#addresses}, which tokens carry
     * @throws AuthorityException with FAILED if the address cannot be had
     * @throws EnrolmentException if the authority cannot give itself a certificate
     */
    public AuthorityServer serve(Address address) {
        return AuthorityServer.start(this, address, ServerLimits.STANDARD);
    }

    /** How the authority was set up, without its decoration. */
    public AuthorityOptions options() {
        return opened.options();
    }

    /** Answers a request with a token. */
    synchronized Reply enrol(Request request, RemoteHost from) {
        return withPolicy(opened.authority().enrol(request, from, clock.get()));
    }

    /** Answers a request by whose certificate is known. */
    synchronized Reply renew(Identity current, Request request, RemoteHost from) {
        return withPolicy(opened.authority().renew(current, request, from, clock.get()));
    }

    /** A certificate was given: that there is no policy to go with it now is no reason to keep it back. */
    private Reply withPolicy(Reply reply) {
        if (!(reply instanceof Reply.Granted granted)) {
            return reply;
        }
        try {
            return granted.with(presentPolicy());
        } catch (ChaskiException e) {
            LOG.warn("A certificate is given without a policy: {}", e.getMessage());
            return granted;
        }
    }

    /** Takes note of what is no request. */
    synchronized void onMalformed(RemoteHost from, String detail) {
        opened.authority().onMalformed(from, detail, clock.get());
    }

    /** The time by the clock of the authority. */
    Instant now() {
        return clock.get().time();
    }

    /** All certificates that have not ended, oldest first. */
    public synchronized List<Entry> list() {
        checkIsOpen();
        return opened.authority().certificates(clock.get()).stream()
                .map(this::entry)
                .toList();
    }

    private Entry entry(IssuedCertificate issued) {
        return new Entry(
                issued.uri(),
                issued.serial(),
                issued.key(),
                issued.notAfter(),
                issued.usage(),
                opened.authority().isRevoked(issued));
    }

    /**
     * Revokes one certificate. Its owner may go on with another one: to shut a thief out, revoke the identity. One that this
     * authority does not know may have been given after a copy was made from which it is restored, so it is listed for seven days
     * (the longest life of a certificate) and an hour.
     *
     * @param serial of a certificate
     * @param why for the audit log, up to {@value #MAX_WHY} characters
     * @return how many certificates that are known and have not ended were revoked: 1, or 0; then look whether you have mistyped it
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded
     * @throws IllegalArgumentException if {@code why} is too long
     */
    public synchronized int revoke(BigInteger serial, String why) {
        return opened.authority().revoke(Revocation.of(serial), checked(why), clock.get());
    }

    /**
     * Revokes all certificates of a key, and never gives it another one.
     *
     * @param key fingerprint of the public key
     * @param why for the audit log, up to {@value #MAX_WHY} characters
     * @return how many certificates that have not ended were revoked; if none, look whether you have mistyped it
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded
     * @throws IllegalArgumentException if {@code why} is too long
     */
    public synchronized int revoke(Fingerprint key, String why) {
        return opened.authority().revoke(Revocation.of(key), checked(why), clock.get());
    }

    /**
     * Revokes all certificates of an identity, and gives it no other until it is {@link #readmit admitted again}. Tokens
     * that were made for it before are of no use any more, then neither.
     *
     * @param name the identity
     * @param why for the audit log, up to {@value #MAX_WHY} characters
     * @return how many certificates that have not ended were revoked; if none, look whether you have mistyped it
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded
     * @throws IllegalArgumentException if it is of another trust domain, or {@code why} is too long
     */
    public synchronized int revoke(ChaskiUri name, String why) {
        if (!name.trustDomain().equals(opened.options().trustDomain())) {
            throw new IllegalArgumentException(
                    name + " is not of " + opened.options().trustDomain());
        }
        return opened.authority().revoke(Revocation.of(name), checked(why), clock.get());
    }

    /** Another process may have it by now, and know more. */
    private void checkIsOpen() {
        if (isClosed) {
            throw new IllegalStateException("the authority is closed");
        }
    }

    private static String checked(String why) {
        if (why.length() > MAX_WHY) {
            throw new IllegalArgumentException("a reason has up to " + MAX_WHY + " characters, not " + why.length());
        }
        return why;
    }

    /**
     * How many revoked certificates the revocation list has no room for: it carries 21,000. They cannot be renewed, and
     * are listed as soon as others have ended; until then their peers learn nothing. Deny them at the nodes, or use shorter
     * lifetimes.
     */
    public synchronized int unlisted() {
        return opened.authority().unlisted(clock.get());
    }

    /**
     * Lets a revoked identity have certificates again. Those that were revoked stay so.
     *
     * @param name the identity
     * @throws AuthorityException with UNKNOWN if it was not revoked
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded
     */
    public synchronized void readmit(ChaskiUri name) {
        opened.authority().readmit(name, clock.get());
    }

    /** Until it is known what nodes follow, lists outrank none that is later than the last one known here. */
    synchronized void listen() {
        opened.authority().listen();
    }

    /** No node follows a later list. */
    synchronized void stopListening() {
        opened.authority().stopListening();
    }

    /**
     * Revokes what a list of this authority revokes that it does not know of itself, because it was restored from an old copy.
     *
     * @param followed whose signer was believed
     * @return whether it has a higher number than all that are known here
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded
     */
    synchronized boolean adopt(RevocationList followed) {
        checkIsOpen();
        return opened.authority().adopt(followed, clock.get());
    }

    /**
     * The revocation list in DER, made anew if something was revoked since the last one, or an hour is over.
     *
     * @throws EnrolmentException with CA_READ_ONLY if its number could not be recorded
     */
    public synchronized byte[] revocationList() {
        checkIsOpen();
        try {
            return opened.authority().revocationList(clock.get()).getEncoded();
        } catch (CRLException e) {
            throw new IllegalStateException("a list of our own without an encoding", e);
        }
    }

    /**
     * The revocation list as {@link #revocationList}, with the certificate of who has signed it: what a node takes, and hands on to
     * all others.
     *
     * @throws EnrolmentException with CA_READ_ONLY if its number could not be recorded
     */
    public synchronized SignedRevocationList signedRevocationList() {
        byte[] list = revocationList();
        return SignedRevocationList.of(
                list, List.of(opened.authority().issuing(), opened.authority().root()));
    }

    /**
     * The roots that nodes trust, with a number, as the present issuing key signs them: what a node takes, and hands on to all
     * others.
     */
    public synchronized SignedBundle signedBundle() {
        checkIsOpen();
        return opened.authority().bundle();
    }

    /**
     * Joins the network of its nodes: what is revoked from now on reaches all of them, from neighbour to neighbour. Close what this
     * returns before this is closed.
     *
     * <p>A file {@code deny} in the directory of this authority, as {@link DenyFile} reads it, names whom its node refuses: an issuing
     * key that was stolen, so that the thief does not say what this authority has said last. It is looked at every half second; a
     * line that makes no sense is named in the log, and what was denied before stays so.
     *
     * <p>It listens first, for two seconds with neighbours or half a minute without: an authority that is restored from an old copy
     * takes over what the list revokes that they follow. So join before you {@link #serve}, which gives lists to nodes too.
     *
     * @param builder of the node; its identity is set here
     * @throws AuthorityException with DAMAGED if a line of the {@code deny} file makes no sense, or FAILED
     * @throws EnrolmentException if the authority cannot give itself a certificate
     * @throws io.chaski.core.ChaskiException if the node does not start
     */
    public AuthorityNode join(NodeBuilder builder) {
        return AuthorityNode.start(this, builder);
    }

    /** Only read. */
    DenyFile denyFile() {
        return new DenyFile(files.deny());
    }

    /**
     * Signs a policy for nodes to follow, and keeps it. Nodes believe it as long as its certificate lasts, which is as long as
     * those of nodes do, and then until they hear of another one: sign the same text again for nodes that come later.
     *
     * @param text JSON as docs/security.md describes it, with the domain of this authority
     * @return what {@link io.chaski.core.security.policy.NodeAccess#update(SignedPolicy)} takes
     * @throws io.chaski.core.security.policy.PolicyFormatException if it is no policy
     * @throws io.chaski.core.security.policy.PolicyRefusedException with DOMAIN; with NOT_IN_FORCE if it has expired; with
     *     ROLLBACK if a later version was signed, or CONFLICT if another text was as this one
     * @throws EnrolmentException with CA_READ_ONLY if it could not be recorded, IDENTITY_REVOKED if you have revoked {@code
     *     ca/policy}
     * @throws AuthorityException with FAILED if it could not be kept: then it is not handed out, and can be signed again
     */
    public synchronized SignedPolicy signPolicy(byte[] text) {
        checkIsOpen();
        return store(opened.authority().signPolicy(text, clock.get()));
    }

    private SignedPolicy store(SignedPolicy signed) {
        try {
            files.store(signed);
            policy = Optional.of(signed);
            return signed;
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /**
     * The policy that was signed last, signed again if nodes would not believe it for long: its certificate is over in part, or of
     * an issuing key of before.
     *
     * @throws EnrolmentException if it cannot be signed again
     * @throws io.chaski.core.security.policy.PolicyRefusedException with NOT_IN_FORCE if it has expired
     */
    synchronized Optional<SignedPolicy> presentPolicy() {
        Optional<SignedPolicy> known = policy();
        if (known.isEmpty() || isFresh(known.get())) {
            return known;
        }
        SignedPolicy again = opened.authority().signAgain(known.get(), clock.get());
        policy = Optional.of(
                again); // the same text: a disk that does not take it must not have it signed for each who asks
        try {
            files.store(again);
        } catch (IOException e) {
            LOG.warn("{}: the policy was signed again, and is not stored: {}", directory, e.toString());
        }
        return policy;
    }

    private boolean isFresh(SignedPolicy signed) {
        X509Certificate signer = signed.chain().get(0);
        boolean isYoung = now().isBefore(RenewalTime.of(signer));
        return isYoung && signer.getIssuerX500Principal().equals(issuing().getSubjectX500Principal());
    }

    /** The policy that this authority has signed last; empty if it has signed none. */
    synchronized Optional<SignedPolicy> policy() {
        checkIsOpen();
        try {
            if (policy.isEmpty()) {
                policy = AuthorityFiles.policy(surroundings.disk(), directory);
            }
            return policy;
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /**
     * The policy that an authority has signed last; empty if it has signed none. Needs no password, and does not wait for who
     * has the authority open.
     *
     * @param directory of the authority
     * @throws AuthorityException with MISSING, DAMAGED, UNSAFE_PERMISSIONS or FAILED
     */
    public static Optional<SignedPolicy> signedPolicy(Path directory) {
        Disk disk = new LocalDisk();
        if (!existsIn(disk, directory)) {
            throw new AuthorityException(Problem.MISSING, directory + " is missing", null);
        }
        try {
            return AuthorityFiles.policy(disk, directory);
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /**
     * Checks the audit log of an authority that nobody has open, from the first record to the last. Needs no password and
     * changes nothing.
     *
     * @param directory of the authority
     * @throws AuthorityException with MISSING, UNSAFE_PERMISSIONS, IN_USE or FAILED
     */
    public static Audit verifyAudit(Path directory) {
        return verifyAudit(directory, new LocalDisk());
    }

    /**
     * Checks the audit log of this authority, from the first record to the last. Requests wait meanwhile.
     *
     * @throws AuthorityException with FAILED if it cannot be read
     */
    public synchronized Audit audit() {
        try {
            return audit(surroundings.disk(), directory);
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    private static Audit audit(Disk disk, Path directory) throws IOException {
        Journal.Audit audit = Journal.audit(disk, directory);
        return new Audit(
                audit.records(),
                audit.head(),
                audit.latest(),
                audit.isSound() ? Optional.empty() : Optional.of(audit.problem()),
                audit.isUnfinished());
    }

    static Audit verifyAudit(Path directory, Disk disk) {
        if (!existsIn(disk, directory)) {
            throw new AuthorityException(Problem.MISSING, directory + " is missing", null);
        }
        try (Closeable lock = disk.lock(directory.resolve(LOCK))) {
            Objects.requireNonNull(lock, "lock");
            return audit(disk, directory);
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /** Lets another process have the directory. Nothing can be asked of this one afterwards. */
    @Override
    public synchronized void close() {
        isClosed = true;
        try (lock;
                Journal journal = opened.journal()) {
            Objects.requireNonNull(journal, "journal");
        } catch (IOException e) {
            throw new AuthorityException(Problem.FAILED, "the authority could not be closed", e);
        }
    }
}
