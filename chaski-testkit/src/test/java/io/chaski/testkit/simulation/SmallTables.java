package io.chaski.testkit.simulation;

import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.edge.EdgeSettings;
import io.chaski.core.internal.protocol.find.DiscoverySettings;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import io.chaski.core.internal.protocol.tree.TreeSettings;

/** The defaults, but with tables that one liar can fill in a few seconds, and fewer links that a full node gives up. */
final class SmallTables {

    static final int WANTED_ON_ONE_WORD = 64;
    static final int OUTSTANDING = 32;
    static final int INTERVALS = 16;
    static final int SOURCES = 64;
    static final int INDEX = 32;
    static final int REGISTRATIONS = 64;
    static final int LOOK_UPS = 64;

    /** One more than a node of a mesh of sixteen can need. */
    static final int EDGES = 16;

    static final int VISITORS = 4;
    static final int HANDSHAKES = 16;
    static final int HANDSHAKES_OF_ONE_HOST = 4;

    /** A node that gives up one link a second for urgent requests gives up no two within a second, wherever that begins. */
    static final int URGENT_PER_SECOND = 1;

    static final ProtocolSettings SETTINGS = new ProtocolSettings(
            ProtocolSettings.DEFAULTS.manualTopology(),
            edge(EdgeSettings.DEFAULTS),
            membership(MembershipSettings.DEFAULTS),
            tree(TreeSettings.DEFAULTS),
            discovery(DiscoverySettings.DEFAULTS),
            ProtocolSettings.DEFAULTS.stream(),
            ProtocolSettings.DEFAULTS.memory());

    private SmallTables() {}

    private static EdgeSettings edge(EdgeSettings all) {
        return new EdgeSettings(
                all.maxFrame(),
                all.handshakeNanos(),
                all.dialNanos(),
                all.pingIdleNanos(),
                all.leaseNanos(),
                all.idleNanos(),
                all.drainNanos(),
                EDGES,
                VISITORS,
                VISITORS / 2,
                all.visitNanos(),
                HANDSHAKES,
                HANDSHAKES_OF_ONE_HOST,
                all.acceptsPerSecond(),
                all.datagramsPerSecond(),
                all.reconnections(),
                all.redialNanos(),
                all.redialCapNanos(),
                all.hintBurst(),
                all.hintsPerSecond(),
                all.isSecured());
    }

    private static MembershipSettings membership(MembershipSettings all) {
        return new MembershipSettings(
                all.activeTarget(),
                all.activeMax(),
                all.chosenReserve(),
                all.passiveMax(),
                all.bookMax(),
                all.lostMax(),
                all.lostFor(),
                all.requestsMax(),
                all.joinWalks(),
                all.joinWalkHops(),
                all.joinWalkExtraHops(),
                all.joinWalkPassiveAt(),
                all.contacts(),
                all.shuffleActive(),
                all.shufflePassive(),
                all.shuffleHops(),
                all.fillEvery(),
                all.shuffleEvery(),
                all.probeEvery(),
                all.answerWithin(),
                all.reachWithin(),
                all.drainWithin(),
                all.shortageAfter(),
                all.refusedFor(),
                all.healEvery(),
                URGENT_PER_SECOND,
                all.retryFirst(),
                all.retryLast(),
                all.forgottenAfter(),
                all.expiresAfter());
    }

    private static TreeSettings tree(TreeSettings all) {
        return new TreeSettings(
                all.maxBodyBytes(),
                all.links(),
                repair(all.repair()),
                order(all.order()),
                all.cache(),
                all.flow(),
                sources(all.sources()),
                all.limits());
    }

    private static TreeSettings.Repair repair(TreeSettings.Repair all) {
        return new TreeSettings.Repair(
                all.rttFactor(),
                all.spread(),
                all.minNanos(),
                all.maxNanos(),
                all.retryMarginNanos(),
                all.rounds(),
                all.owedNanos(),
                all.digestNanos(),
                all.digestSources(),
                all.activeNanos(),
                8 * WANTED_ON_ONE_WORD,
                WANTED_ON_ONE_WORD,
                all.maxAdvertisers(),
                OUTSTANDING);
    }

    private static TreeSettings.Order order(TreeSettings.Order all) {
        return new TreeSettings.Order(
                INTERVALS,
                all.maxHeld(),
                all.maxHeldBytes(),
                all.maxHeldBytesOfTopic(),
                all.waitNanos(),
                all.repairLimitNanos(),
                all.maxCatchUp());
    }

    private static TreeSettings.Sources sources(TreeSettings.Sources all) {
        return new TreeSettings.Sources(
                SOURCES, all.idleNanos(), all.stragglerNanos(), all.maxTombstones(), all.tombstoneNanos());
    }

    private static DiscoverySettings discovery(DiscoverySettings all) {
        return new DiscoverySettings(
                INDEX,
                REGISTRATIONS,
                all.registerEvery(),
                all.registerAtMostEvery(),
                all.lease(),
                all.rootsMax(),
                all.rootsUsed(),
                all.walkers(),
                all.walkHops(),
                all.wideWalkers(),
                all.wideWalkHops(),
                all.floodHops(),
                all.floodEvery(),
                all.floodLast(),
                LOOK_UPS,
                all.seenFor(),
                all.answersPerRequest(),
                all.retryFirst(),
                all.retryLast(),
                all.findsPerSecond(),
                all.foundsPerSecond(),
                all.registersPerSecond(),
                all.forgottenAfter());
    }
}
