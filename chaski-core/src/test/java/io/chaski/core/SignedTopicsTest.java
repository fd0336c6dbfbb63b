package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Signed topics without identities; {@code SignedTopicIT} in chaski-ca has those with them. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedTopicsTest extends LoopbackNodes {

    private static final Topic<String> ORDERS = Topic.text("orders").signed(true);

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("orders")
                .hasMessageContaining("security()");
    }

    @Test
    void a_node_without_an_identity_can_neither_publish_nor_subscribe() {
        ChaskiNode node = start("a");

        assertRefused(() -> node.publish(ORDERS, "x"));
        assertRefused(() -> node.publishAsync(ORDERS, "x"));
        assertRefused(() -> node.subscribe(ORDERS, message -> {}));
        assertRefused(() -> node.pull(ORDERS, SubscribeOptions.DEFAULTS));
        assertThat(node.subscriptions()).isEmpty();
    }

    @Test
    void where_nobody_has_an_identity_no_origin_is_certain() {
        ChaskiNode a = start("a");
        ChaskiNode b = start("b");
        Topic<String> plain = Topic.text("plain");
        Queue<Message<String>> heard = new ConcurrentLinkedQueue<>();
        a.subscribe(plain, message -> {});
        b.subscribe(plain, heard::add);
        b.connect(a.addresses().get(0)).join();
        await().atMost(LIMIT).until(() -> a.isPaired(plain) && b.isPaired(plain));
        a.publish(plain, "x");
        await().atMost(LIMIT).until(() -> !heard.isEmpty());

        assertThat(heard).noneMatch(Message::originVerified);
    }
}
