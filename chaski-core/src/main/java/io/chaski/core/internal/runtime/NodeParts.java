package io.chaski.core.internal.runtime;

import io.chaski.core.NodeOptions;
import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.Presence;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.access.StreamRules;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.security.policy.Action;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The application's side of one node, put together: what the door hands calls to, and what the loop reports to.
 * Complete before the node begins; each part has its own thread rule.
 */
final class NodeParts {

    /** Best effort: whoever needs more than these kept uses a topic. 1.2 MB at most. */
    private static final int QUEUED_DATAGRAMS = 1_024;

    /** A wrong clock is a fact that lasts. */
    private static final long CLOCK_SKEW_EVENT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Token, hash and header of a ping, generously. */
    private static final int PING_HEADER_BYTES = 64;

    private final OwnEpoch epoch;
    private final NodeLoop loop;
    private final Callbacks callbacks;
    private final EventBus events;
    private final LocalTopics topics;
    private final Mailbox<LocalApplication.ReceivedDatagram> datagrams;
    private final Pending pending;
    private final Queries queries;
    private final EdgeTable edges;
    private final Publications publications;
    private final Subscribing subscribing;
    private final RuntimeStreams streams;
    private final ClosingHooks closing;
    private final ModuleSide modules;
    private final LiveSecurity security;
    private final LiveAccess access;
    private final String nodeName;
    private @Nullable TrustDocuments trust;

    /**
     * Puts the parts of one node together.
     *
     * @param identity id and name; nothing else of it is used before the node listens
     * @param epoch its incarnation
     * @param security what it proves, and whom it believes
     * @param options how
     * @param loop who does it
     * @param callbacks where the application's code runs
     * @param events what happens
     * @param codecs how payloads travel
     * @param settings what the protocol is told
     * @param wallMillis the wall clock
     * @param randoms chance, a generator for each part that needs one
     */
    NodeParts(
            Presence.Member identity,
            OwnEpoch epoch,
            LiveSecurity security,
            NodeOptions options,
            NodeLoop loop,
            Callbacks callbacks,
            EventBus events,
            CodecRegistry codecs,
            ProtocolSettings settings,
            LongSupplier wallMillis,
            Supplier<RandomGenerator> randoms) {
        HybridClock clock = new HybridClock(wallMillis);
        RandomGenerator random = randoms.get();
        this.epoch = epoch;
        this.nodeName = identity.name();
        this.security = security;
        this.access =
                new LiveAccess(identity.name(), identity.id(), security, options.access(), loop::nanoTime, wallMillis);
        this.loop = loop;
        this.callbacks = callbacks;
        callbacks.retryOn(loop);
        this.events = events;
        this.topics = new LocalTopics(name -> new LocalTopic(
                name,
                loop,
                new PresenceView(name, identity, loop, callbacks, events, clock, random, PresenceView.Voice.PROTOCOL)));
        this.datagrams = new Mailbox<>("a listener of datagrams", QUEUED_DATAGRAMS, callbacks);
        this.pending = new Pending(identity.name(), loop, callbacks);
        this.queries = new Queries(identity.name(), loop, new ApplicationSide());
        this.edges = new EdgeTable(
                loop,
                pending,
                queries,
                Math.min(options.edges().maxFrame() - PING_HEADER_BYTES, Edges.MAX_PING_BYTES),
                () -> access.require(Action.RPC_CALL, StreamRules.DATAGRAMS));
        this.publications = new Publications(
                identity.name(),
                loop,
                callbacks,
                topics,
                codecs,
                clock,
                options.messages().maxPayload(),
                settings.tree().maxBodyBytes(),
                Duration.ofNanos(settings.tree().cache().ageNanos()),
                options.messages().slowConsumerTimeout().toNanos(),
                access,
                security);
        SubscriptionContext subscriptions = new SubscriptionContext(
                identity.name(),
                loop,
                callbacks,
                events,
                codecs,
                clock,
                new Pace(CLOCK_SKEW_EVENT_NANOS, loop.nanoTime()),
                new SubscriptionContext.Counts());
        this.subscribing = new Subscribing(topics, subscriptions, security, access);
        this.streams = new RuntimeStreams(identity.name(), loop, callbacks, settings.stream(), access);
        this.closing = new ClosingHooks(identity.name());
        this.modules = new ModuleSide(
                loop,
                callbacks,
                pending,
                wallMillis,
                randoms,
                closing,
                streams.inline(),
                new EncodedMessages(subscribing, publications));
    }

    OwnEpoch epoch() {
        return epoch;
    }

    LiveSecurity security() {
        return security;
    }

    LiveAccess access() {
        return access;
    }

    /** What its authority has signed; empty in other modes. */
    Optional<TrustDocuments> trust() {
        return Optional.ofNullable(trust);
    }

    /**
     * Takes up what the authority has signed, before anything begins.
     *
     * @param worker where signatures are checked; ends with the node
     * @param store of the data directory, null without one
     */
    void restoreTrust(ExecutorService worker, @Nullable TrustStore store) {
        TrustDocuments documents = new TrustDocuments(
                nodeName, security, access, events, worker, new LogLimiter(nodeName, loop::nanoTime), store);
        documents.restore();
        closing.add(worker::shutdown);
        trust = documents;
    }

    /** Follows changes of the rules from now on. */
    void followRules() {
        access.follow(loop, rules -> {
            loop.execute((protocol, nowNanos) -> protocol.onRules(rules, nowNanos));
            topics.all().forEach(topic -> topic.review(access));
        });
    }

    NodeLoop loop() {
        return loop;
    }

    Callbacks callbacks() {
        return callbacks;
    }

    EventBus events() {
        return events;
    }

    LocalTopics topics() {
        return topics;
    }

    Mailbox<LocalApplication.ReceivedDatagram> datagrams() {
        return datagrams;
    }

    Pending pending() {
        return pending;
    }

    Queries queries() {
        return queries;
    }

    EdgeTable edges() {
        return edges;
    }

    Publications publications() {
        return publications;
    }

    Subscribing subscribing() {
        return subscribing;
    }

    RuntimeStreams streams() {
        return streams;
    }

    ClosingHooks closing() {
        return closing;
    }

    ModuleSide modules() {
        return modules;
    }

    /** Who hears what the loop reports. */
    Application application() {
        return new LocalApplication(topics, edges, access, epoch, datagrams, events);
    }

    /** What snapshots say of this side of the node. */
    private final class ApplicationSide implements Queries.ApplicationSide {
        @Override
        public List<QueueSnapshot> queues() {
            return topics.queues();
        }

        @Override
        public Map<String, Long> counters() {
            Map<String, Long> counters = new TreeMap<>();
            counters.put("callbacks.failed", callbacks.failures());
            counters.put("callbacks.refused", callbacks.refusals());
            counters.put("callbacks.waited-for-credit", publications.waitsInCallbacks());
            counters.put("datagrams.dropped", datagrams.dropped());
            counters.put(
                    "deliveries.dropped", subscribing.context().counts().dropped.sum());
            counters.put(
                    "deliveries.undecodable",
                    subscribing.context().counts().undecodable.sum());
            counters.put("events.dropped", events.dropped());
            counters.putAll(security.counters());
            return counters;
        }
    }
}
