package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.access.PeerAccess;
import io.chaski.core.internal.protocol.access.Permissions;
import io.chaski.core.internal.wire.EdgeFrame.InternName;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.Subject;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What becomes of the names of one connection when the rules change and the peer has moved aliases meanwhile. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeniedNamesTest {

    private static final Subject MILL = new Subject("chaski://plant-7.example/node/mill");
    private static final NodeId ID = NodeId.random(new Random(1));

    private final List<Object> sent = new ArrayList<>();
    private final Permissions permissions = new Permissions(new Counters(), new Timers(), () -> 0, again -> {});
    private final PeerAccess access = new PeerAccess(permissions, ID, MILL, any -> null);
    private final FullestNames fullest = new FullestNames();
    private final LinkNames names = new LinkNames(1, new Names(), recorder(), fullest);

    private Outbox recorder() {
        return (Outbox) Proxy.newProxyInstance(
                Outbox.class.getClassLoader(), new Class<?>[] {Outbox.class}, (proxy, method, arguments) -> {
                    sent.add(arguments[1]);
                    return null;
                });
    }

    private void allow(String... patterns) {
        String list = String.join("\",\"", patterns);
        permissions.set(AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":"
                + "[\"chaski://plant-7.example/**\"],\"publish\":[\"" + list + "\"]}}}")));
        access.onRules();
        names.review(access);
    }

    /** Alias 1 stands for speed and its publisher; then alias 1 of topics stands for heat. */
    @BeforeEach
    void moveAnAlias() {
        allow("speed", "heat");
        names.onInternTopic(new InternTopic(1, "speed"), access);
        names.onInternSource(new InternSource(1, 1, ID, 7, Source.MESSAGES), access);
        names.onInternTopic(new InternTopic(1, "heat"), access);
    }

    private String topicOfSource() {
        Source source = names.sourceOf(1);
        return source == null ? "none" : source.topic().name();
    }

    @Test
    void a_publisher_is_denied_although_its_topic_has_lost_its_alias() {
        assertThat(topicOfSource()).isEqualTo("speed");

        allow("heat");

        assertThat(topicOfSource()).isEqualTo("none");
        assertThat(sent)
                .hasSize(1)
                .allMatch(frame -> frame instanceof Refuse refuse && refuse.code() == Refusal.DENIED);
    }

    @Test
    void a_publisher_that_is_allowed_again_speaks_in_its_own_topic() {
        allow("heat");
        allow("speed", "heat");

        assertThat(topicOfSource()).isEqualTo("speed");
    }

    @Test
    void an_alias_that_was_moved_meanwhile_does_not_come_back() {
        allow("heat");
        names.onInternSource(new InternSource(1, 1, ID, 7, Source.MESSAGES), access);
        allow("speed", "heat");

        assertThat(topicOfSource()).isEqualTo("heat");
    }

    @Test
    void what_was_announced_below_a_denied_topic_counts_once_that_is_allowed() {
        names.onInternTopic(new InternTopic(2, "dust"), access);
        names.onInternSource(new InternSource(1, 2, ID, 7, Source.MESSAGES), access);
        assertThat(topicOfSource()).isEqualTo("none");
        assertThat(names.topicOf(2)).isNull();

        allow("dust");

        assertThat(topicOfSource()).isEqualTo("dust");
        assertThat(names.topicOf(2)).hasToString("dust");
    }

    @Test
    void the_most_that_there_has_been_of_each_kind_is_told() {
        Map<String, ToldTable> before = ToldTable.all(fullest::tellTables);
        int topics = 10_001;
        int sources = 16_385;
        int protocols = 257;
        for (int alias = 0; alias <= topics; alias++) {
            names.onInternTopic(new InternTopic(alias, "speed"), access);
        }
        for (int alias = 0; alias <= sources; alias++) {
            names.onInternSource(new InternSource(alias, 1, ID, alias, Source.MESSAGES), access);
        }
        for (int alias = 0; alias <= protocols; alias++) {
            names.onInternName(new InternName(alias, "protocol" + alias));
        }
        allow("heat");
        fullest.noteSubscriptions(10_000);
        fullest.noteSubscriptions(3);
        names.releaseAll();

        assertThat(before)
                .isEqualTo(told(
                        new ToldTable(0, 10_000),
                        new ToldTable(1, topics),
                        new ToldTable(1, sources),
                        new ToldTable(0, protocols),
                        new ToldTable(0, topics),
                        new ToldTable(0, sources)));
        assertThat(ToldTable.all(fullest::tellTables))
                .isEqualTo(told(
                        new ToldTable(10_000, 10_000),
                        new ToldTable(topics, topics),
                        new ToldTable(sources, sources),
                        new ToldTable(protocols, protocols),
                        new ToldTable(topics, topics),
                        new ToldTable(sources, sources)));
    }

    private static Map<String, ToldTable> told(
            ToldTable subscriptions,
            ToldTable topics,
            ToldTable sources,
            ToldTable protocols,
            ToldTable deniedTopics,
            ToldTable deniedSources) {
        return Map.of(
                "topics of one peer", subscriptions,
                "topics named on one connection", topics,
                "sources named on one connection", sources,
                "protocols named on one connection", protocols,
                "topics denied on one connection", deniedTopics,
                "sources denied on one connection", deniedSources);
    }

    @Test
    void nothing_stays_retained_when_the_connection_ends() {
        Names all = new Names();
        LinkNames link = new LinkNames(1, all, recorder(), new FullestNames());
        link.onInternTopic(new InternTopic(1, "speed"), access);
        link.onInternSource(new InternSource(1, 1, ID, 7, Source.MESSAGES), access);
        allow("heat");
        link.review(access);
        allow("speed");
        link.review(access);
        assertThat(all.sourceCount()).isEqualTo(1);

        link.releaseAll();

        assertThat(all.sourceCount()).isZero();
    }
}
