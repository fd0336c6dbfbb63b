package io.chaski.core.internal.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.Subject;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The answers that are kept for each message. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PeerAccessTest {

    private final Names names = new Names();
    private final Permissions permissions = new Permissions(new Counters(), new Timers(), () -> 0, again -> {});
    private final PeerAccess mill = new PeerAccess(
            permissions, NodeId.random(new Random(1)), new Subject("chaski://plant-7.example/node/mill"), any -> null);

    private void allow(String match, String topic) {
        permissions.set(AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":[\"" + match
                + "\"],\"subscribe\":[\"" + topic + "\"]}}}")));
        mill.onRules();
    }

    @Test
    void an_answer_is_forgotten_when_the_rules_change() {
        TopicRef speed = names.retainTopic("speed");
        allow("chaski://plant-7.example/**", "speed");
        assertThat(mill.mayReceive(speed)).isTrue();

        allow("chaski://plant-7.example/**", "heat");

        assertThat(mill.mayReceive(speed)).isFalse();
    }

    @Test
    void an_answer_is_forgotten_when_the_peer_is_somebody_else() {
        TopicRef speed = names.retainTopic("speed");
        allow("chaski://plant-7.example/node/mill", "speed");
        assertThat(mill.mayReceive(speed)).isTrue();

        mill.onIdentity(new Subject("chaski://plant-7.example/node/press"));

        assertThat(mill.mayReceive(speed)).isFalse();
    }

    /** The number of a topic is given to another one when nobody uses it. */
    @Test
    void an_answer_is_about_a_topic_and_not_its_number() {
        TopicRef speed = names.retainTopic("speed");
        allow("chaski://plant-7.example/**", "speed");
        assertThat(mill.mayReceive(speed)).isTrue();
        names.release(speed);
        TopicRef heat = names.retainTopic("heat");
        assertThat(heat.index()).isEqualTo(speed.index());

        assertThat(mill.mayReceive(heat)).isFalse();
    }
}
