package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Diagnosis;
import io.chaski.core.Dispatch;
import io.chaski.core.Edge;
import io.chaski.core.Introducer;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Presence;
import io.chaski.core.ProbeResult;
import io.chaski.core.PublishOptions;
import io.chaski.core.PulledSubscription;
import io.chaski.core.Receipt;
import io.chaski.core.Registration;
import io.chaski.core.RequestRefusedException;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.datagram.Probes;
import io.chaski.core.security.IdentityProvider;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.stream.NodeStreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The door that applications see: each call goes to the part that does it. Thread-safe. */
final class RunningNode implements ChaskiNode, ModuleNode.Door {

    private final LocalNode self;
    private final NodeParts parts;
    private final NodeShutdown shutdown;

    RunningNode(LocalNode self, NodeParts parts, NodeShutdown shutdown) {
        this.self = self;
        this.parts = parts;
        this.shutdown = shutdown;
    }

    @Override
    public NodeId id() {
        return self.id();
    }

    @Override
    public String name() {
        return self.name();
    }

    @Override
    public String cluster() {
        return self.cluster();
    }

    @Override
    public long epoch() {
        return parts.epoch().get();
    }

    @Override
    public List<Address> addresses() {
        return self.addresses();
    }

    /** Keeps an identity in certificates until the node closes. */
    void keep(IdentityProvider.Enrolled identity) {
        parts.closing().add(identity::close);
        identity.follow(
                parts.security(),
                parts.access(),
                (alarm, notAfter) -> parts.events().emit(new NodeEvent.IdentityAlarm(alarm, notAfter)));
    }

    @Override
    public NodeSecurity security() {
        return parts.security();
    }

    @Override
    public NodeAccess access() {
        return parts.access();
    }

    @Override
    public NodeSnapshot.State state() {
        return shutdown.state();
    }

    @Override
    public long nanoTime() {
        return parts.loop().nanoTime();
    }

    @Override
    public CompletableFuture<Edge> connect(Address address) {
        Objects.requireNonNull(address, "address");
        if (self.addresses().contains(address)) {
            throw new IllegalArgumentException("a node does not connect to itself: " + address);
        }
        return parts.edges().connect(address);
    }

    @Override
    public List<Edge> edges() {
        return parts.edges().all();
    }

    @Override
    public Optional<Edge> edge(NodeId peer) {
        return parts.edges().find(Objects.requireNonNull(peer, "peer"));
    }

    @Override
    public Registration onDatagram(BiConsumer<NodeId, byte[]> callback) {
        Objects.requireNonNull(callback, "callback");
        requireOpen();
        return parts.datagrams()
                .listen(datagram ->
                        callback.accept(datagram.from(), datagram.payload().toByteArray()));
    }

    @Override
    public <T extends @Nullable Object> Subscription subscribe(
            Topic<T> topic, Consumer<? super Message<T>> handler, SubscribeOptions options) {
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(options, "options");
        requireOpen();
        parts.security().requireFor(topic);
        parts.access().require(Action.SUBSCRIBE, topic.name());
        PushedSubscription<T> subscription = parts.topics()
                .register(
                        topic.name(),
                        home -> new PushedSubscription<>(topic, handler, options, home, parts.subscribing()));
        return joined(subscription);
    }

    @Override
    public <T extends @Nullable Object> PulledSubscription<T> pull(Topic<T> topic, SubscribeOptions options) {
        if (options.dispatch() == Dispatch.INLINE) {
            throw new IllegalArgumentException("whoever takes messages does so on a thread of its own, not INLINE");
        }
        requireOpen();
        parts.security().requireFor(topic);
        parts.access().require(Action.SUBSCRIBE, topic.name());
        return joined(parts.topics()
                .register(topic.name(), home -> new WaitingSubscription<>(topic, options, home, parts.subscribing())));
    }

    private <S extends ActiveSubscription<?>> S joined(S subscription) {
        if (!subscription.join()) {
            subscription.close();
            throw new NodeClosedException(self.name());
        }
        return subscription;
    }

    @Override
    public List<Subscription> subscriptions() {
        List<Subscription> all = new ArrayList<>();
        parts.topics().all().forEach(topic -> all.addAll(topic.subscriptions()));
        return List.copyOf(all);
    }

    @Override
    public boolean isPaired(Topic<?> topic) {
        LocalTopic local = parts.topics().find(topic.name());
        return local != null && local.neighbours() > 0;
    }

    @Override
    public <T extends @Nullable Object> Receipt publish(Topic<T> topic, T payload, PublishOptions options) {
        return parts.publications().publish(topic, payload, options);
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<Receipt> publishAsync(
            Topic<T> topic, T payload, PublishOptions options) {
        return parts.publications().publishAsync(topic, payload, options);
    }

    @Override
    public CompletableFuture<Boolean> publishable(Topic<?> topic, PublishOptions options) {
        return parts.publications().publishable(topic, options);
    }

    @Override
    public Presence presence(Topic<?> topic) {
        LocalTopic local = parts.topics().find(topic.name());
        if (local == null || !local.announcesPresence()) {
            throw new IllegalStateException(
                    "subscribe to " + topic.name() + " with presence(true) first: presence is for those who are there");
        }
        return local.presence();
    }

    @Override
    public NodeStreams streams() {
        return parts.streams();
    }

    @Override
    public ModuleNode forModules() {
        return parts.modules();
    }

    @Override
    public CompletableFuture<ProbeResult> probe(Address address, Duration limit) {
        Objects.requireNonNull(address, "address");
        long limitNanos = positive(limit);
        return parts.pending()
                .ask((protocol, nowNanos, answer) -> protocol.probe(
                        address,
                        nowNanos + limitNanos,
                        new NodeProtocol.Probed() {
                            @Override
                            public void onAnswer(ProbeResult result) {
                                answer.succeed(result);
                            }

                            @Override
                            public void onNoAnswer() {
                                answer.fail(new RequestTimeoutException("no answer from " + address, limit));
                            }

                            @Override
                            public void onTooMany() {
                                answer.fail(new RequestRefusedException(
                                        "probe of " + address + ": " + Probes.MAX + " probes are under way"));
                            }
                        },
                        nowNanos));
    }

    @Override
    public CompletableFuture<List<NodeId>> discover(Topic<?> topic, Introducer introducer, Duration limit) {
        parts.access().require(Action.DISCOVER, topic.name());
        boolean isKept = Objects.requireNonNull(introducer, "introducer") == Introducer.KEEP;
        long limitNanos = positive(limit);
        return parts.pending()
                .ask((protocol, nowNanos, answer) ->
                        protocol.discover(topic.name(), isKept, nowNanos + limitNanos, answer::succeed, nowNanos));
    }

    @Override
    public Diagnosis diagnose(Topic<?> topic) {
        return parts.queries().diagnose(topic.name());
    }

    @Override
    public Flow.Publisher<NodeEvent> events() {
        return parts.events();
    }

    @Override
    public NodeSnapshot snapshot() {
        return parts.queries().snapshot();
    }

    @Override
    public void close() {
        shutdown.close();
    }

    @Override
    public void awaitClosed() throws InterruptedException {
        boolean isClosed;
        do {
            isClosed = shutdown.await(Long.MAX_VALUE); // 292 years at most
        } while (!isClosed);
    }

    @Override
    public boolean awaitClosed(Duration limit) throws InterruptedException {
        return shutdown.await(NodeLoop.nanosOf(limit));
    }

    private void requireOpen() {
        if (shutdown.state() != NodeSnapshot.State.RUNNING) {
            throw new NodeClosedException(self.name());
        }
    }

    private static long positive(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("limit must be longer than nothing: " + limit);
        }
        return NodeLoop.nanosOf(limit);
    }

    @Override
    public String toString() {
        return "node " + self.name() + " (" + self.id().shortForm() + ") at " + self.addresses();
    }
}
