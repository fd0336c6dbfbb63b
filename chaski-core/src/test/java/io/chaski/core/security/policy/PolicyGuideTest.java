package io.chaski.core.security.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.security.ChaskiUri;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The code of docs/security.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PolicyGuideTest {

    @Test
    void a_policy_is_written_and_explained() {
        // #region policy
        Policy policy = Policy.parse("""
                {
                  "version": 7,
                  "domain": "plant-7.example",
                  "expires": "2027-12-31T00:00:00Z",
                  "roles": {
                    "sensor": {
                      "match": ["chaski://plant-7.example/node/sensor/*"],
                      "publish": ["telemetry/{self}/**"],
                      "subscribe": ["cmd/{self}/**"],
                      "discover": ["**"]
                    },
                    "operator": {
                      "match": ["chaski://plant-7.example/node/desk/**", "chaski://plant-7.example/admin/*"],
                      "publish": ["cmd/**"],
                      "subscribe": ["telemetry/**"],
                      "relay": ["telemetry/**", "cmd/**"],
                      "discover": ["**"],
                      "rpc.call": ["turbines/*"],
                      "deny": {"rpc.call": ["turbines/shutDown"]}
                    }
                  }
                }
                """);

        Subject desk = Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/desk/2"));
        Decision decision = AccessRules.of(policy).decide(desk, Action.RPC_CALL, "turbines/shutDown");

        assertThat(decision.isAllowed()).isFalse();
        assertThat(decision.role()).contains("operator");
        assertThat(decision)
                .hasToString("chaski://plant-7.example/node/desk/2 may not rpc.call turbines/shutDown: "
                        + "role operator denies turbines/shutDown");
        // #endregion
    }
}
