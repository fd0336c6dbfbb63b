package io.chaski.core.security.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.policy.Decision.Cause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AccessRulesTest {

    private static final String ALL = "\"match\":[\"chaski://plant-7.example/**\"]";
    private static final Subject MILL = Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/mill-3"));
    private static final Subject ADMIN = Subject.of(ChaskiUri.parse("chaski://plant-7.example/admin/ana"));
    private static final Subject CA = Subject.of(ChaskiUri.parse("chaski://plant-7.example/ca/issuing"));

    private static Policy policy(String rules) {
        return Policy.parse("{\"version\":1,\"roles\":{\"all\":{" + ALL + "," + rules + "}}}");
    }

    private static Cause cause(AccessRules rules, Subject subject, Action action, String object) {
        return rules.decide(subject, action, object).cause();
    }

    @ParameterizedTest
    @EnumSource(Action.class)
    void of_a_node_that_checks_nobody_let_everybody_do_everything(Action action) {
        assertThat(AccessRules.OPEN.isOpen()).isTrue();
        assertThat(cause(AccessRules.OPEN, Subject.ANONYMOUS, action, "$services"))
                .isEqualTo(Cause.OPEN);
        assertThat(AccessRules.of(Policy.strict()).isOpen()).isFalse();
    }

    @Nested
    class A_policy_of_the_node_alone {
        private final AccessRules rules = AccessRules.of(
                        policy("\"publish\":[\"a/**\"],\"deny\":{\"publish\":[\"a/no\"]}"))
                .restrictedBy(policy("\"publish\":[\"**\"],\"relay\":[\"**\"],\"deny\":{\"publish\":[\"a/b\"]}"));

        @ParameterizedTest
        @CsvSource({
            "publish, a/c, ALLOWED",
            "publish, a/b, RESTRICTED",
            "publish, a/no, DENIED",
            "publish, x, NO_RULE",
            "relay, a/c, NO_RULE",
        })
        void restricts_and_never_grants(String action, String object, Cause cause) {
            assertThat(cause(rules, MILL, Action.ofKey(action).orElseThrow(), object))
                    .isEqualTo(cause);
        }

        @Test
        void stays_when_the_authority_has_another_policy() {
            AccessRules next = rules.with(policy("\"publish\":[\"**\"]"));

            assertThat(cause(next, MILL, Action.PUBLISH, "x")).isEqualTo(Cause.ALLOWED);
            assertThat(cause(next, MILL, Action.PUBLISH, "a/b")).isEqualTo(Cause.RESTRICTED);
        }
    }

    @Nested
    class An_application {
        private final List<String> told = new ArrayList<>();
        private long nowNanos;

        private AccessRules asked(AccessPolicy application) {
            return AccessRules.of(policy("\"publish\":[\"a\"]"))
                    .restrictedBy(
                            application,
                            () -> nowNanos,
                            (decision, thrown) -> told.add(decision.cause()
                                    + thrown.map(each -> " " + each.getMessage())
                                            .orElse("")));
        }

        @Test
        void restricts_and_never_grants() {
            assertThat(cause(asked((subject, action, object) -> true), MILL, Action.PUBLISH, "a"))
                    .isEqualTo(Cause.ALLOWED);
            assertThat(cause(asked((subject, action, object) -> true), MILL, Action.PUBLISH, "b"))
                    .isEqualTo(Cause.NO_RULE);
            assertThat(cause(asked((subject, action, object) -> false), MILL, Action.PUBLISH, "a"))
                    .isEqualTo(Cause.APPLICATION);
            assertThat(told).isEmpty();
        }

        @Test
        void is_asked_who_wants_what() {
            List<Object> asked = new ArrayList<>();
            asked((subject, action, object) -> asked.add(List.of(subject, action, object)))
                    .decide(MILL, Action.PUBLISH, "a");

            assertThat(asked).containsExactly(List.of(MILL, Action.PUBLISH, "a"));
        }

        @Test
        void that_fails_denies_and_is_told() {
            AccessRules rules = asked((subject, action, object) -> {
                throw new IllegalStateException("no table");
            });

            assertThat(cause(rules, MILL, Action.PUBLISH, "a")).isEqualTo(Cause.APPLICATION_FAILED);
            assertThat(told).containsExactly("APPLICATION_FAILED no table");
        }

        @Test
        void that_takes_more_than_five_milliseconds_denies_and_is_told() {
            assertThat(cause(takes(5_000_000), MILL, Action.PUBLISH, "a")).isEqualTo(Cause.ALLOWED);
            assertThat(cause(takes(5_000_001), MILL, Action.PUBLISH, "a")).isEqualTo(Cause.APPLICATION_SLOW);
            assertThat(told).containsExactly("APPLICATION_SLOW");
        }

        private AccessRules takes(long nanos) {
            return asked((subject, action, object) -> {
                nowNanos += nanos;
                return true;
            });
        }
    }

    /** Row 54 of the list of bad input, and what comes along with something else. */
    @Nested
    class Topics_of_the_library {
        private final AccessRules everything = AccessRules.of(policy("\"publish\":[\"**\",\"$chaski/**\"]"));

        @Test
        void below_chaski_are_published_by_authorities_and_administrators_only() {
            assertThat(cause(everything, MILL, Action.PUBLISH, "$chaski/trust/crl"))
                    .isEqualTo(Cause.RESERVED);
            assertThat(cause(everything, MILL, Action.PUBLISH, "$chaski")).isEqualTo(Cause.RESERVED);
            assertThat(cause(everything, Subject.ANONYMOUS, Action.PUBLISH, "$chaski/x"))
                    .isEqualTo(Cause.RESERVED);
            assertThat(cause(everything, ADMIN, Action.PUBLISH, "$chaski/trust/crl"))
                    .isEqualTo(Cause.ALLOWED);
            assertThat(cause(everything, CA, Action.PUBLISH, "$chaski/trust/crl"))
                    .isEqualTo(Cause.ALLOWED);
        }

        @Test
        void below_chaski_need_a_rule_as_well() {
            assertThat(cause(AccessRules.of(Policy.members()), ADMIN, Action.PUBLISH, "$chaski/x"))
                    .isEqualTo(Cause.NO_RULE);
        }

        @ParameterizedTest
        @CsvSource({
            "publish, $services, NO_RULE",
            "subscribe, $services, NO_RULE",
            "subscribe, $keepers, IMPLIED",
            "publish, @, IMPLIED",
            "subscribe, @, IMPLIED",
            "relay, @, IMPLIED",
        })
        void come_along_with_what_members_may(String action, String topic, Cause cause) {
            assertThat(cause(
                            AccessRules.of(Policy.members()),
                            MILL,
                            Action.ofKey(action).orElseThrow(),
                            topic))
                    .isEqualTo(cause);
        }

        @ParameterizedTest
        @CsvSource({
            "rpc.call, subscribe, IMPLIED",
            "rpc.call, relay, IMPLIED",
            "rpc.call, publish, IMPLIED",
            "rpc.serve, subscribe, IMPLIED",
            "rpc.serve, publish, IMPLIED",
            "publish, publish, NO_RULE",
            "file.send, subscribe, NO_RULE",
        })
        void announce_and_ask_for_services_and_queues_for_those_who_call_or_serve(
                String granted, String action, Cause cause) {
            AccessRules rules = AccessRules.of(policy("\"" + granted + "\":[\"turbines/**\"]"));

            assertThat(cause(rules, MILL, Action.ofKey(action).orElseThrow(), "$services"))
                    .isEqualTo(cause);
            assertThat(cause(rules, MILL, Action.ofKey(action).orElseThrow(), "$queues"))
                    .isEqualTo(cause);
        }

        @ParameterizedTest
        @CsvSource({
            "publish, subscribe, IMPLIED",
            "durable.create, publish, IMPLIED",
            "durable.create, relay, IMPLIED",
            "durable.consume, subscribe, IMPLIED",
            "durable.consume, durable.consume, NO_RULE",
            "subscribe, subscribe, NO_RULE",
        })
        void announce_and_look_for_keepers_for_those_who_keep_publish_or_read(
                String granted, String action, Cause cause) {
            AccessRules rules = AccessRules.of(policy("\"" + granted + "\":[\"turbines/**\"]"));

            assertThat(cause(rules, MILL, Action.ofKey(action).orElseThrow(), "$keepers"))
                    .isEqualTo(cause);
        }

        @Test
        void can_be_denied_all_the_same() {
            AccessRules rules = AccessRules.of(policy("\"discover\":[\"**\"],\"deny\":{\"subscribe\":[\"@\"]}"));

            assertThat(cause(rules, MILL, Action.SUBSCRIBE, "@")).isEqualTo(Cause.DENIED);
        }
    }

    @Test
    void row_54_a_node_does_not_publish_below_chaski_whatever_a_policy_says() {
        AccessRules rules = AccessRules.of(policy("\"publish\":[\"$chaski/**\"]"));

        assertThat(cause(rules, MILL, Action.PUBLISH, "$chaski/trust/policy")).isEqualTo(Cause.RESERVED);
    }

    @Test
    void row_55_nobody_subscribes_to_a_pattern() {
        AccessRules rules = AccessRules.of(policy("\"subscribe\":[\"**\"]"));

        assertThat(cause(rules, MILL, Action.SUBSCRIBE, "**")).isEqualTo(Cause.NOT_A_NAME);
        assertThat(cause(rules, MILL, Action.SUBSCRIBE, "a/*")).isEqualTo(Cause.NOT_A_NAME);
    }
}
