package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OriginsTest {

    private static final long MINUTE = 60 * SECOND;
    private static final int MAX_SOURCES = 4;
    private static final int MAX_TOMBSTONES = 3;

    final TestContext context = new TestContext(new NodeId(0, 1), 1, settings());
    final TopicRef topic = context.names.retainTopic("topic");
    final List<String> dropped = new ArrayList<>();
    final Origins origins = new Origins(
            context.names, new Delivery(context, settings(), Delivery.TAKES_ALL), log -> dropped.add(name(log.source)));

    private static TreeSettings settings() {
        TreeSettings defaults = TreeSettings.DEFAULTS;
        TreeSettings.Sources sources = defaults.sources();
        return new TreeSettings(
                defaults.maxBodyBytes(),
                defaults.links(),
                defaults.repair(),
                defaults.order(),
                defaults.cache(),
                defaults.flow(),
                new TreeSettings.Sources(
                        MAX_SOURCES,
                        sources.idleNanos(),
                        sources.stragglerNanos(),
                        MAX_TOMBSTONES,
                        sources.tombstoneNanos()),
                defaults.limits());
    }

    private static String name(Source source) {
        return source.origin().low() + "/" + source.epoch();
    }

    private Source source(int origin, long epoch) {
        return context.names.retainSource(topic, new NodeId(9, origin), epoch, Source.MESSAGES);
    }

    private @Nullable OriginLog open(Source source, long nowNanos) {
        return origins.open(source, 0, 1, nowNanos);
    }

    private OriginLog receive(Source source, long seq, long nowNanos) {
        OriginLog log = origins.find(source);
        log = log != null ? log : open(source, nowNanos);
        assertThat(log).isNotNull();
        log.take(seq, 1, TestContext.payload("x"), nowNanos);
        origins.touch(log, nowNanos);
        return log;
    }

    @Nested
    class When_a_source_is_quiet_for_ten_minutes {
        @Test
        void only_its_last_number_is_kept_and_stays_old() {
            Source source = source(1, 1);
            receive(source, 1, 0);
            receive(source, 2, SECOND);
            origins.expire(10 * MINUTE);
            assertThat(origins.count()).isEqualTo(1);
            origins.expire(10 * MINUTE + SECOND);
            assertThat(List.of(origins.count(), origins.tombstoneCount())).containsExactly(0, 1);
            assertThat(open(source, 11 * MINUTE).isNew(2)).isFalse();
            assertThat(origins.tombstoneCount()).isZero();
        }

        @Test
        void an_earlier_incarnation_does_not_rise_again() {
            receive(source(1, 5), 1, 0);
            origins.expire(10 * MINUTE);
            assertThat(open(source(1, 4), 11 * MINUTE)).isNull();
            assertThat(open(source(1, 6), 11 * MINUTE)).isNotNull();
        }

        @Test
        void it_is_forgotten_after_another_hour() {
            receive(source(1, 5), 1, 0);
            origins.expire(10 * MINUTE);
            origins.expire(70 * MINUTE);
            assertThat(origins.tombstoneCount()).isZero();
        }
    }

    @Nested
    class When_there_are_too_many_sources {
        @Test
        void the_quietest_makes_room() {
            for (int i = 1; i <= 4; i++) {
                receive(source(i, 1), 1, i);
            }
            receive(source(1, 1), 2, 5);
            receive(source(5, 1), 1, 6);
            assertThat(dropped).containsExactly("2/1");
            assertThat(origins.count()).isEqualTo(MAX_SOURCES);
        }

        @Test
        void tombstones_are_bounded_too() {
            for (int i = 1; i <= 20; i++) {
                receive(source(i, 1), 1, i);
            }
            assertThat(List.of(origins.count(), origins.tombstoneCount())).containsExactly(MAX_SOURCES, MAX_TOMBSTONES);
        }
    }

    @Nested
    class When_incarnations_follow_each_other {
        @Test
        void two_are_kept() {
            receive(source(1, 1), 1, 0);
            receive(source(1, 2), 1, 1);
            receive(source(1, 3), 1, 2);
            assertThat(dropped).containsExactly("1/1");
            assertThat(origins.find(source(1, 2))).isNotNull();
        }

        @Test
        void thirty_seconds_later_one_is_kept() {
            receive(source(1, 1), 1, 0);
            receive(source(1, 2), 1, SECOND);
            receive(source(1, 1), 2, 20 * SECOND);
            origins.expire(31 * SECOND - 1);
            assertThat(dropped).isEmpty();
            origins.expire(31 * SECOND);
            assertThat(dropped).containsExactly("1/1");
            assertThat(open(source(1, 1), 32 * SECOND)).isNull();
        }
    }

    @Test
    void any_history_keeps_each_source_findable_and_every_name_released() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TestContext node = new TestContext(new NodeId(0, 1), seed, settings());
            TopicRef its = node.names.retainTopic("topic");
            Map<Source, OriginLog> live = new LinkedHashMap<>();
            Origins table = new Origins(
                    node.names, new Delivery(node, settings(), Delivery.TAKES_ALL), log -> live.remove(log.source));
            long now = 0;
            for (int step = 0; step < 200; step++) {
                now += random.nextLong(random.nextInt(20) == 0 ? 11 * MINUTE : 5 * SECOND);
                Source source = node.names.retainSource(
                        its, new NodeId(9, random.nextInt(8)), random.nextInt(4), random.nextInt(2));
                OriginLog log = table.find(source);
                assertThat(log).as("seed %d", seed).isSameAs(live.get(source));
                if (log == null) {
                    log = table.open(source, 0, 1, now);
                    if (log != null) {
                        live.put(source, log);
                    }
                } else {
                    table.touch(log, now);
                }
                node.names.release(source);
                table.expire(now);
                assertThat(table.count()).as("seed %d", seed).isEqualTo(live.size());
                assertThat(table.count()).isLessThanOrEqualTo(MAX_SOURCES);
                assertThat(table.tombstoneCount()).isLessThanOrEqualTo(MAX_TOMBSTONES);
            }
            table.clear();
            assertThat(node.names.sourceCount()).as("seed %d", seed).isZero();
        }
    }
}
