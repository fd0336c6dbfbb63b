package io.chaski.testkit.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.OverlayInspection;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.edge.EdgeSettings;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.TreeFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A member that floods its neighbours with what only a liar says, mostly in its own name, in which nobody can refuse it, or from other hosts,
 * see {@link LiarsHost}. After each input the simulator checks that every table is within its bound, see {@link OverlayRules}; here, that
 * each table the flood is meant for was full, or that what came too fast was dropped and counted, and that those who are honest get the
 * messages of each other.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileNeighbourTest {

    private static final int MEMBERS = 16;
    private static final int LIAR = 9;

    /** Of these each connection gets as many ten times a second. */
    private static final int BURST = 20;

    /** More questions than one neighbour is answered. */
    private static final int BURST_OF_QUESTIONS = 100;

    /**
     * The small table of sources is turned over within 1.6 s, as the one of the default size is by all that one neighbour may tell of. More
     * quickly, and a source is forgotten while a message of it is being asked for, which is then reported missing.
     */
    private static final int BURST_OF_SOURCES = 4;

    /** Each walk goes on for up to twelve hops. */
    private static final int BURST_OF_WALKS = 10;

    private static final int ROUNDS = 50;

    /** Four times a round. */
    private static final Duration LOOK_EVERY = ofMillis(25);

    /** So many a round, and in the end each alias has been used, and some that there are not. */
    private static final int BURST_OF_NAMES = 400;

    /** Aliases of publishers end here. */
    private static final int LAST_ALIAS = 16_384;

    /** The liar's own protocol names a few publishers, and needs these names. */
    private static final int FIRST_FREE_ALIAS = 100;

    /** A name on a connection that its protocol does not use. */
    private static final int MADE_UP_ALIAS = 9_000;

    /** A message that the liar sends with many more behind it, each after a gap. */
    private static final String GAPS = "gaps";

    private static final String MESH = Mesh.TOPIC;
    private static final String CONTROL = HyParView.CONTROL;

    private static final String REGISTRATIONS = "registrations";

    /** Look-ups and registrations belong to no overlay. */
    private static final String ANY = LiarsLine.ANY;

    /** What is said, on which overlay, and what it must have come to somewhere. */
    private enum Flood {
        I_HAVE(MESH, BURST, full(MESH + " messages wanted on one word", SmallTables.WANTED_ON_ONE_WORD)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                long from = 1L + test.chance(1_000_000);
                line.say(
                        new TreeFrame.IHave(line.topic, List.of(new TreeFrame.Advert(line.source, from, from + 9, 1))));
            }
        },
        I_HAVE_OF_MANY(MESH, BURST_OF_SOURCES, full(MESH + " sources", SmallTables.SOURCES)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new InternSource(MADE_UP_ALIAS, line.topic, test.id(), 1, Source.MESSAGES));
                line.say(new TreeFrame.IHave(line.topic, List.of(new TreeFrame.Advert(MADE_UP_ALIAS, 1, 1, 1))));
            }
        },
        I_HAVE_UNDER_NEW_NAMES(MESH, BURST_OF_SOURCES, full(MESH + " sources", SmallTables.SOURCES)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                int alias = MADE_UP_ALIAS + test.namesGiven++;
                line.say(new InternSource(alias, line.topic, test.id(), 1, Source.MESSAGES));
                line.say(new TreeFrame.IHave(line.topic, List.of(new TreeFrame.Advert(alias, 1, 1, 1))));
            }
        },
        I_HAVE_OF_ITS_LIVES(
                MESH, BURST, full(MESH + " requests unanswered by one neighbour", SmallTables.OUTSTANDING)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                long epoch = test.liar.epoch() + test.chance(1_000);
                line.say(new InternSource(MADE_UP_ALIAS, line.topic, test.liar.id(), epoch, Source.MESSAGES));
                line.say(new TreeFrame.IHave(line.topic, List.of(new TreeFrame.Advert(MADE_UP_ALIAS, 1, 100, 1))));
            }
        },
        GRAFT(MESH, BURST_OF_QUESTIONS, counted("tree.graft-rate")) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                long from = 1L + test.chance(1_000_000);
                line.say(new TreeFrame.Graft(
                        line.topic, true, List.of(new TreeFrame.Range(line.source, from, from + 9))));
            }
        },
        I_HAVE_OF_THE_CONTROL_OVERLAY(CONTROL, BURST, counted("topic.not-a-member")) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new TreeFrame.IHave(line.topic, List.of(new TreeFrame.Advert(MADE_UP_ALIAS, 1, 10, 1))));
            }
        },
        JOIN(MESH, BURST, counted("misbehaved.membership.rate")) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new MembershipFrame.Join(line.topic, test.itself()));
            }
        },
        JOIN_OF_THE_CONTROL_OVERLAY(CONTROL, BURST, counted("misbehaved.membership.rate")) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new MembershipFrame.Join(line.topic, test.itself()));
            }
        },
        JOIN_OF_OTHERS(MESH, BURST, counted("misbehaved.membership.join-forged")) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new MembershipFrame.Join(line.topic, test.forged()));
            }
        },
        WALKS(MESH, BURST_OF_WALKS, full(MESH + " booked members", MembershipSettings.BOOK_MAX)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new MembershipFrame.ForwardJoin(line.topic, test.forged(), 6));
            }
        },
        WALKS_OF_THE_CONTROL_OVERLAY(
                CONTROL, BURST_OF_WALKS, full(CONTROL + " booked members", MembershipSettings.BOOK_MAX)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new MembershipFrame.ForwardJoin(line.topic, test.forged(), 6));
            }
        },
        FORGED_DESCRIPTORS(
                MESH,
                BURST,
                full(MESH + " passive members", MembershipSettings.PASSIVE_MAX),
                full(MESH + " booked members", MembershipSettings.BOOK_MAX)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(test.shuffled(line.topic));
            }
        },
        FORGED_DESCRIPTORS_OF_THE_CONTROL_OVERLAY(
                CONTROL,
                BURST,
                full("indexed members", SmallTables.INDEX),
                full(CONTROL + " passive members", MembershipSettings.PASSIVE_MAX),
                full(CONTROL + " booked members", MembershipSettings.BOOK_MAX)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(test.shuffled(line.topic));
            }
        },
        FIND(ANY, BURST, full("look-ups", SmallTables.LOOK_UPS)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new DiscoveryFrame.Find(test.id(), test.number(), test.itself(), 16, false, 5));
            }
        },
        FIND_OF_OTHERS(ANY, BURST, full("look-ups", SmallTables.LOOK_UPS)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new DiscoveryFrame.Find(test.id(), test.number(), test.forged(), 16, false, 5));
            }
        },
        REGISTER(ANY, BURST, full(REGISTRATIONS, SmallTables.REGISTRATIONS)) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new DiscoveryFrame.Register(test.itself(), test.topics(test.roomOfRoot), 60));
            }
        },
        REGISTER_TOO_MUCH(ANY, BURST, counted("discovery.registry-full")) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new DiscoveryFrame.Register(test.itself(), test.topics(test.roomOfRoot + 1), 60));
            }
        },
        REGISTER_OF_OTHERS(ANY, BURST, counted("misbehaved.discovery.register-forged")) {
            @Override
            void tell(HostileNeighbourTest test, LiarsLine line) {
                line.say(new DiscoveryFrame.Register(test.forged(), test.topics(1), 60));
            }
        };

        private final String overlay;
        private final int burst;

        @SuppressWarnings("ImmutableEnumChecker") // a list that cannot be changed, of records of a text and a number
        private final List<Reached> reached;

        Flood(String overlay, int burst, Reached... reached) {
            this.overlay = overlay;
            this.burst = burst;
            this.reached = List.of(reached);
        }

        abstract void tell(HostileNeighbourTest test, LiarsLine line);
    }

    /**
     * What a flood came to at one honest node at least.
     *
     * @param what the table, or the counter
     * @param most how many are in the table when it is full; 0 for a counter
     */
    private record Reached(String what, int most) {}

    private static Reached full(String table, int most) {
        return new Reached(table, most);
    }

    private static Reached counted(String counter) {
        return new Reached(counter, 0);
    }

    private final Mesh mesh = new Mesh(1, SmallTables.SETTINGS);
    private final SimulatedNode root;
    private final SimulatedNode liar;
    private final List<SimulatedNode> honest;
    private final int roomOfRoot;

    /** The most that was in each table of any honest node, those of an overlay after its name. */
    private final Map<String, Long> fullest = new TreeMap<>();

    private final Map<SimulatedNode, List<SimulatedNode>> linksBefore = new HashMap<>();

    /** When a full node was seen to have given up a link for the liar. */
    private final Map<SimulatedNode, List<Duration>> givenUp = new LinkedHashMap<>();

    private int linesTold;
    private int namesGiven;
    private int forgedMessages;
    private int lives;

    HostileNeighbourTest() {
        for (int i = 0; i < MEMBERS; i++) {
            SimulatedNodeOptions.Builder options = SimulatedNodeOptions.builder()
                    .settings(SmallTables.SETTINGS)
                    .bootstrap(mesh.members.subList(0, Math.min(i, Mesh.BOOTSTRAPS)));
            if (i == 0) {
                options.root();
            } else if (i == LIAR) {
                options.forger(this::forge);
            }
            mesh.join(options.build());
            mesh.network.advance(ofMillis(100));
        }
        mesh.network.advance(ofSeconds(20));
        root = mesh.members.get(0);
        liar = mesh.members.get(LIAR);
        honest = mesh.members.stream().filter(member -> member != liar).toList();
        // What the liar has registered itself makes way for what it claims.
        roomOfRoot = SmallTables.REGISTRATIONS - (registrations() - 1);
        honest.forEach(node -> node.publish(MESH, "before"));
        liar.publish(MESH, "I am one of you");
        mesh.network.advance(ofSeconds(2));
    }

    private int registrations() {
        return sizes(root).getOrDefault(REGISTRATIONS, 0L).intValue();
    }

    @ParameterizedTest
    @EnumSource
    void may_flood_and_no_table_grows_beyond_its_bound_and_no_honest_message_is_lost(Flood flood) {
        int links = liar.neighbours(MESH).size();
        rounds(() -> liar.lie((named, out) -> {
            LiarsLine line = new LiarsLine(named, flood.overlay, out);
            if (line.isUsable(flood.overlay)) {
                linesTold++;
                for (int i = 0; i < flood.burst; i++) {
                    flood.tell(this, line);
                }
            }
        }));

        assertThat(linesTold).as("bursts that were told").isGreaterThan(ROUNDS * links * 3 / 4);
        for (Reached reached : flood.reached) {
            if (reached.most() == 0) {
                assertThat(timesCounted(reached.what())).as(reached.what()).isPositive();
            } else {
                assertThat(fullest).containsEntry(reached.what(), (long) reached.most());
            }
        }
        assertNothingLostAmongHonest();
    }

    /** A new alias each time, until all are in use; those above the limit are refused. */
    @Test
    void may_name_as_many_publishers_on_a_connection_as_there_are_aliases() {
        SimulatedNode victim = liar.neighbours(MESH).get(0);
        rounds(() -> liar.lieTo(victim, (named, out) -> {
            LiarsLine line = new LiarsLine(named, MESH, out);
            for (int i = 0; i < BURST_OF_NAMES; i++) {
                int alias = FIRST_FREE_ALIAS + namesGiven++ % (LAST_ALIAS + 1);
                line.say(new InternSource(alias, line.topic, id(), 1, Source.MESSAGES));
            }
        }));

        assertThat(timesCounted("name.refused")).isPositive();
        assertThat(fullest.getOrDefault("sources named on one connection", 0L))
                .isBetween(LAST_ALIAS + 1L - FIRST_FREE_ALIAS, LAST_ALIAS + 1L);
        assertNothingLostAmongHonest();
    }

    /**
     * Full nodes give up a link for it, one a second if it says that it is urgent and one in two seconds to heal, and get others. It asks whom it
     * has no link with and does not ask in earnest, so that its own protocol knows of no such link and says so, and the two ends agree again.
     */
    @ParameterizedTest
    @EnumSource(names = {"HIGH", "HEAL"})
    void may_ask_urgently_or_to_heal_and_full_nodes_give_up_few_links_for_it_which_drain(Priority priority) {
        Duration pause = priority == Priority.HEAL
                ? MembershipSettings.HEAL_EVERY
                : ofSeconds(1).dividedBy(SmallTables.URGENT_PER_SECOND);
        rounds(() -> {
            if (sizes(liar).getOrDefault(MESH + " requests", 0L) == 0) {
                honest.stream().filter(this::isWithoutALink).forEach(node -> ask(node, priority));
            }
        });
        mesh.network.advance(ofSeconds(5));

        assertThat(linesTold).as("requests").isPositive();
        assertThat(givenUp).as("full nodes that gave up a link for it").hasSizeGreaterThanOrEqualTo(3);
        assertThat(givenUp)
                .allSatisfy((node, times) -> assertThat(pauses(times))
                        .as("of %s", node)
                        .allSatisfy(each -> assertThat(each).isGreaterThanOrEqualTo(pause.minus(LOOK_EVERY))));
        assertThat(fullest.get(MESH + " draining links")).isBetween(1L, 20L);
        assertThat(timesCounted(HyParView.DRAIN_CUT)).isZero();
        OverlayGraph graph = OverlayGraph.of(honest, MESH);
        assertThat(graph.components()).isOne();
        assertThat(graph.smallestDegree()).as("links with the honest").isGreaterThanOrEqualTo(4);
        assertNothingLostAmongHonest();
    }

    private boolean isWithoutALink(SimulatedNode node) {
        return !liar.neighbours(MESH).contains(node) && !node.neighbours(MESH).contains(liar);
    }

    private void ask(SimulatedNode node, Priority priority) {
        liar.lieTo(node, (named, out) -> {
            linesTold++;
            out.accept(new InternTopic(MADE_UP_ALIAS, MESH));
            out.accept(
                    new MembershipFrame.Neighbor(MADE_UP_ALIAS, priority, 1 + chance(1_000_000), itself(), List.of()));
        });
    }

    private static List<Duration> pauses(List<Duration> times) {
        return IntStream.range(1, times.size())
                .mapToObj(i -> times.get(i).minus(times.get(i - 1)))
                .toList();
    }

    @Test
    void may_leave_gaps_and_what_is_known_behind_them_has_a_bound_too() {
        rounds(() -> liar.publish(MESH, GAPS));

        assertThat(forgedMessages).as("forged messages").isGreaterThan(ROUNDS * BURST);
        assertThat(fullest).containsEntry(MESH + " intervals of one source", (long) SmallTables.INTERVALS);
        assertNothingLostAmongHonest();
    }

    /** Questions change nothing, answers that nobody has asked for are dropped, and all of it counts against the liar's host. */
    @Test
    void may_flood_over_udp_and_is_looked_at_fifty_times_a_second() {
        List<String> dropped = List.of("datagram.over-limit", "datagram.unasked", "datagram.unknown-token");
        rounds(() -> honest.forEach(node -> {
            for (int i = 0; i < BURST; i += 5) {
                Stream.of(
                                new Datagram.FindRequest(id(), "simulated", number()),
                                new Datagram.StatusRequest(number(), "simulated"),
                                new Datagram.FindReply(id(), number(), List.of(forged(), itself())),
                                new Datagram.StatusReply(number(), id(), 1, "", true, true, 0, 0, List.of()),
                                new Datagram.EdgeMessage(number(), number(), ArrayPayload.owning(new byte[100])))
                        .forEach(datagram -> liar.machine().send(node.address(), datagram));
            }
        }));

        assertThat(honest)
                .allSatisfy(node -> assertThat(node.snapshot().counters())
                        .as("%s", node)
                        .containsKeys(dropped.toArray(String[]::new)));
        assertNothingLostAmongHonest();
    }

    /** Of each host come more than one at a time, so that it takes more hosts than there are places to have one of each. */
    @Test
    void may_connect_from_many_hosts_and_never_shake_hands() {
        List<LiarsHost> hosts = hosts(4 * SmallTables.HANDSHAKES);
        rounds(() -> hosts.forEach(host -> honest.forEach(host::connect)));

        assertThat(fullest)
                .containsEntry("handshakes", (long) SmallTables.HANDSHAKES)
                .containsEntry("hosts with handshakes", (long) SmallTables.HANDSHAKES);
        assertThat(timesCounted("accept.refused")).isPositive();
        assertNothingLostAmongHonest();
    }

    @Test
    void may_connect_from_one_host_and_takes_few_of_the_places_of_handshakes() {
        LiarsHost host = hosts(1).get(0);
        rounds(() -> honest.forEach(host::connect));

        assertThat(fullest)
                .containsEntry("handshakes", (long) SmallTables.HANDSHAKES_OF_ONE_HOST)
                .containsEntry("hosts with handshakes", 1L);
        assertThat(timesCounted("accept.refused")).isPositive();
        assertNothingLostAmongHonest();
    }

    /** Each time in another name, so that each that is let in is an edge more. */
    @Test
    void may_take_all_edges_that_are_left_and_visit_those_who_have_none_left() {
        List<LiarsHost> hosts = hosts(SmallTables.VISITORS + 1);
        rounds(() -> hosts.forEach(host -> honest.forEach(node -> host.shakeHands(node, forgedAt(host.address())))));

        assertThat(fullest)
                .containsEntry("edges", (long) SmallTables.EDGES + SmallTables.VISITORS)
                .containsEntry("visitors", (long) SmallTables.VISITORS)
                .containsEntry("hosts with visitors", (long) SmallTables.VISITORS);
        assertThat(timesCounted("handshake.failed")).as("turned away").isPositive();
        assertNothingLostAmongHonest();
    }

    /** It has few links yet and wants more, and whom it has heard of is not there. Eight are dialled at once, and one a second. */
    @Test
    void may_tell_a_newcomer_of_nodes_where_nobody_listens_and_few_are_dialled() {
        LiarsHost nobody = hosts(1).get(0);
        Duration begin = mesh.network.now();
        SimulatedNode newcomer = mesh.join(SimulatedNodeOptions.builder()
                .settings(SmallTables.SETTINGS)
                .bootstrap(liar)
                .build());
        rounds(() -> {
            liar.lieTo(newcomer, (named, out) -> {
                LiarsLine line = new LiarsLine(named, MESH, out);
                if (line.topic >= 0) {
                    linesTold++;
                    line.say(shuffled(line.topic, () -> forgedAt(nobody.address())));
                }
            });
        });

        assertThat(linesTold).isPositive();
        long most = EdgeSettings.DEFAULT_HINT_BURST
                + mesh.network.now().minus(begin).toSeconds() * EdgeSettings.DEFAULT_HINTS_PER_SECOND;
        Map<String, Long> counters = newcomer.snapshot().counters();
        assertThat(counters).containsKey("dial.over-budget");
        assertThat(counters.get("dial.failed")).isBetween(most / 2, most);
        assertThat(newcomer.neighbours(MESH)).anyMatch(honest::contains);
        assertNothingLostAmongHonest();
    }

    private List<LiarsHost> hosts(int count) {
        return Stream.generate(() -> new LiarsHost(mesh.network)).limit(count).toList();
    }

    /** The liar does something ten times a second, while those who are honest publish now and then. */
    private void rounds(Runnable lie) {
        for (int round = 0; round < ROUNDS; round++) {
            lie.run();
            if (round % 5 == 0) {
                honest.get(round % honest.size()).publish(MESH, "meanwhile");
            }
            for (int part = 0; part < 4; part++) {
                mesh.network.advance(LOOK_EVERY);
                honest.forEach(this::look);
            }
        }
        mesh.network.runUntil(() -> openAmongHonest().isEmpty(), ofSeconds(1), Mesh.LONGEST_WAIT);
    }

    private void assertNothingLostAmongHonest() {
        assertThat(openAmongHonest()).isEmpty();
        assertThat(honest)
                .allSatisfy(node -> assertThat(
                                node.gaps().stream().filter(gap -> !gap.origin().equals(liar.id())))
                        .as("gaps of %s", node)
                        .isEmpty());
    }

    private List<SubscriberAccount> openAmongHonest() {
        return mesh.network.openAccounts().stream()
                .filter(open -> open.subscriber() != liar && open.publisher() != liar)
                .toList();
    }

    private long timesCounted(String counter) {
        return honest.stream()
                .mapToLong(node -> node.snapshot().counters().getOrDefault(counter, 0L))
                .sum();
    }

    private void look(SimulatedNode node) {
        sizes(node).forEach((table, size) -> fullest.merge(table, size, Math::max));
        List<SimulatedNode> before = linksBefore.getOrDefault(node, List.of());
        List<SimulatedNode> links = node.neighbours(MESH);
        linksBefore.put(node, links);
        boolean wasFull = before.size() == MembershipSettings.ACTIVE_MAX;
        if (wasFull && links.contains(liar) && !before.contains(liar)) {
            givenUp.computeIfAbsent(node, unused -> new ArrayList<>()).add(mesh.network.now());
        }
    }

    /** How much is in each table, of names of connections how much there ever was; those of an overlay after its name. */
    private static Map<String, Long> sizes(SimulatedNode node) {
        Map<String, Long> sizes = new TreeMap<>();
        node.protocol().tellTables((table, size, most) -> sizes.put(table, size));
        for (OverlayInspection overlay : node.protocol().overlays()) {
            overlay.tables().accept((table, size, most) -> sizes.put(overlay.topic() + " " + table, size));
        }
        return sizes;
    }

    // ---- what the liar says

    /** In the place of its own protocol, which is honest: a message with which more come that there is nothing between. */
    private void forge(SimulatedNodeOptions.Line line, SimulatedNodeOptions.Data data) {
        line.send(data);
        if (new String(data.body().toByteArray(), UTF_8).equals(GAPS)) {
            for (int i = 1; i <= 2 * BURST; i++) {
                forgedMessages++;
                line.send(new SimulatedNodeOptions.Data(
                        data.source(), data.seq() + 2L * i, data.hop(), data.hopLimit(), data.flags(), data.body()));
            }
        }
    }

    private int chance(int bound) {
        return mesh.random.nextInt(bound);
    }

    private long number() {
        return mesh.random.nextLong();
    }

    private NodeId id() {
        return new NodeId(number(), number());
    }

    private List<Long> topics(int count) {
        return Stream.generate(this::number).limit(count).toList();
    }

    private MembershipFrame shuffled(int topic) {
        return shuffled(topic, this::forged);
    }

    private static MembershipFrame shuffled(int topic, Supplier<Descriptor> members) {
        return new MembershipFrame.ShuffleReply(
                topic, Stream.generate(members).limit(8).toList());
    }

    /** The liar, in one life or another, subscribed to something else each time. */
    private Descriptor itself() {
        return descriptor(liar.id(), liar.epoch() + lives++ % 3, liar.address());
    }

    /** A node that nobody has ever met, said to be where somebody else is. */
    private Descriptor forged() {
        return forgedAt(mesh.members.get(chance(MEMBERS)).address());
    }

    /** A node that nobody has ever met, said to be somewhere. */
    private Descriptor forgedAt(Address where) {
        return descriptor(id(), 1, where);
    }

    private Descriptor descriptor(NodeId id, long epoch, Address where) {
        return new Descriptor(
                id,
                epoch,
                List.of(where),
                true,
                chance(2) == 0,
                chance(2) == 0,
                new TopicSummary(List.of(number()), List.of()),
                0);
    }
}
