package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.chaski.ca.CapturedLog;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.Topic;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import io.chaski.core.security.policy.Subject;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Policies about identities that were proved over TLS. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PolicyIT {

    private static final Topic<String> SPEED = Topic.text("telemetry/node/mill/speed");

    private final TlsNodes nodes = new TlsNodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    private static Policy policy(int version, String mill) {
        return Policy.parse(text(version, mill));
    }

    private static String text(int version, String mill) {
        return "{\"version\":" + version + ",\"domain\":\"plant-7.example\",\"roles\":{"
                + "\"mill\":{\"match\":[\"chaski://plant-7.example/node/mill\"],\"discover\":[\"**\"]," + mill + "},"
                + "\"press\":{\"match\":[\"chaski://plant-7.example/node/press\"],\"discover\":[\"**\"],"
                + "\"subscribe\":[\"telemetry/**\"],\"relay\":[\"telemetry/**\"]}}}";
    }

    @Test
    void without_a_policy_nodes_are_members() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode press = nodes.start("press");
        TlsNodes.connect(press, mill);
        mill.streams().serve("chaski.call", stream -> (same, message) -> {});

        assertThat(mill.access().self()).isEqualTo(Subject.of(TlsNodes.uri("mill")));
        assertThat(mill.access().decide(press.id(), Action.PUBLISH, "t").isAllowed())
                .isTrue();
        assertThat(mill.access().decide(press.id(), Action.RPC_CALL, "a/b").isAllowed())
                .isFalse();
        assertThatThrownBy(() -> mill.access().require(Action.FILE_SEND, "t"))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> press.streams()
                        .request(mill.id(), "chaski.call", new byte[1], Duration.ofSeconds(40))
                        .get())
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("not allowed");
    }

    @Test
    void the_log_says_once_what_a_node_follows_at_its_start() {
        Policy given = policy(7, "\"publish\":[\"**\"]");
        try (CapturedLog log = new CapturedLog("io.chaski.core.internal.runtime.LiveAccess", Level.INFO)) {
            nodes.start("mill");
            nodes.start(nodes.builder("press", nodes.ca("press")).policy(Policy.strict()));
            nodes.start(nodes.builder("saw", nodes.ca("saw"))
                    .policy(given)
                    .ownPolicy(given)
                    .accessPolicy((subject, action, object) -> true));
            nodes.start(nodes.builder("plain", TrustMode.INSECURE));

            assertThat(log.lines())
                    .containsExactly(
                            "node mill follows the preset members",
                            "node press follows the preset strict",
                            "node saw follows a policy of version 7, restricted by a policy of its own,"
                                    + " restricted by the application",
                            "node plain follows no policy: everybody may do everything");
        }
    }

    @Test
    void a_policy_that_an_administrator_has_signed_is_followed_and_an_older_one_is_not() {
        ChaskiNode mill = nodes.start("mill");
        mill.access().update(signed(7, "\"publish\":[\"other\"]"));

        assertThatThrownBy(() -> mill.publish(SPEED, "x")).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> mill.access().update(signed(6, "\"publish\":[\"**\"]")))
                .isInstanceOfSatisfying(
                        PolicyRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(PolicyRefusedException.Problem.ROLLBACK));
        assertThatThrownBy(() -> mill.access().update(signed(7, "\"publish\":[\"**\"]")))
                .isInstanceOfSatisfying(
                        PolicyRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(PolicyRefusedException.Problem.CONFLICT));
        assertThatThrownBy(() -> mill.publish(SPEED, "x")).isInstanceOf(AccessDeniedException.class);

        mill.access().update(signed(8, "\"publish\":[\"**\"]"));
        mill.publish(SPEED, "x");
    }

    private SignedPolicy signed(int version, String mill) {
        KeyPair keys = KeyPairs.generate();
        ChaskiUri ana = ChaskiUri.parse("chaski://plant-7.example/admin/ana");
        X509Certificate certificate = nodes.authority.leaf(
                ana, keys.getPublic(), LeafUsage.BOTH, nodes.clock.instant().plus(Duration.ofDays(1)));
        byte[] text = text(version, mill).getBytes(StandardCharsets.UTF_8);
        return SignedPolicy.sign(text, keys.getPrivate(), nodes.authority.chain(certificate));
    }

    @Test
    void each_identity_has_the_rights_of_its_role_until_a_later_policy() throws Exception {
        Policy first = policy(1, "\"publish\":[\"telemetry/{self}/**\"]");
        ChaskiNode mill = nodes.start(nodes.builder("mill", nodes.ca("mill")).policy(first));
        ChaskiNode press = nodes.start(nodes.builder("press", nodes.ca("press")).policy(first));
        TlsNodes.connect(press, mill);
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        press.subscribe(SPEED, message -> heard.add(message.payload()));

        assertThatThrownBy(() -> mill.subscribe(SPEED, message -> {})).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> press.publish(SPEED, "x")).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> mill.publish(Topic.text("telemetry/node/press/speed"), "x"))
                .isInstanceOf(AccessDeniedException.class);
        TlsNodes.await("a message of the mill", () -> {
            mill.publish(SPEED, "fast");
            return heard.contains("fast");
        });

        press.access().update(policy(2, "\"publish\":[\"telemetry/node/mill/heat\"]"));
        TlsNodes.await(
                "the refusal",
                () -> nodes.events(mill, NodeEvent.DeniedByPeer.class)
                        .contains(new NodeEvent.DeniedByPeer(press.id(), SPEED.name())));
        mill.publish(SPEED, "not heard"); // it follows the first policy still, as a hostile node would
        Topic<String> heat = Topic.text("telemetry/node/mill/heat");
        press.subscribe(heat, message -> heard.add(message.payload()));
        TlsNodes.await("what is allowed still", () -> {
            mill.publish(heat, "warm");
            return heard.contains("warm");
        });
        assertThat(heard).doesNotContain("not heard");
    }
}
