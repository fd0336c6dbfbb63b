package io.chaski.core.security.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.policy.Decision.Cause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PolicyTest {

    private static final Subject SENSOR = Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/sensor/7"));
    private static final Subject MILL = Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/mill-3"));
    private static final Subject ADMIN = Subject.of(ChaskiUri.parse("chaski://plant-7.example/admin/ana"));

    private static Policy policy(String roles) {
        return Policy.parse("{\"version\":7,\"domain\":\"plant-7.example\",\"roles\":{" + roles + "}}");
    }

    @Nested
    class The_example_of_the_design {
        private final Policy policy = Policy.parse("{\"version\":7,\"roles\":{\"sensor\":{\"match\":"
                + "[\"chaski://plant-7.example/node/sensor/*\"],\"publish\":[\"telemetry/{self}/**\"],"
                + "\"subscribe\":[\"cmd/{self}/**\"]}},\"newcomer\":{\"subscribe\":[\"$chaski/trust/**\"]}}");

        @ParameterizedTest
        @CsvSource({
            "publish, telemetry/node/sensor/7/speed, ALLOWED",
            "publish, telemetry/node/sensor/7, ALLOWED",
            "publish, telemetry/node/sensor/8/speed, NO_RULE",
            "publish, telemetry/sensor/7/speed, NO_RULE",
            "publish, cmd/node/sensor/7/stop, NO_RULE",
            "subscribe, cmd/node/sensor/7/stop, ALLOWED",
            "subscribe, cmd/node/sensor/8/stop, NO_RULE",
            "subscribe, $chaski/trust/crl, NO_RULE",
            "relay, telemetry/node/sensor/7/speed, NO_RULE",
        })
        void lets_a_sensor_speak_about_itself(String action, String object, Cause cause) {
            assertThat(policy.decide(SENSOR, Action.ofKey(action).orElseThrow(), object)
                            .cause())
                    .isEqualTo(cause);
        }

        @Test
        void lets_a_newcomer_hear_whom_to_trust() {
            assertThat(policy.decide(MILL, Action.SUBSCRIBE, "$chaski/trust/crl"))
                    .isEqualTo(new Decision(
                            true,
                            Cause.ALLOWED,
                            MILL,
                            Action.SUBSCRIBE,
                            "$chaski/trust/crl",
                            Optional.of("newcomer"),
                            Optional.of("$chaski/trust/**")));
            assertThat(policy.decide(MILL, Action.SUBSCRIBE, "cmd/node/mill-3/stop")
                            .cause())
                    .isEqualTo(Cause.NO_ROLE);
        }
    }

    @Nested
    class Explanations {
        private final Policy policy = policy("\"operator\":{\"match\":[\"chaski://plant-7.example/node/mill-*\"]}"
                .replace("mill-*", "*")
                .replace("]}", "],\"rpc.call\":[\"turbines/*\"],\"deny\":{\"rpc.call\":[\"turbines/explode\"]}}"));

        @Test
        void name_the_role_and_the_rule() {
            assertThat(policy.decide(MILL, Action.RPC_CALL, "turbines/start"))
                    .isEqualTo(new Decision(
                            true,
                            Cause.ALLOWED,
                            MILL,
                            Action.RPC_CALL,
                            "turbines/start",
                            Optional.of("operator"),
                            Optional.of("turbines/*")))
                    .hasToString("chaski://plant-7.example/node/mill-3 may rpc.call turbines/start: "
                            + "role operator allows turbines/*");
            assertThat(policy.decide(MILL, Action.RPC_CALL, "turbines/explode"))
                    .hasToString("chaski://plant-7.example/node/mill-3 may not rpc.call turbines/explode: "
                            + "role operator denies turbines/explode");
            assertThat(policy.decide(MILL, Action.RPC_SERVE, "turbines"))
                    .hasToString("chaski://plant-7.example/node/mill-3 may not rpc.serve turbines: "
                            + "no rule of its roles allows it");
            assertThat(policy.decide(ADMIN, Action.RPC_CALL, "turbines/start"))
                    .hasToString("chaski://plant-7.example/admin/ana may not rpc.call turbines/start: "
                            + "it has no role, and newcomers may not");
        }
    }

    @Nested
    class Deny {
        /** Rules of three roles that all match: whatever order they come in, the one that denies decides. */
        @Test
        void beats_allow_in_every_order() {
            List<String> roles = new ArrayList<>(List.of(
                    "\"a\":{\"match\":[\"chaski://plant-7.example/**\"],\"publish\":[\"**\"]}",
                    "\"b\":{\"match\":[\"chaski://plant-7.example/node/*\"],\"publish\":[\"x/y\"]}",
                    "\"c\":{\"match\":[\"chaski://plant-7.example/node/mill-3\"],\"deny\":{\"publish\":[\"x/*\"]}}",
                    "\"d\":{\"match\":[\"chaski://plant-7.example/*/*\"],\"publish\":[\"x/**\"]}"));
            Random random = new Random(1);
            for (int order = 0; order < 24; order++) {
                Collections.shuffle(roles, random);
                Decision decision = policy(String.join(",", roles)).decide(MILL, Action.PUBLISH, "x/y");

                assertThat(decision.cause()).as("%s", roles).isEqualTo(Cause.DENIED);
                assertThat(decision.role()).contains("c");
                assertThat(decision.pattern()).contains("x/*");
            }
        }

        @ParameterizedTest
        @CsvSource({"x/y, x/y", "x/*, x/y", "x/y, x/*", "**, x/**", "x/**, **", "{self}, **"})
        void beats_allow_however_the_patterns_look(String allowed, String denied) {
            Subject self = Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/x"));
            String object = allowed.equals("{self}") ? "node/x" : "x/y";
            Policy policy = policy("\"r\":{\"match\":[\"chaski://plant-7.example/**\"],\"deny\":{\"publish\":[\""
                    + denied + "\"]},\"publish\":[\"" + allowed + "\"]}");

            assertThat(policy.decide(self, Action.PUBLISH, object).cause()).isEqualTo(Cause.DENIED);
        }

        @Test
        void of_one_role_does_not_concern_those_without_it() {
            Policy policy = policy(
                    "\"all\":{\"match\":[\"chaski://plant-7.example/**\"],\"publish\":[\"x\"]},"
                            + "\"sensor\":{\"match\":[\"chaski://plant-7.example/node/sensor/*\"],\"deny\":{\"publish\":[\"x\"]}}");

            assertThat(policy.decide(MILL, Action.PUBLISH, "x").isAllowed()).isTrue();
            assertThat(policy.decide(SENSOR, Action.PUBLISH, "x").isAllowed()).isFalse();
        }

        @Test
        void of_one_action_does_not_concern_another() {
            Policy policy = policy("\"all\":{\"match\":[\"chaski://plant-7.example/**\"],\"publish\":[\"x\"],"
                    + "\"deny\":{\"subscribe\":[\"x\"]}}");

            assertThat(policy.decide(MILL, Action.PUBLISH, "x").isAllowed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Action.class)
    void each_action_is_allowed_by_its_own_rule_alone(Action allowed) {
        Policy policy =
                policy("\"r\":{\"match\":[\"chaski://plant-7.example/**\"],\"" + allowed.key() + "\":[\"a/b\"]}");
        for (Action action : Action.values()) {
            assertThat(policy.decide(MILL, action, "a/b").isAllowed())
                    .as("%s", action)
                    .isEqualTo(action == allowed);
        }
    }

    @Test
    void roles_add_up() {
        Policy policy = policy("\"a\":{\"match\":[\"chaski://plant-7.example/node/**\"],\"publish\":[\"x\"]},"
                + "\"b\":{\"match\":[\"chaski://plant-7.example/node/mill-3\",\"sha256:*\"],\"subscribe\":[\"y\"]}");
        Subject pinned = Subject.pinned(Fingerprint.of(new byte[1]));

        assertThat(policy.decide(MILL, Action.PUBLISH, "x").isAllowed()).isTrue();
        assertThat(policy.decide(MILL, Action.SUBSCRIBE, "y").isAllowed()).isTrue();
        assertThat(policy.decide(pinned, Action.SUBSCRIBE, "y").isAllowed()).isTrue();
        assertThat(policy.decide(pinned, Action.PUBLISH, "x").cause()).isEqualTo(Cause.NO_RULE);
    }

    @ParameterizedTest
    @CsvSource({"**", "*", "a/**", "a/*/b", "a//b", "/a", "a/", "''"})
    void what_is_asked_for_is_a_name_and_no_pattern(String object) {
        Policy policy = policy("\"r\":{\"match\":[\"chaski://plant-7.example/**\"],\"subscribe\":[\"**\"]}");

        assertThat(policy.decide(MILL, Action.SUBSCRIBE, object).cause()).isEqualTo(Cause.NOT_A_NAME);
    }

    @Test
    void a_name_of_seventeen_levels_is_none() {
        Policy policy = policy("\"r\":{\"match\":[\"chaski://plant-7.example/**\"],\"subscribe\":[\"**\"]}");

        assertThat(policy.decide(MILL, Action.SUBSCRIBE, String.join("/", Collections.nCopies(16, "a")))
                        .isAllowed())
                .isTrue();
        assertThat(policy.decide(MILL, Action.SUBSCRIBE, String.join("/", Collections.nCopies(17, "a")))
                        .cause())
                .isEqualTo(Cause.NOT_A_NAME);
    }

    @Nested
    class Anonymous_peers {
        @Test
        void have_no_path_and_match_no_wildcard() {
            Policy policy = Policy.parse("{\"version\":1,\"roles\":{"
                    + "\"a\":{\"match\":[\"anonymous:\"],\"publish\":[\"open\",\"x/{self}/**\"]},"
                    + "\"b\":{\"match\":[\"sha256:**\"],\"publish\":[\"**\"]}}}");

            assertThat(policy.decide(Subject.ANONYMOUS, Action.PUBLISH, "open").isAllowed())
                    .isTrue();
            assertThat(policy.decide(Subject.ANONYMOUS, Action.PUBLISH, "x").isAllowed())
                    .isFalse();
            assertThat(policy.decide(Subject.ANONYMOUS, Action.PUBLISH, "x/y").isAllowed())
                    .isFalse();
        }
    }

    @Nested
    class Presets {
        private static final List<Action> OF_MEMBERS =
                List.of(Action.PUBLISH, Action.SUBSCRIBE, Action.RELAY, Action.DISCOVER);

        @ParameterizedTest
        @EnumSource(Action.class)
        void members_may_gather_around_topics_and_nothing_else(Action action) {
            for (Subject subject : List.of(MILL, ADMIN, Subject.pinned(Fingerprint.of(new byte[1])))) {
                assertThat(Policy.members().decide(subject, action, "any/thing").isAllowed())
                        .as("%s", subject)
                        .isEqualTo(OF_MEMBERS.contains(action));
                assertThat(Policy.members()
                                .decide(subject, action, "$chaski/trust")
                                .isAllowed())
                        .isFalse();
            }
        }

        @ParameterizedTest
        @EnumSource(Action.class)
        void anonymous_peers_are_no_members(Action action) {
            assertThat(Policy.members().decide(Subject.ANONYMOUS, action, "any/thing"))
                    .extracting(Decision::cause)
                    .isEqualTo(Cause.NO_ROLE);
        }

        @ParameterizedTest
        @EnumSource(Action.class)
        void strict_allows_nobody_anything(Action action) {
            assertThat(Policy.strict().decide(ADMIN, action, "any/thing").cause())
                    .isEqualTo(Cause.NO_ROLE);
        }
    }
}
