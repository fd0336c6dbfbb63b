package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Delivery;
import io.chaski.core.Dispatch;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Layout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten nodes on narrow paths read one topic, each by another rule, and two of them publish. In the middle a node is cut
 * off for longer than messages are kept. In virtual time.
 */
@DisplayName("At each subscriber, what was published = delivered + reported missing + dropped")
class AccountingTest {

    private static final Topic<byte[]> T = Topic.bytes("t");
    private static final byte[] PAYLOAD = new byte[960];
    private static final int NODES = 10;
    private static final long BYTES_PER_SECOND = 250 << 10;
    private static final Duration TICK = Duration.ofMillis(10);

    /** So many in a tick are more than any reader takes, and than the paths carry. */
    private static final int OFFERED_IN_A_TICK = 5;

    private static final int AFTER_EACH_OTHER = 50;

    private ChaskiNetwork net;
    private final List<Reader> readers = new ArrayList<>();
    private final Map<NodeId, Integer> published = new HashMap<>();
    private int refused;

    @AfterEach
    void closeNetwork() {
        net.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void closes(long seed) throws InterruptedException {
        account(seed, 500);
    }

    @Tag("deep")
    @ParameterizedTest(name = "seed {0}, more messages")
    @ValueSource(longs = {4, 5, 6, 7, 8, 9, 10, 11})
    void closesForMany(long seed) throws InterruptedException {
        account(seed, 4_000);
    }

    private void account(long seed, int each) throws InterruptedException {
        start(seed);
        List<ChaskiNode> publishers = List.of(net.node("n0"), net.node("n2"));
        publish(publishers, each);
        assertThat(refused).as("a stream that blocks makes publishers wait").isPositive();

        net.partition("n1 | n0,n2,n3,n4,n5,n6,n7,n8,n9");
        publish(publishers, each + AFTER_EACH_OTHER);
        readFor(Duration.ofSeconds(45)); // longer than messages are kept
        publish(publishers, each + 2 * AFTER_EACH_OTHER);
        readFor(Duration.ofSeconds(45));
        net.heal();
        readFor(Duration.ofSeconds(30)); // n1 finds the others again
        publish(publishers, each + 3 * AFTER_EACH_OTHER); // and hears by these that there was something before
        readFor(Duration.ofSeconds(30));

        readers.forEach(reader -> reader.assertAccounted(publishers, each + 3 * AFTER_EACH_OTHER));
        assertThat(sum(OverflowPolicy.DROP_OLDEST, reader -> reader.dropped)).isPositive();
        assertThat(sum(OverflowPolicy.DROP_NEWEST, reader -> reader.dropped)).isPositive();
        assertThat(readers.get(1).notArrived).isPositive();
        assertThat(readers.get(3).hasFailed).isTrue();
        assertThat(readers.get(7).hasFailed).isFalse();
    }

    private long sum(OverflowPolicy policy, ToLongFunction<Reader> of) {
        return readers.stream()
                .filter(reader -> reader.policy == policy)
                .mapToLong(of)
                .sum();
    }

    /** The policies take turns; the second one that fails has a large queue and does not. */
    private void start(long seed) {
        net = ChaskiNetwork.builder()
                .nodes(IntStream.range(0, NODES).mapToObj(i -> "n" + i).toArray(String[]::new))
                .topology(Layout.AUTOMATIC)
                .seed(seed)
                .start();
        for (int i = 0; i < NODES; i++) {
            for (int j = 0; j < NODES; j++) {
                if (i != j) {
                    net.link("n" + i, "n" + j).bandwidth(BYTES_PER_SECOND);
                }
            }
        }
        OverflowPolicy[] policies = {
            OverflowPolicy.BLOCK, OverflowPolicy.DROP_OLDEST, OverflowPolicy.DROP_NEWEST, OverflowPolicy.FAIL
        };
        for (int i = 0; i < NODES; i++) {
            OverflowPolicy policy = policies[i % policies.length];
            boolean isFast = policy == OverflowPolicy.BLOCK || i == 7;
            readers.add(new Reader(net.node("n" + i), policy, i == 7 ? 4_096 : 32, isFast ? 2 : 1));
        }
        net.advance(Duration.ofSeconds(60));
    }

    /** Until each has published so many in all. */
    private void publish(List<ChaskiNode> publishers, int inAll) throws InterruptedException {
        for (int ticks = 0; publishers.stream().anyMatch(node -> published(node) < inAll); ticks++) {
            assertThat(ticks).as("ticks of %s", TICK).isLessThan(60_000);
            for (ChaskiNode node : publishers) {
                TopicPublisher<byte[]> out = ChaskiStreamer.on(node).publisher(T);
                for (int i = 0; i < OFFERED_IN_A_TICK && published(node) < inAll; i++) {
                    if (out.offer(PAYLOAD).isRejected()) {
                        refused++;
                        break;
                    }
                    published.merge(node.id(), 1, Integer::sum);
                }
            }
            tick(1);
        }
    }

    private int published(ChaskiNode node) {
        return published.getOrDefault(node.id(), 0);
    }

    /** In longer steps, because little happens. */
    private void readFor(Duration duration) throws InterruptedException {
        Duration end = net.now().plus(duration);
        while (net.now().compareTo(end) < 0) {
            tick(20);
        }
    }

    private void tick(int times) throws InterruptedException {
        net.advance(TICK.multipliedBy(times));
        for (Reader reader : readers) {
            reader.read(times);
        }
    }

    /** Takes some items in each tick, and knows what has come. */
    private static final class Reader {

        final OverflowPolicy policy;
        private final ChaskiNode node;
        private final TopicStream<Delivery<byte[]>> in;
        private final int inATick;

        /** Numbers that were delivered or reported missing, by publisher. */
        private final Map<NodeId, List<Long>> numbers = new HashMap<>();

        private long received;
        private long missed;
        private long dropped;
        private boolean hasFailed;

        /** What the node misses. In band that may have been displaced from the queue again, and then counts as dropped. */
        private long notArrived;

        /**
         * What has come to the node, by a subscription that queues nothing; under {@link OverflowPolicy#FAIL} until what
         * waited has been handed over.
         */
        private long arrived;

        Reader(ChaskiNode node, OverflowPolicy policy, int capacity, int inATick) {
            this.node = node;
            this.policy = policy;
            this.inATick = inATick;
            in = ChaskiStreamer.on(node)
                    .openDeliveries(
                            T,
                            QueueOptions.builder()
                                    .capacity(capacity)
                                    .overflow(policy)
                                    .build());
            SubscribeOptions atOnce = SubscribeOptions.builder()
                    .dispatch(Dispatch.INLINE)
                    .onGap(gap -> {
                        notArrived += gap.count();
                        arrive(gap.count());
                    })
                    .build();
            node.subscribe(T, message -> arrive(1), atOnce);
        }

        private void arrive(long messages) {
            boolean isOver = policy == OverflowPolicy.FAIL
                    && in.statistics().dropped() > 0
                    && in.statistics().queued() == 0;
            arrived += isOver ? 0 : messages;
        }

        void read(int ticks) throws InterruptedException {
            for (int i = 0; i < ticks * inATick && !hasFailed; i++) {
                try {
                    in.poll(Duration.ZERO).ifPresent(this::take);
                } catch (QueueOverflowException overflow) {
                    hasFailed = true;
                }
            }
        }

        private void take(Delivery<byte[]> delivery) {
            if (delivery instanceof Delivery.Received<byte[]> next) {
                Message<byte[]> message = next.message();
                received++;
                add(message.origin(), message.sequence(), message.sequence());
            } else if (delivery instanceof Delivery.Missed<byte[]> next) {
                missed += next.gap().count();
                add(next.gap().origin(), next.gap().from(), next.gap().to());
            } else if (delivery instanceof Delivery.Dropped<byte[]> next) {
                dropped += next.messages();
            }
        }

        private void add(NodeId origin, long from, long to) {
            List<Long> ofOrigin = numbers.computeIfAbsent(origin, unused -> new ArrayList<>());
            LongStream.rangeClosed(from, to).forEach(ofOrigin::add);
        }

        void assertAccounted(List<ChaskiNode> publishers, int each) {
            List<ChaskiNode> others =
                    publishers.stream().filter(publisher -> publisher != node).toList();
            Subscription.Statistics counts = in.statistics();
            assertThat(counts.delivered() + counts.missing() + counts.dropped())
                    .as("accounted for at %s", this)
                    .isEqualTo(hasFailed ? arrived : (long) others.size() * each);
            assertThat(List.of(received, missed))
                    .as("read at %s", this)
                    .containsExactly(counts.delivered(), counts.missing());
            if (!hasFailed) { // what came between the last look and the end is in the count only
                assertThat(dropped).as("told at %s", this).isEqualTo(counts.dropped());
            }
            for (ChaskiNode publisher : others) {
                List<Long> ofPublisher = numbers.getOrDefault(publisher.id(), List.of());
                boolean hasHoles = policy == OverflowPolicy.DROP_OLDEST || policy == OverflowPolicy.DROP_NEWEST;
                if (hasHoles) {
                    assertThat(ofPublisher).isSorted().doesNotHaveDuplicates();
                } else {
                    assertThat(ofPublisher)
                            .as("of %s at %s", publisher.name(), this)
                            .isEqualTo(numbersTo(hasFailed ? ofPublisher.size() : each));
                }
            }
            if (policy == OverflowPolicy.BLOCK) {
                assertThat(missed + dropped).as("lost at %s", this).isZero();
            }
        }

        private static List<Long> numbersTo(long last) {
            return LongStream.rangeClosed(1, last).boxed().toList();
        }

        @Override
        public String toString() {
            return node.name() + " " + policy;
        }
    }
}
