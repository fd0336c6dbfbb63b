package io.chaski.core.internal.runtime;

import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.ConfigurationException;
import io.chaski.core.EdgeOptions;
import io.chaski.core.Environment;
import io.chaski.core.NetworkOptions;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeOptions;
import io.chaski.core.Presence;
import io.chaski.core.StartFailedException;
import io.chaski.core.Topology;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.MemorySettings;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.edge.EdgeSettings;
import io.chaski.core.internal.protocol.tree.TreeSettings;
import io.chaski.core.internal.wire.WireLimits;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustMode;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a node together and starts it; when a step fails, what was done before is undone. Stateless. */
public final class NodeStarter {

    private static final Logger LOG = LoggerFactory.getLogger(NodeStarter.class);

    private NodeStarter() {}

    /**
     * Starts a node. It listens when this returns.
     *
     * @param options complete and checked
     * @param brought the set of roots that has come with its certificate
     * @param environment the world it runs in
     * @param executor where callbacks run; null for one of the environment
     * @param codecs codecs of the application
     * @param listeners hear every event
     * @throws ConfigurationException if the data directory belongs to another node
     * @throws StartFailedException if the operating system refuses something
     */
    public static ChaskiNode start(
            NodeOptions options,
            Optional<SignedBundle> brought,
            Environment environment,
            @Nullable Executor executor,
            List<PayloadCodec> codecs,
            List<Consumer<? super NodeEvent>> listeners) {
        RuntimeEnvironment world = RuntimeEnvironment.of(environment);
        CodecRegistry registry = CodecRegistry.with(codecs);
        DataDirectory directory = openDirectory(options);
        try {
            TrustStore store = openTrust(options, directory);
            LiveSecurity security = security(options, brought, world, store);
            return start(options, world, executor, registry, listeners, security, directory, store);
        } catch (ChaskiException | Error failure) {
            release(directory);
            throw failure;
        } catch (IOException | RuntimeException failure) {
            release(directory);
            throw new StartFailedException("cannot start the node: " + failure.getMessage(), failure);
        }
    }

    private static ChaskiNode start(
            NodeOptions options,
            RuntimeEnvironment world,
            @Nullable Executor executor,
            CodecRegistry codecs,
            List<Consumer<? super NodeEvent>> listeners,
            LiveSecurity security,
            @Nullable DataDirectory directory,
            @Nullable TrustStore store)
            throws IOException {
        DataDirectory.Incarnation incarnation = incarnation(id(options, security), world, directory);
        String name = options.name().orElse(incarnation.id().shortForm());
        Callbacks callbacks = executor != null
                ? Callbacks.on(executor, world::nanoTime)
                : Callbacks.owning(world.newCallbackExecutor(name), world::nanoTime);
        try {
            return start(options, world, incarnation, name, callbacks, codecs, listeners, security, directory, store);
        } catch (IOException | RuntimeException | Error failure) {
            callbacks.shutdownNow();
            throw failure;
        }
    }

    private static ChaskiNode start(
            NodeOptions options,
            RuntimeEnvironment world,
            DataDirectory.Incarnation incarnation,
            String name,
            Callbacks callbacks,
            CodecRegistry codecs,
            List<Consumer<? super NodeEvent>> listeners,
            LiveSecurity security,
            @Nullable DataDirectory directory,
            @Nullable TrustStore store)
            throws IOException {
        EventBus events = new EventBus(callbacks);
        events.listen(new EventLog(name, world::nanoTime));
        listeners.forEach(events::listen);
        ProtocolSettings settings = protocolSettings(options);
        AtomicReference<@Nullable NodeParts> parts = new AtomicReference<>();
        AtomicReference<@Nullable LocalNode> self = new AtomicReference<>();
        NodeRuntime runtime = NodeRuntime.start(
                world,
                runtimeSettings(options, name, security),
                loop -> {
                    NodeParts made = new NodeParts(
                            new Presence.Member(incarnation.id(), name),
                            new OwnEpoch(incarnation, directory, callbacks),
                            security,
                            options,
                            loop,
                            callbacks,
                            events,
                            codecs,
                            settings,
                            world::currentTimeMillis,
                            world::newRandom);
                    if (options.security() instanceof TrustMode.Ca) {
                        made.restoreTrust(world.newCallbackExecutor(name + "-trust"), store);
                    }
                    parts.set(made);
                    return made.application();
                },
                (bound, outbox, random) -> {
                    LocalNode node = new LocalNode(
                            incarnation.id(),
                            incarnation.epoch(),
                            name,
                            options.cluster(),
                            AdvertisedAddresses.of(options.network().advertise(), bound),
                            options.network().bootstrap(),
                            options.network().root(),
                            options.network().relay());
                    self.set(node);
                    NodeProtocol protocol = new NodeProtocol(node, settings, random, outbox);
                    protocol.onRules(required(parts.get()).access().rules(), 0);
                    protocol.streams().serve(required(parts.get()).streams()::acceptor);
                    required(parts.get()).trust().ifPresent(documents -> documents.serve(protocol.trust()));
                    return protocol;
                });
        NodeParts made = required(parts.get());
        LocalNode node = required(self.get());
        security.follow(next ->
                security.hasSameCredentials(next) ? () -> {} : () -> made.loop().execute(NodeProtocol::onCredentials));
        made.followRules();
        made.trust().ifPresent(documents -> documents.start(made.loop()));
        events.emit(new NodeEvent.Started());
        LOG.info("node {} ({}) of cluster {} is at {}", name, node.id().shortForm(), node.cluster(), node.addresses());
        return new RunningNode(node, made, new NodeShutdown(node, made, runtime, directory));
    }

    private static ProtocolSettings protocolSettings(NodeOptions options) {
        ProtocolSettings defaults = ProtocolSettings.DEFAULTS;
        return new ProtocolSettings(
                options.network().topology() == Topology.MANUAL,
                edgeSettings(options.edges(), options.security() instanceof TrustMode.Authenticated),
                defaults.membership(),
                treeSettings(options, defaults.tree()),
                defaults.discovery(),
                defaults.stream(),
                MemorySettings.within(Runtime.getRuntime().maxMemory()));
    }

    private static TreeSettings treeSettings(NodeOptions options, TreeSettings defaults) {
        return new TreeSettings(
                options.edges().maxFrame() - WireLimits.MAX_DATA_HEADER_BYTES,
                defaults.links(),
                defaults.repair(),
                defaults.order(),
                defaults.cache(),
                defaults.flow()
                        .withSlowConsumerNanos(
                                options.messages().slowConsumerTimeout().toNanos()),
                defaults.sources(),
                defaults.limits());
    }

    private static EdgeSettings edgeSettings(EdgeOptions options, boolean isSecured) {
        boolean isUnlimited = options.reconnections() == EdgeOptions.UNLIMITED;
        return EdgeSettings.builder()
                .maxFrame(options.maxFrame())
                .pingIdleNanos(options.keepAlive().toNanos())
                .leaseNanos(options.deadAfter().toNanos())
                .maxEdges(options.maxConnections())
                .reconnections(isUnlimited ? EdgeSettings.UNLIMITED : options.reconnections())
                .secured(isSecured)
                .build();
    }

    private static RuntimeSettings runtimeSettings(NodeOptions options, String name, LiveSecurity security) {
        NetworkOptions network = options.network();
        return new RuntimeSettings(
                name,
                network.listen(),
                network.unixUsers(),
                network.root() ? NetworkOptions.ROOT_PORTS : List.of(),
                network.udp(),
                network.lan(),
                TransportLimits.DEFAULTS.withMaxFrame(options.edges().maxFrame()),
                security.hasIdentity() ? security : null);
    }

    private static @Nullable TrustStore openTrust(NodeOptions options, @Nullable DataDirectory directory)
            throws IOException {
        return options.security() instanceof TrustMode.Ca ca && directory != null
                ? directory.trust(ca.trust().roots())
                : null;
    }

    private static LiveSecurity security(
            NodeOptions options, Optional<SignedBundle> brought, Environment world, @Nullable TrustStore store) {
        InstantSource clock = () -> Instant.ofEpochMilli(world.currentTimeMillis());
        Optional<SignedBundle> bundle = options.security() instanceof TrustMode.Ca ca
                ? TrustDocuments.firstBundle(store, ca, brought, clock.instant())
                : Optional.empty();
        try {
            return new LiveSecurity(options.security(), bundle, clock);
        } catch (CertificateRefusedException refused) {
            throw new ConfigurationException(
                    "a node must believe its own certificate: " + refused.getMessage(), refused);
        }
    }

    /** With an identity the id is not free. */
    private static Optional<NodeId> id(NodeOptions options, LiveSecurity security) {
        Optional<NodeId> derived = security.identity().map(PeerIdentity::nodeId);
        if (derived.isPresent() && options.id().isPresent() && !options.id().equals(derived)) {
            throw new ConfigurationException("id " + options.id().get() + " is not the one of the identity, "
                    + derived.get() + ": leave id out");
        }
        return derived.or(options::id);
    }

    private static DataDirectory.Incarnation incarnation(
            Optional<NodeId> id, Environment world, @Nullable DataDirectory directory) throws IOException {
        long nowMillis = world.currentTimeMillis();
        return directory != null
                ? directory.begin(id, () -> NodeId.random(world.newRandom()), nowMillis)
                : new DataDirectory.Incarnation(id.orElseGet(() -> NodeId.random(world.newRandom())), nowMillis);
    }

    private static @Nullable DataDirectory openDirectory(NodeOptions options) {
        if (options.dataDirectory().isEmpty()) {
            return null;
        }
        try {
            return DataDirectory.open(options.dataDirectory().get());
        } catch (IOException refused) {
            throw new StartFailedException(
                    "cannot use the data directory " + options.dataDirectory().get() + ": " + refused.getMessage(),
                    refused);
        }
    }

    private static void release(@Nullable DataDirectory directory) {
        if (directory == null) {
            return;
        }
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("cannot release the data directory of a node that did not start", e);
        }
    }

    private static <V> V required(@Nullable V made) {
        if (made == null) {
            throw new AssertionError("the runtime did not call its factories");
        }
        return made;
    }
}
