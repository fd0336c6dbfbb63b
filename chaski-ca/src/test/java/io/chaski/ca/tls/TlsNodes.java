package io.chaski.ca.tls;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.Edge;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.TrustDocument;
import io.chaski.core.NodeEvent.TrustUpdated;
import io.chaski.core.Topology;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustMode;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An authority and nodes that it vouches for, in a cluster and a time of their own; closed at the end. */
final class TlsNodes implements AutoCloseable {

    /** Far more than anything takes, because the machine is shared; only failures take so long. */
    static final Duration LIMIT = Duration.ofSeconds(50);

    final TestAuthority authority = new TestAuthority(1);
    final MovableClock clock = new MovableClock(TestAuthority.NOW);
    final Map<ChaskiNode, Queue<NodeEvent>> events = new ConcurrentHashMap<>();
    private final Map<NodeEvent, Long> toldAtNanos = Collections.synchronizedMap(new IdentityHashMap<>());
    final String cluster = "test-" + UUID.randomUUID();
    private final Queue<ChaskiNode> nodes = new ConcurrentLinkedQueue<>();

    static ChaskiUri uri(String name) {
        return ChaskiUri.parse("chaski://" + TestAuthority.DOMAIN + "/node/" + name);
    }

    /** A new key and a certificate of a day. */
    Credentials credentials(String name) {
        return credentials(name, Duration.ofDays(1));
    }

    Credentials credentials(String name, Duration lifetime) {
        return credentials(authority, name, lifetime);
    }

    Credentials credentials(TestAuthority by, String name) {
        return credentials(by, name, Duration.ofDays(1));
    }

    private Credentials credentials(TestAuthority by, String name, Duration lifetime) {
        KeyPair keys = KeyPairs.generate();
        return new Credentials(
                keys.getPrivate(),
                by.chain(by.leaf(
                        uri(name),
                        keys.getPublic(),
                        LeafUsage.BOTH,
                        clock.instant().plus(lifetime))));
    }

    Trust trust() {
        return authority.trust();
    }

    /** The trust of everybody, less what was revoked. */
    Trust revoking(BigInteger... serials) {
        RevocationList list =
                new RevocationList(7, clock.instant(), clock.instant().plus(Duration.ofDays(1)), Set.of(serials));
        return new Trust(TestAuthority.DOMAIN, Set.of(authority.root), Optional.of(list), false, DenyList.EMPTY);
    }

    /** A list of an hour as the authority signs it. */
    SignedRevocationList signed(long number, BigInteger... serials) {
        return signed(authority, number, clock.instant().plus(Duration.ofHours(1)), serials);
    }

    SignedRevocationList signed(TestAuthority by, long number, Instant nextUpdate, BigInteger... serials) {
        Map<BigInteger, Instant> revoked =
                Stream.of(serials).collect(Collectors.toMap(serial -> serial, serial -> clock.instant()));
        X509CRL list = by.authority.sign(number, nextUpdate.minus(Duration.ofHours(1)), nextUpdate, revoked);
        try {
            return SignedRevocationList.of(list.getEncoded(), List.of(by.issuing, by.root));
        } catch (CRLException e) {
            throw new AssertionError(e);
        }
    }

    static BigInteger serial(Credentials credentials) {
        return credentials.chain().get(0).getSerialNumber();
    }

    TrustMode ca(String name) {
        return ca(authority, name);
    }

    TrustMode ca(TestAuthority by, String name) {
        return TrustMode.ca(credentials(by, name), by.trust());
    }

    NodeBuilder builder(String name, TrustMode mode) {
        return ChaskiNode.builder()
                .name(name)
                .cluster(cluster)
                .topology(Topology.MANUAL)
                .environment(clock.environment())
                .security(mode);
    }

    ChaskiNode start(NodeBuilder builder) {
        Queue<NodeEvent> heard = new ConcurrentLinkedQueue<>();
        ChaskiNode node = builder.onEvent(event -> {
                    toldAtNanos.put(event, System.nanoTime());
                    heard.add(event);
                })
                .start();
        nodes.add(node);
        events.put(node, heard);
        return node;
    }

    /** A node with a certificate of the authority. */
    ChaskiNode start(String name) {
        return start(builder(name, ca(name)));
    }

    <E extends NodeEvent> List<E> events(ChaskiNode node, Class<E> kind) {
        return events.getOrDefault(node, new ConcurrentLinkedQueue<>()).stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** Why the edges of a node to a peer have ended, in order. */
    List<CloseReason> ends(ChaskiNode node, ChaskiNode peer) {
        return events(node, NodeEvent.EdgeDown.class).stream()
                .filter(down -> down.peer().equals(peer.id()))
                .map(NodeEvent.EdgeDown::reason)
                .toList();
    }

    /**
     * How long after a moment somebody was told of an event, in milliseconds. For figures that are printed: the machine is
     * shared, so nothing is asserted about them.
     */
    long millisFrom(long startNanos, NodeEvent event) {
        return TimeUnit.NANOSECONDS.toMillis(Objects.requireNonNull(toldAtNanos.get(event)) - startNanos);
    }

    /** How long after one event somebody was told of another, in milliseconds. */
    long millisBetween(NodeEvent first, NodeEvent second) {
        return millisFrom(Objects.requireNonNull(toldAtNanos.get(first)), second);
    }

    /** Waits until a node follows a document. */
    void awaitTaken(ChaskiNode node, TrustDocument document, long number) {
        TrustUpdated taken = new TrustUpdated(document, number);
        await(
                document + " " + number + " at " + node.name(),
                () -> events(node, TrustUpdated.class).contains(taken));
    }

    static Address addressOf(ChaskiNode node) {
        return node.addresses().get(0);
    }

    static Edge connect(ChaskiNode from, ChaskiNode to) throws Exception {
        Edge edge = from.connect(addressOf(to)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        await("the edge at the other end", () -> to.isConnectedTo(from.id()));
        return edge;
    }

    static long counter(ChaskiNode node, String name) {
        return node.snapshot().counters().getOrDefault(name, 0L);
    }

    /** Waits, and says what for when it was in vain. */
    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(LIMIT).until(condition);
    }

    @Override
    public void close() {
        nodes.parallelStream().forEach(ChaskiNode::close);
    }
}
