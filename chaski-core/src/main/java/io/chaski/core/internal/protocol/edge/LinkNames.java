package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.access.PeerAccess;
import io.chaski.core.internal.protocol.edge.DeniedNames.DeniedSource;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.EdgeFrame.InternName;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.TopicNames;
import io.chaski.core.internal.wire.WireLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The alias tables of one connection, both directions. What stands in a table is retained in the node's {@link Names}
 * until the connection ends. Confined to the node's event loop; the map is never iterated.
 */
final class LinkNames {

    /** Four times the sources that one topic remembers; beyond that the oldest alias is moved. */
    static final int MAX_SOURCES = 16_384;

    /** Stream protocols are written by programmers, not by data. */
    static final int MAX_PROTOCOLS = 256;

    private final int link;
    private final Names names;
    private final Outbox outbox;
    private final FullestNames fullest;
    private final OutgoingAliases<TopicRef> ourTopics;
    private final OutgoingAliases<Source> ourSources;
    private final Map<String, Integer> ourProtocols = new HashMap<>();
    private final IncomingAliases<TopicRef> theirTopics;
    private final IncomingAliases<Source> theirSources;
    private final IncomingAliases<String> theirProtocols;
    private final DeniedNames denied = new DeniedNames();

    LinkNames(int link, Names names, Outbox outbox, FullestNames fullest) {
        this.fullest = fullest;
        this.link = link;
        this.names = names;
        this.outbox = outbox;
        ourTopics = new OutgoingAliases<>(WireLimits.MAX_TOPICS, TopicRef::index, names::release);
        ourSources = new OutgoingAliases<>(MAX_SOURCES, Source::index, names::release);
        theirTopics = new IncomingAliases<>(WireLimits.MAX_TOPICS, names::release);
        theirSources = new IncomingAliases<>(MAX_SOURCES, names::release);
        theirProtocols = new IncomingAliases<>(MAX_PROTOCOLS, forgotten -> {});
    }

    /** Aliases of topics in use, in the direction that has more. */
    int topics() {
        return Math.max(ourTopics.count(), theirTopics.count());
    }

    /** Aliases of sources in use, in the direction that has more. */
    int sources() {
        return Math.max(ourSources.count(), theirSources.count());
    }

    /** Aliases of stream protocols in use, in the direction that has more. */
    int protocols() {
        return Math.max(ourProtocols.size(), theirProtocols.count());
    }

    /** Topics the peer has announced and may not name. */
    int deniedTopics() {
        return denied.topics();
    }

    /** Sources the peer has announced and may not name. */
    int deniedSources() {
        return denied.sources();
    }

    int alias(TopicRef topic) {
        int alias = ourTopics.find(topic);
        if (alias == OutgoingAliases.NONE) {
            alias = ourTopics.add(names.retain(topic));
            announce(new InternTopic(alias, topic.name()));
        }
        return alias;
    }

    int alias(Source source) {
        int alias = ourSources.find(source);
        if (alias == OutgoingAliases.NONE) {
            int topic = alias(source.topic());
            alias = ourSources.add(names.retain(source));
            announce(new InternSource(alias, topic, source.origin(), source.epoch(), source.channel()));
        }
        return alias;
    }

    int alias(String protocol) {
        Integer known = ourProtocols.get(protocol);
        if (known != null) {
            return known;
        }
        int alias = ourProtocols.size() + 1;
        if (alias > MAX_PROTOCOLS) {
            throw new IllegalStateException("more than " + MAX_PROTOCOLS + " stream protocols on one edge");
        }
        ourProtocols.put(protocol, alias);
        announce(new InternName(alias, protocol));
        return alias;
    }

    @Nullable
    TopicRef topicOf(int alias) {
        return theirTopics.get(alias);
    }

    @Nullable
    Source sourceOf(int alias) {
        return theirSources.get(alias);
    }

    @Nullable
    String protocolOf(int alias) {
        return theirProtocols.get(alias);
    }

    /** Takes a name of the peer; returns whether it was usable. */
    boolean onInternTopic(InternTopic intern, PeerAccess access) {
        if (!theirTopics.accepts(intern.alias())) {
            return refuse(FrameType.INTERN_TOPIC, intern.alias(), Refusal.LIMIT);
        }
        denied.forgetTopic(intern.alias());
        if (!TopicNames.isValid(intern.topic())) {
            theirTopics.put(intern.alias(), null);
            return refuse(FrameType.INTERN_TOPIC, intern.alias(), Refusal.BAD_TOPIC);
        }
        if (!access.mayName(intern.topic())) {
            return deny(intern);
        }
        theirTopics.put(intern.alias(), names.retainTopic(intern.topic()));
        return taken();
    }

    /** Takes a source of the peer; returns whether it was usable. */
    boolean onInternSource(InternSource intern, PeerAccess access) {
        if (!theirSources.accepts(intern.alias())) {
            return refuse(FrameType.INTERN_SOURCE, intern.alias(), Refusal.LIMIT);
        }
        denied.forgetSource(intern.alias());
        TopicRef topic = theirTopics.get(intern.topic());
        String name = topic == null ? denied.topic(intern.topic()) : topic.name();
        if (name == null || !isUsable(intern.channel())) {
            theirSources.put(intern.alias(), null);
            return refuse(FrameType.INTERN_SOURCE, intern.alias(), Refusal.BAD_TOPIC);
        }
        if (topic == null || !access.maySpeakFor(name, intern.origin(), intern.channel())) {
            return deny(DeniedSource.of(intern, name));
        }
        theirSources.put(intern.alias(), names.retainSource(topic, intern.origin(), intern.epoch(), intern.channel()));
        return taken();
    }

    /** Signed messages are for nodes that can check them. */
    private boolean isUsable(int channel) {
        return channel >= 0 && channel < Source.CHANNELS && (channel != Source.SIGNED || outbox.originKeys() != null);
    }

    /** Takes the name of a stream protocol of the peer; returns whether it was usable. */
    boolean onInternName(InternName intern) {
        if (!theirProtocols.accepts(intern.alias())) {
            return refuse(FrameType.INTERN_NAME, intern.alias(), Refusal.LIMIT);
        }
        theirProtocols.put(intern.alias(), intern.name());
        return taken();
    }

    /**
     * Other rules hold: names that may not be used any more are refused, as if they were announced now, and those that may be
     * used again are taken.
     */
    void review(PeerAccess access) {
        List<InternTopic> deniedTopics = denied.takeTopics();
        List<DeniedSource> deniedSources = denied.takeSources();
        theirSources.forEach((alias, source) -> {
            if (!access.maySpeakFor(source.topic().name(), source.origin(), source.channel())) {
                deny(DeniedSource.of(alias, source));
            }
        });
        theirTopics.forEach((alias, topic) -> {
            if (!access.mayName(topic.name())) {
                deny(new InternTopic(alias, topic.name()));
            }
        });
        for (InternTopic intern : deniedTopics) {
            if (access.mayName(intern.topic())) {
                theirTopics.put(intern.alias(), names.retainTopic(intern.topic()));
            } else {
                denied.add(intern);
            }
        }
        for (DeniedSource source : deniedSources) {
            if (access.maySpeakFor(source.topic(), source.origin(), source.channel())) {
                take(source);
            } else {
                denied.add(source);
            }
        }
        fullest.note(this);
    }

    private void take(DeniedSource source) {
        TopicRef topic = names.retainTopic(source.topic());
        theirSources.put(source.alias(), names.retainSource(topic, source.origin(), source.epoch(), source.channel()));
        names.release(topic); // the source retains it
    }

    /** What our alias of a topic stands for; null if it was moved. */
    @Nullable
    TopicRef ourTopic(int alias) {
        return ourTopics.of(alias);
    }

    /** The topic of what our alias of a source stands for; null if it was moved. */
    @Nullable
    TopicRef topicOfOurSource(int alias) {
        Source source = ourSources.of(alias);
        return source == null ? null : source.topic();
    }

    private boolean deny(InternTopic intern) {
        theirTopics.put(intern.alias(), null);
        denied.add(intern);
        return refuse(FrameType.INTERN_TOPIC, intern.alias(), Refusal.DENIED);
    }

    private boolean deny(DeniedSource source) {
        theirSources.put(source.alias(), null);
        denied.add(source);
        return refuse(FrameType.INTERN_SOURCE, source.alias(), Refusal.DENIED);
    }

    void releaseAll() {
        ourSources.releaseAll();
        theirSources.releaseAll();
        ourTopics.releaseAll();
        theirTopics.releaseAll();
    }

    private boolean refuse(int type, int alias, Refusal code) {
        announce(new Refuse(type, alias, code));
        return false;
    }

    private boolean taken() {
        fullest.note(this);
        return true;
    }

    private void announce(EdgeFrame frame) {
        fullest.note(this);
        outbox.send(link, frame);
    }
}
