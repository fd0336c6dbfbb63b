package io.chaski.testkit.simulation;

import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.find.DiscoverySettings;
import io.chaski.core.internal.protocol.tree.TreeSettings;

/** The defaults, but with tables that one liar can fill in a few seconds. */
final class SmallTables {

    static final int WANTED_ON_ONE_WORD = 64;
    static final int OUTSTANDING = 32;
    static final int INTERVALS = 16;
    static final int SOURCES = 64;
    static final int INDEX = 32;
    static final int REGISTRATIONS = 64;
    static final int LOOK_UPS = 64;

    static final ProtocolSettings SETTINGS = new ProtocolSettings(
            ProtocolSettings.DEFAULTS.manualTopology(),
            ProtocolSettings.DEFAULTS.edge(),
            ProtocolSettings.DEFAULTS.membership(),
            tree(TreeSettings.DEFAULTS),
            discovery(DiscoverySettings.DEFAULTS),
            ProtocolSettings.DEFAULTS.stream(),
            ProtocolSettings.DEFAULTS.memory());

    private SmallTables() {}

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
