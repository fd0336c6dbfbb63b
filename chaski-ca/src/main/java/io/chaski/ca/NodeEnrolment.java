package io.chaski.ca;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.disk.Pem;
import io.chaski.ca.internal.disk.Pem.MalformedPemException;
import io.chaski.ca.internal.net.AuthorityCheck;
import io.chaski.ca.internal.net.AuthorityClient;
import io.chaski.ca.internal.node.CertificateAnswer;
import io.chaski.ca.internal.node.IdentityFiles;
import io.chaski.ca.internal.node.KnownAuthority;
import io.chaski.ca.internal.node.RenewalSchedule;
import io.chaski.ca.internal.token.TokenClaims;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.ConfigurationException;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.DenyFile;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.IdentityProvider;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CRLException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of a node in its data directory: how it gets its first certificate with a token, and each next one with the
 * present one. Thread-safe, also against other processes: who asks for a certificate holds a lock in the directory.
 *
 * <p>A file {@code deny} in the directory, as {@link io.chaski.core.security.DenyFile} reads it, is asked before each attempt and
 * again before an answer is taken: an authority whose key is denied gets no token, gives no certificate, and does not say whom to
 * trust. If it makes no sense, nothing is done until somebody has mended it (DAMAGED); if it ceases to make sense while a limit
 * lasts, no authority is asked until it does again.
 *
 * <p>The key is made here and never leaves the machine. It is on the disk before the token is sent, so a crash at any
 * moment costs nothing: asked again with the same key, the authority gives the same certificate.
 */
public final class NodeEnrolment {

    /** That of nodes that enrol at their start. */
    public static final Duration DEFAULT_LIMIT = IdentityProvider.DEFAULT_LIMIT;

    /** What a key is for that was made before its token. */
    private static final Fingerprint PREPARED = Fingerprint.of("prepared".getBytes(StandardCharsets.US_ASCII));

    private static final Logger LOG = LoggerFactory.getLogger(NodeEnrolment.class);

    private final Disk disk;
    private final Path directory;
    private final IdentityFiles files;
    private final Clock clock;

    /** Where the answer of an authority comes from; a network, but for tests that end in the middle. */
    @FunctionalInterface
    interface Asking {
        Reply ask(AuthorityClient client, Request request, Duration limit);
    }

    private final Asking asking;

    NodeEnrolment(Disk disk, Path directory, Clock clock, Asking asking) {
        this.disk = disk;
        this.directory = directory;
        this.files = new IdentityFiles(disk, directory);
        this.clock = clock;
        this.asking = asking;
    }

    /**
     * The identity in a directory, whether there is one yet or not.
     *
     * @param directory of one node; made when it is needed, for its owner only
     */
    public static NodeEnrolment in(Path directory) {
        return in(directory, Clock.systemUTC());
    }

    /**
     * As {@link #in(Path)}, by another clock than that of the machine.
     *
     * @param directory of one node
     * @param clock says what has begun and ended, and when the next certificate is due
     */
    public static NodeEnrolment in(Path directory, InstantSource clock) {
        return new NodeEnrolment(
                new LocalDisk(),
                Objects.requireNonNull(directory, "directory"),
                clock.withZone(ZoneOffset.UTC),
                AuthorityClient::ask);
    }

    /**
     * What is stored, if the node has an identity. It may have ended.
     *
     * @throws AuthorityException with UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public Optional<NodeCredentials> stored() {
        try {
            return files.hasIdentity() ? Optional.of(NodeCredentials.read(disk, files.identity())) : Optional.empty();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * The newest revocation list that the authority has sent with a certificate.
     *
     * @return empty if there is none, or who signed it is not believed any more
     * @throws AuthorityException with UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public Optional<RevocationList> storedRevocations() {
        Optional<NodeCredentials> stored = stored();
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try {
            Trust trust = trust(stored.get());
            return signedRevocations().map(signed -> signed.verify(trust, clock.instant()));
        } catch (CertificateRefusedException e) {
            LOG.info(
                    "The stored revocation list of {} is of no use: {}",
                    stored.get().uri(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The newest revocation list that the authority has sent with a certificate, as it was signed: what a node hands on to others.
     * Nothing of it is checked.
     *
     * @return empty if there is none
     * @throws AuthorityException with UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public Optional<SignedRevocationList> signedRevocations() {
        if (stored().isEmpty()) {
            return Optional.empty();
        }
        try {
            List<Pem> blocks = files.revocations();
            if (blocks.size() != 2) {
                return Optional.empty();
            }
            X509Certificate lister = Pem.certificates(blocks.subList(1, 2)).get(0);
            return Optional.of(SignedRevocationList.of(blocks.get(0).der(), List.of(lister)));
        } catch (IOException e) {
            throw failed(e);
        } catch (MalformedPemException | CertificateRefusedException e) {
            throw new AuthorityException(Problem.DAMAGED, "the revocation list in " + directory, e);
        }
    }

    /**
     * The roots that the node trusts: those of the newest set that it has heard of, if one of them is that of its own certificate,
     * and otherwise that one.
     *
     * @throws AuthorityException with MISSING if the node has no identity, UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public Set<X509Certificate> storedRoots() {
        return trust(current()).roots();
    }

    private Trust trust(NodeCredentials own) {
        DenyList denied = denied();
        TrustDomain domain = own.uri().trustDomain();
        Set<X509Certificate> roots = bundle(domain, denied)
                .map(SignedBundle::roots)
                .filter(each -> each.contains(own.root()))
                .orElse(Set.of(own.root()));
        return new Trust(domain, roots, Optional.empty(), false, denied);
    }

    /** Whoever has a key that was stolen must neither let nodes in nor say whom they trust. */
    private DenyList denied() {
        try {
            return new DenyFile(files.deny()).read();
        } catch (IOException e) {
            throw failed(e);
        } catch (ConfigurationException e) {
            throw new AuthorityException(Problem.DAMAGED, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The newest set of roots that this node has heard of: it came with a certificate, or {@link #learn} has stored it.
     *
     * @return empty if there is none, the node has no identity, or who has signed it is denied by now
     * @throws AuthorityException with UNSAFE_PERMISSIONS, DAMAGED if that, the identity or the deny file makes no sense, or FAILED
     */
    public Optional<SignedBundle> signedBundle() {
        Optional<NodeCredentials> own = stored();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        return bundle(own.get().uri().trustDomain(), denied());
    }

    private Optional<SignedBundle> bundle(TrustDomain domain, DenyList denied) {
        try {
            Optional<SignedBundle> found = files.bundle();
            found.ifPresent(set -> set.verifyAgain(new Trust(domain, set.roots(), Optional.empty(), false, denied)));
            return found;
        } catch (IOException e) {
            throw failed(e);
        } catch (BundleRefusedException e) {
            throw new AuthorityException(Problem.DAMAGED, "the set of roots in " + directory, e);
        } catch (CertificateRefusedException e) {
            LOG.debug("The set of roots in {} is of no use any more: {}", directory, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Remembers which roots the node trusts by now, so that it finds an authority that is below another one than it was. Whoever
     * calls has checked the set.
     *
     * @param bundle what the node follows; ignored if it is not newer than what is known
     * @throws AuthorityException with UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public void learn(SignedBundle bundle) {
        if (isNewer(bundle, signedBundle())) { // the lock is taken only if there is something to write
            locked(() -> {
                writeIfNewer(bundle);
                return bundle;
            });
        }
    }

    private static boolean isNewer(SignedBundle bundle, Optional<SignedBundle> known) {
        return known.isEmpty() || bundle.isLaterThan(known.get());
    }

    private void writeIfNewer(SignedBundle bundle) throws IOException {
        if (isNewer(bundle, bundle(bundle.trustDomain(), denied()))) {
            files.write(bundle);
        }
    }

    /**
     * The policy that came with the newest certificate, as it was signed. Nothing of it is checked.
     *
     * @return empty if none has come
     * @throws AuthorityException with UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public Optional<SignedPolicy> signedPolicy() {
        try {
            return files.policy();
        } catch (IOException e) {
            throw failed(e);
        } catch (PolicyRefusedException e) {
            throw new AuthorityException(Problem.DAMAGED, "the policy in " + directory, e);
        }
    }

    /**
     * Makes the key before the token, so that the token can be bound to it.
     *
     * @return fingerprint of the public key, for {@link CertificateAuthority#createToken}
     * @throws AuthorityException with UNSAFE_PERMISSIONS, IN_USE or FAILED
     */
    public Fingerprint prepareKey() {
        return locked(
                () -> Fingerprint.of(files.keyFor(PREPARED, Optional.empty()).getPublic()));
    }

    /**
     * As {@link #enrol(String, Duration)}, for up to half a minute.
     *
     * @param token of the authority
     */
    public NodeCredentials enrol(String token) {
        return enrol(token, DEFAULT_LIMIT);
    }

    /**
     * Gives the node the identity that a token is for. If it has it already and it has not ended, that is used and the
     * token is not: so a program may do this at each start. Otherwise roots and policy that are stored are forgotten, whatever their
     * numbers: what the authority of the token says counts.
     *
     * @param token of the authority, who is believed because the fingerprint of its root is in it
     * @param limit how long to try while no authority answers, 0 or more
     * @throws EnrolmentException if there is no certificate; UNREACHABLE if the limit is over; NAME_MISMATCH if the
     *     directory has another identity; UNTRUSTED_CA also if a key of the authority is in the {@code deny} file of the
     *     directory. It may be tried again with the same token
     * @throws AuthorityException with UNSAFE_PERMISSIONS, IN_USE, DAMAGED or FAILED; DAMAGED also if the {@code deny} file makes no
     *     sense, at the beginning or when the limit is over
     */
    public NodeCredentials enrol(String token, Duration limit) {
        Objects.requireNonNull(token, "token");
        TokenClaims claims = CertificateAnswer.readToken(token);
        Optional<NodeCredentials> present =
                stored(claims); // whoever renews has the lock for a while, and replaces the file at once
        return present.isPresent() ? present.get() : enrol(token, claims, limit);
    }

    private NodeCredentials enrol(String token, TokenClaims claims, Duration limit) {
        try {
            return locked(() -> {
                Optional<NodeCredentials> meanwhile = stored(claims);
                return meanwhile.isPresent() ? meanwhile.get() : ask(token, claims, limit);
            });
        } catch (EnrolmentException e) {
            if (e.problem() == EnrolmentProblem.TOKEN_EXPIRED && hasEndedLately()) {
                return renewInstead(e);
            }
            throw e;
        }
    }

    /** What is stored, unless it has ended. */
    private Optional<NodeCredentials> stored(TokenClaims claims) {
        Optional<NodeCredentials> stored = stored();
        stored.ifPresent(found -> checkIsSame(found.uri(), claims.name()));
        return stored.filter(found -> !clock.instant().isAfter(found.notAfter()));
    }

    private boolean hasEndedLately() {
        return stored().filter(
                        found -> clock.instant().isBefore(found.notAfter().plus(RenewalSchedule.AFTER_END)))
                .isPresent();
    }

    /** An authority may allow that for a while, as for a node that runs. */
    private NodeCredentials renewInstead(EnrolmentException ended) {
        try {
            return renew();
        } catch (EnrolmentException e) {
            ended.addSuppressed(e);
            throw ended;
        }
    }

    private NodeCredentials ask(String token, TokenClaims claims, Duration limit) throws IOException {
        Instant now = clock.instant();
        CertificateAnswer.checkHasNotEnded(claims, now);
        Fingerprint purpose = Fingerprint.of(token.getBytes(StandardCharsets.US_ASCII));
        KeyPair keys = files.keyFor(purpose, claims.key());
        Request request = Request.enrol(token, seconds(now), CertificateRequest.write(keys, claims.name()));
        Supplier<KnownAuthority> known =
                () -> new KnownAuthority(Set.of(claims.root()), claims.name().trustDomain(), denied());
        denied(); // what is wrong from the beginning is told at once
        AuthorityClient client =
                new AuthorityClient(claims.addresses(), Optional.empty(), () -> new AuthorityCheck(known.get(), clock));
        Reply reply = asking.ask(client, request, limit);
        NodeCredentials credentials = accept(known.get(), claims.name(), EnumSet.allOf(Side.class), keys, reply);
        files.forgetSigned();
        return keep(credentials, (Reply.Granted) reply, claims.addresses());
    }

    private void checkIsSame(ChaskiUri stored, ChaskiUri wanted) {
        if (!stored.equals(wanted)) {
            throw new EnrolmentException(
                    EnrolmentProblem.NAME_MISMATCH,
                    directory + " has the identity " + stored + ", and the token is for " + wanted);
        }
    }

    /**
     * Replaces the certificate by the next one, with another key. Tries each address once.
     *
     * @throws EnrolmentException if there is no certificate, UNTRUSTED_CA also if a key of the authority is in the {@code deny}
     *     file of the directory; the present one stays
     * @throws AuthorityException with MISSING if there is none to replace, IN_USE, UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public NodeCredentials renew() {
        return locked(() -> {
            NodeCredentials current = current();
            X509Certificate leaf = current.chain().get(0);
            Supplier<KnownAuthority> known = () -> knownBy(current);
            KeyPair keys = files.keyFor(Fingerprint.of(leaf), Optional.empty());
            Request request = Request.renew(seconds(clock.instant()), CertificateRequest.write(keys, current.uri()));
            List<String> addresses = files.addresses();
            AuthorityClient client =
                    new AuthorityClient(addresses, Optional.of(current), () -> new AuthorityCheck(known.get(), clock));
            Reply reply = asking.ask(client, request, Duration.ZERO);
            NodeCredentials next = accept(known.get(), current.uri(), CertificateAnswer.sides(leaf), keys, reply);
            return keep(next, (Reply.Granted) reply, addresses);
        });
    }

    private NodeCredentials current() {
        return stored().orElseThrow(
                        () -> new AuthorityException(Problem.MISSING, files.identity() + " is missing", null));
    }

    /** By all roots that are known: a crash may have stored a set of roots, and not the certificate that it came with. */
    private KnownAuthority knownBy(NodeCredentials current) {
        TrustDomain domain = current.uri().trustDomain();
        DenyList denied = denied();
        Set<Fingerprint> roots = new HashSet<>();
        roots.add(Fingerprint.of(current.root()));
        bundle(domain, denied).ifPresent(set -> set.roots().forEach(root -> roots.add(Fingerprint.of(root))));
        return new KnownAuthority(roots, domain, denied);
    }

    private NodeCredentials accept(KnownAuthority known, ChaskiUri name, Set<Side> sides, KeyPair keys, Reply reply)
            throws IOException {
        try {
            return CertificateAnswer.accept(known, name, sides, keys, reply, clock.instant());
        } catch (EnrolmentException e) {
            if (e.problem() == EnrolmentProblem.KEY_REJECTED) {
                files.forgetKey(); // it would be refused for ever
            }
            throw e;
        }
    }

    private NodeCredentials keep(NodeCredentials credentials, Reply.Granted granted, List<String> addresses)
            throws IOException {
        try {
            files.writeAuthority(
                    granted.addresses().isEmpty() ? addresses : granted.addresses(),
                    granted.revocations().getEncoded(),
                    granted.lister());
            if (granted.bundle().isPresent()) {
                writeIfNewer(granted.bundle().get());
            }
            if (granted.policy().isPresent()) {
                files.write(granted.policy().get());
            }
            credentials.write(disk, files.identity());
            files.forgetKey();
            return credentials;
        } catch (CRLException e) {
            throw new IllegalStateException("a list that was read has no encoding", e);
        }
    }

    /**
     * Renews from now on, on a thread of its own: at two thirds of the life and up to a twentieth later by chance, after
     * failures again with pauses that grow, until a day after the end.
     *
     * @param listener hears of it, on that thread
     * @return closed to stop
     * @throws AuthorityException with MISSING if there is no identity, UNSAFE_PERMISSIONS, DAMAGED or FAILED
     */
    public NodeRenewal keepRenewed(NodeRenewal.Listener listener) {
        return NodeRenewal.start(this, clock, listener);
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T locked(Work<T> work) {
        try {
            if (!disk.exists(directory)) {
                disk.createDirectory(directory);
            }
            try (Closeable lock = disk.lock(files.lock())) {
                Objects.requireNonNull(lock, "lock");
                return work.run();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private AuthorityException failed(IOException cause) {
        return new AuthorityException(Problem.FAILED, directory + ": " + cause.getMessage(), cause);
    }
}
