package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.internal.module.ReservedName;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision.Cause;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyFormatException;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.Subject;
import io.chaski.core.stream.StreamListener;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What the API says to an application whose node may not do what it asks for. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LocalAccessTest extends LoopbackNodes {

    private static final StreamListener DEAF = (stream, message) -> {};

    private static Policy anonymous(String rules) {
        return Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":[\"anonymous:\"]" + rules + "}}}");
    }

    private static final Policy NOTHING = anonymous("");
    private static final Policy TOPICS =
            anonymous(",\"publish\":[\"**\"],\"subscribe\":[\"**\"],\"relay\":[\"**\"],\"discover\":[\"**\"]");

    private static void assertDenied(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Action action, String object) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AccessDeniedException.class, denied -> {
            assertThat(denied.decision().subject()).isEqualTo(Subject.ANONYMOUS);
            assertThat(denied.decision().action()).isEqualTo(action);
            assertThat(denied.decision().object()).isEqualTo(object);
            assertThat(denied.reason()).isEqualTo("ACCESS_DENIED");
            assertThat(denied).hasMessageContaining("anonymous: may not " + action + " " + object);
        });
    }

    @Test
    void a_node_without_identity_and_policy_asks_nobody() {
        ChaskiNode node = start("a");

        assertThat(node.access().rules().isOpen()).isTrue();
        assertThat(node.access().self()).isEqualTo(Subject.ANONYMOUS);
        node.access().require(Action.ADMIN, "anything");
    }

    @Test
    void each_call_fails_at_once_and_says_why() {
        ChaskiNode node = start(builder("a").policy(NOTHING));

        assertDenied(() -> node.subscribe(TEXT, message -> {}), Action.SUBSCRIBE, "t");
        assertDenied(() -> node.pull(TEXT, SubscribeOptions.DEFAULTS), Action.SUBSCRIBE, "t");
        assertDenied(() -> node.publish(TEXT, "x"), Action.PUBLISH, "t");
        assertDenied(() -> node.publishAsync(TEXT, "x"), Action.PUBLISH, "t");
        assertDenied(() -> node.discover(TEXT, Introducer.KEEP), Action.DISCOVER, "t");
        assertDenied(() -> node.streams().serve("chat", stream -> DEAF), Action.RPC_SERVE, "chat");
        assertDenied(
                () -> node.streams().request(node.id(), "chat", new byte[0], Duration.ofSeconds(1)),
                Action.RPC_CALL,
                "chat");
        assertThat(node.subscriptions()).isEmpty();
    }

    @Test
    void an_application_that_has_failed_is_asked_again() {
        Queue<Boolean> failures = new ConcurrentLinkedQueue<>(List.of(true));
        ChaskiNode node = start(builder("a").policy(TOPICS).accessPolicy((subject, action, object) -> {
            if (failures.poll() != null) {
                throw new IllegalStateException("no table");
            }
            return true;
        }));
        assertThatThrownBy(() -> node.access().require(Action.PUBLISH, "t")).isInstanceOf(AccessDeniedException.class);

        await().ignoreExceptionsInstanceOf(AccessDeniedException.class)
                .untilAsserted(() -> node.access().require(Action.PUBLISH, "t"));
    }

    @Test
    void the_node_and_the_application_can_restrict() {
        ChaskiNode own = start(builder("a").policy(TOPICS).ownPolicy(anonymous(",\"publish\":[\"other\"]")));
        ChaskiNode application =
                start(builder("b").policy(TOPICS).accessPolicy((subject, action, object) -> !object.equals("t")));

        assertThatThrownBy(() -> own.publish(TEXT, "x"))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.decision().cause()).isEqualTo(Cause.RESTRICTED));
        assertThatThrownBy(() -> application.publish(TEXT, "x"))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.decision().cause()).isEqualTo(Cause.APPLICATION));
        own.publish(Topic.text("other"), "x");
        application.publish(Topic.text("other"), "x");
    }

    @Test
    void another_policy_closes_subscriptions_that_have_lost_their_right() throws Exception {
        ChaskiNode a = start(builder("a").policy(TOPICS));
        ChaskiNode b = start(builder("b").policy(TOPICS).bootstrap(a.addresses().get(0)));
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        Subscription subscription = b.subscribe(TEXT, message -> heard.add(message.payload()));
        a.subscribe(TEXT, message -> {});
        await().atMost(LIMIT).until(() -> a.isPaired(TEXT));
        a.publish(TEXT, "before");
        await().atMost(LIMIT).until(() -> heard.contains("before"));

        CompletableFuture<Void> closed = subscription.closed();
        b.access().update(NOTHING);

        assertThatThrownBy(() -> get(closed))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AccessDeniedException.class);
        assertThat(b.subscriptions()).isEmpty();
        assertDenied(() -> b.publish(TEXT, "x"), Action.PUBLISH, "t");
        await().atMost(LIMIT).until(() -> !a.isPaired(TEXT));
        assertThat(a.isConnectedTo(b.id())).isTrue();
    }

    @Test
    void a_policy_that_does_not_count_now_is_not_taken() {
        ChaskiNode node = start(builder("a").policy(TOPICS));

        assertThatThrownBy(() ->
                        node.access().update(Policy.parse("{\"version\":2,\"expires\":\"2020-01-01T00:00:00Z\"}")))
                .isInstanceOf(PolicyRefusedException.class);
        node.publish(TEXT, "as before");
    }

    @Test
    void row_110_a_policy_that_is_none_leaves_the_one_before_in_force() {
        ChaskiNode node = start(builder("a").policy(TOPICS));

        assertThatThrownBy(() -> node.access()
                        .update(Policy.parse("{\"version\":2,\"newcomer\":{\"publish\":[\"other\",\"**/**\"]}}")))
                .isInstanceOf(PolicyFormatException.class);
        node.publish(TEXT, "as before");
        assertDenied(() -> node.access().require(Action.RPC_CALL, "a/b"), Action.RPC_CALL, "a/b");
    }

    @Test
    void row_54_below_chaski_a_node_publishes_nothing_whatever_its_policy_says() {
        ChaskiNode node = start(builder("a").policy(anonymous(",\"publish\":[\"**\",\"$chaski/**\"]")));
        Topic<String> reserved = Topic.of(new ReservedName("$chaski/trust/crl"), String.class);

        assertThatThrownBy(() -> Topic.text("$chaski/trust/crl")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.publish(reserved, "x"))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.decision().cause()).isEqualTo(Cause.RESERVED));
        node.publish(TEXT, "x");
    }

    @Test
    void a_node_whose_policy_has_expired_may_do_nothing() {
        ChaskiNode node = start(builder("a")
                .policy(Policy.parse("{\"version\":2,\"expires\":\"2020-01-01T00:00:00Z\","
                        + "\"roles\":{\"all\":{\"match\":[\"anonymous:\"],\"publish\":[\"**\"]}}}")));

        assertDenied(() -> node.publish(TEXT, "x"), Action.PUBLISH, "t");
    }
}
