package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.wire.WireLimits;

/**
 * The most that any connection of a node has had of each kind of names. Kept where names are added: there may be thousands of
 * connections, and simulations ask after each input. Confined to the node's event loop.
 */
final class FullestNames {

    // A peer's aliases begin with 0.
    private static final int MOST_TOPICS = WireLimits.MAX_TOPICS + 1;
    private static final int MOST_SOURCES = LinkNames.MAX_SOURCES + 1;
    private static final int MOST_PROTOCOLS = LinkNames.MAX_PROTOCOLS + 1;

    private int subscriptions;
    private int topics;
    private int sources;
    private int protocols;
    private int deniedTopics;
    private int deniedSources;

    /** Names of a connection have been added. */
    void note(LinkNames names) {
        topics = Math.max(topics, names.topics());
        sources = Math.max(sources, names.sources());
        protocols = Math.max(protocols, names.protocols());
        deniedTopics = Math.max(deniedTopics, names.deniedTopics());
        deniedSources = Math.max(deniedSources, names.deniedSources());
    }

    /** So many topics of a peer are remembered. */
    void noteSubscriptions(int count) {
        subscriptions = Math.max(subscriptions, count);
    }

    void tellTables(TableAudience audience) {
        audience.hear("topics of one peer", subscriptions, WireLimits.MAX_TOPICS);
        audience.hear("topics named on one connection", topics, MOST_TOPICS);
        audience.hear("sources named on one connection", sources, MOST_SOURCES);
        audience.hear("protocols named on one connection", protocols, MOST_PROTOCOLS);
        audience.hear("topics denied on one connection", deniedTopics, MOST_TOPICS);
        audience.hear("sources denied on one connection", deniedSources, MOST_SOURCES);
    }
}
