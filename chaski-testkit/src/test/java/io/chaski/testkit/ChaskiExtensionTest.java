package io.chaski.testkit;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** N47: networks of nodes as parameters of tests, in both modes. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChaskiExtensionTest {

    private static final Topic<String> NEWS = Topic.text("news");

    @Nested
    @ChaskiTest(
            nodes = {"x", "y"},
            topology = Layout.MESH,
            seed = 5)
    class A_test {
        private ChaskiNetwork ofBeforeEach;

        @BeforeEach
        void remember(ChaskiNetwork net) {
            ofBeforeEach = net;
        }

        @Test
        void gets_its_network_and_its_nodes(ChaskiNetwork net, @Node("x") ChaskiNode x, @Node("y") ChaskiNode y) {
            assertThat(net).isSameAs(ofBeforeEach);
            assertThat(net.nodes()).containsExactly(x, y);
            assertThat(net.seed()).isEqualTo(5);
            assertThat(x.name()).isEqualTo("x");
            assertThat(x.edges()).extracting("name").containsExactly("y");
        }

        @Test
        @ChaskiTest(nodes = "alone", time = TimeMode.LOOPBACK)
        void may_have_a_network_of_its_own(ChaskiNetwork net) {
            assertThat(net.time()).isEqualTo(TimeMode.LOOPBACK);
            assertThat(net.nodes()).extracting(ChaskiNode::name).containsExactly("alone");
        }

        @RepeatSeeds(3)
        void may_run_with_several_seeds(ChaskiNetwork net) {
            assertThat(net.seed()).isBetween(5L, 7L);
        }

        @Nested
        class In_a_nested_class {
            @Test
            void gets_the_network_of_the_outer_annotation(ChaskiNetwork net) {
                assertThat(net.nodes()).extracting(ChaskiNode::name).containsExactly("x", "y");
            }
        }
    }

    @Nested
    class After_a_test {
        @Test
        void the_network_is_closed() {
            Leftovers.NODES.clear();
            run(Leftovers.class).testEvents().assertStatistics(statistics -> statistics.succeeded(1));

            assertThat(Leftovers.NODES)
                    .hasSize(3)
                    .allSatisfy(node -> assertThat(node.state()).isEqualTo(NodeSnapshot.State.CLOSED));
        }
    }

    @Nested
    class A_failed_test {
        @Test
        void reports_seed_topology_and_events() {
            EngineExecutionResults results = run(Failing.class);

            results.testEvents().assertStatistics(statistics -> statistics.failed(1));
            Map<String, String> report = reported(results);
            assertThat(report).containsEntry("chaski.seed", "77");
            assertThat(report.get("chaski.topology")).isEqualTo("LINE of a, b, c, VIRTUAL time");
            assertThat(report.get("chaski.events")).contains("a  EdgeUp", "network  partition a | b,c");
        }

        @Test
        void carries_the_way_to_repeat_it_in_its_failure() {
            Throwable failure = failures(run(Failing.class)).get(0);

            assertThat(failure).hasMessage("on purpose");
            assertThat(failure.getSuppressed())
                    .singleElement()
                    .asString()
                    .contains("-Dchaski.test.seed=77", "LINE of a, b, c", "EdgeUp");
        }

        @Test
        void is_repeated_with_the_seed_of_the_system_property() {
            System.setProperty(NetworkBuilder.SEED_PROPERTY, "123");
            try {
                assertThat(reported(run(Failing.class))).containsEntry("chaski.seed", "123");
                assertThat(reported(run(Exploring.class))).containsEntry("chaski.seed", "123");
            } finally {
                System.clearProperty(NetworkBuilder.SEED_PROPERTY);
            }
        }
    }

    @Nested
    class A_mistake {
        @Test
        void in_asking_for_a_network_outside_a_test_is_explained() {
            assertThat(run(TooEarly.class).containerEvents().failed().stream()
                            .map(ChaskiExtensionTest::failure)
                            .toList())
                    .singleElement()
                    .asString()
                    .contains("a network belongs to one test");
        }

        @Test
        void in_the_seed_property_is_explained() {
            System.setProperty(NetworkBuilder.SEED_PROPERTY, "many");
            try {
                assertThat(failures(run(Failing.class)))
                        .singleElement()
                        .asString()
                        .contains("chaski.test.seed is not a number: 'many'");
            } finally {
                System.clearProperty(NetworkBuilder.SEED_PROPERTY);
            }
        }
    }

    @Nested
    class Several_seeds {
        @Test
        void each_are_a_test() {
            EngineExecutionResults results = run(Exploring.class);

            results.testEvents()
                    .assertStatistics(statistics -> statistics.started(4).failed(1));
            assertThat(reported(results)).containsEntry("chaski.seed", "12");
        }
    }

    @Nested
    class Tests_that_run_at_the_same_time {
        @Test
        void have_networks_of_their_own() {
            EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(AtTheSameTime.class))
                    .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                    .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                    .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                    .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "3")
                    .execute();

            assertThat(failures(results)).isEmpty();
            results.testEvents().assertStatistics(statistics -> statistics.succeeded(3));
        }
    }

    // ---- tests that are run by the tests above

    @ChaskiTest
    static class Leftovers {
        static final List<ChaskiNode> NODES = new ArrayList<>();

        @Test
        void leaves_its_nodes_behind(ChaskiNetwork net) {
            NODES.addAll(net.nodes());
        }
    }

    @ChaskiTest(topology = Layout.LINE, seed = 77)
    static class Failing {
        @Test
        void fails(ChaskiNetwork net) {
            net.partition("a | b,c");
            throw new AssertionError("on purpose");
        }
    }

    @ChaskiTest(seed = 10)
    static class Exploring {
        @RepeatSeeds(4)
        void fails_with_some_seed(ChaskiNetwork net) {
            if (net.seed() == 12 || net.seed() == 123) {
                throw new AssertionError("on purpose");
            }
        }
    }

    @ChaskiTest
    static class TooEarly {
        @BeforeAll
        static void asks(ChaskiNetwork net) {
            throw new AssertionError("not reached with " + net);
        }

        @Test
        void is_not_reached() {}
    }

    @ChaskiTest(topology = Layout.MESH)
    static class AtTheSameTime {
        private static final CountDownLatch EACH_HAS_BEGUN = new CountDownLatch(3);
        private static final List<ChaskiNetwork> NETWORKS = new CopyOnWriteArrayList<>();

        @Test
        void in_virtual_time(ChaskiNetwork net) throws InterruptedException {
            exchange(net);
        }

        @Test
        void in_virtual_time_as_well(ChaskiNetwork net) throws InterruptedException {
            exchange(net);
        }

        @Test
        @ChaskiTest(topology = Layout.MESH, time = TimeMode.LOOPBACK)
        void in_real_time(ChaskiNetwork net) throws InterruptedException {
            exchange(net);
        }

        @AfterEach
        void look(ChaskiNetwork net) {
            assertThat(NETWORKS).containsOnlyOnce(net);
        }

        private static void exchange(ChaskiNetwork net) throws InterruptedException {
            NETWORKS.add(net);
            EACH_HAS_BEGUN.countDown();
            assertThat(EACH_HAS_BEGUN.await(30, TimeUnit.SECONDS)).isTrue();
            Inbox<String> inbox = net.inbox("c", NEWS);
            net.node("a").subscribe(NEWS, message -> {}).awaitPaired(ofSeconds(10));
            String text = Integer.toString(System.identityHashCode(net));
            net.node("a").publish(NEWS, text);
            net.await("the news", () -> !inbox.isEmpty(), ofSeconds(10));
            assertThat(inbox).containsExactly(text);
        }
    }

    private static EngineExecutionResults run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute();
    }

    private static Map<String, String> reported(EngineExecutionResults results) {
        return results.testEvents().reportingEntryPublished().stream()
                .map(event -> event.getRequiredPayload(ReportEntry.class))
                .findFirst()
                .orElseThrow()
                .getKeyValuePairs();
    }

    private static List<Throwable> failures(EngineExecutionResults results) {
        return results.testEvents().failed().stream()
                .map(ChaskiExtensionTest::failure)
                .toList();
    }

    private static Throwable failure(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }
}
