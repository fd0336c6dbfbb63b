package io.chaski.ca.internal.net;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.SubjectAttributes;
import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.bouncycastle.AuthorityCertificates;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.node.KnownAuthority;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.TrustDomain;
import io.netty.util.Version;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A request and its answer on loopback, with an authority that is made for it: whether TLS works on this machine. */
public final class TlsSelfTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final TrustDomain DOMAIN = new TrustDomain("self-test.example");

    private TlsSelfTest() {}

    /** Of the Netty that does it. */
    public static String nettyVersion() {
        Version version = Version.identify().get("netty-handler");
        return version == null ? "unknown" : version.artifactVersion();
    }

    /**
     * Does it.
     *
     * @throws IOException if it does not work
     * @throws io.chaski.ca.EnrolmentException if the certificates are not accepted
     */
    public static void run() throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        SecureRandom random = new SecureRandom();
        KeyPair rootKeys = KeyPairs.generate();
        KeyPair issuingKeys = KeyPairs.generate();
        KeyPair keys = KeyPairs.generate();
        X509Certificate root = AuthorityCertificates.root(rootKeys, SubjectAttributes.NONE, now, random);
        X509Certificate issuing = AuthorityCertificates.issuing(
                issuingKeys.getPublic(), DOMAIN, SubjectAttributes.NONE, root, rootKeys.getPrivate(), now, random);
        X509Certificate leaf = new IssuingAuthority(issuing, issuingKeys.getPrivate())
                .sign(new IssuingAuthority.Leaf(
                        new ChaskiUri(DOMAIN, ChaskiUri.Role.CA, List.of("authority")),
                        keys.getPublic(),
                        LeafUsage.SERVER,
                        new BigInteger(126, random).add(BigInteger.ONE),
                        now.minusSeconds(60),
                        now.plusSeconds(600),
                        1));
        AuthorityListener.Listening listening = AuthorityListener.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new NodeCredentials(keys.getPrivate(), List.of(leaf, issuing, root)),
                chain -> {},
                ServerLimits.STANDARD,
                new Echo());
        byte[] sent = new byte[1_000];
        random.nextBytes(sent);
        try (AuthorityListener listener = listening.listener()) {
            Objects.requireNonNull(listener, "listener");
            byte[] answer = AuthorityCall.call(
                    listening.address(),
                    Optional.empty(),
                    new AuthorityCheck(
                            new KnownAuthority(Set.of(Fingerprint.of(root)), DOMAIN, DenyList.EMPTY),
                            Clock.systemUTC()),
                    sent,
                    DEADLINE);
            if (!Arrays.equals(answer, sent)) {
                throw new IOException("the answer is another one than was sent");
            }
        }
    }

    private static final class Echo implements Responder {
        @Override
        public Optional<byte[]> answer(byte[] request, int version, List<X509Certificate> peer, RemoteHost from) {
            return Optional.of(request);
        }

        @Override
        public void onMalformed(RemoteHost from, String detail) {
            throw new IllegalStateException("a request of our own is malformed: " + detail);
        }
    }
}
