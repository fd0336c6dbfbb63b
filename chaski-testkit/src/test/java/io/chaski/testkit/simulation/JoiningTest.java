package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.FrameType;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Whom a node asks for the members of a topic when it comes to it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class JoiningTest {

    private static final String TOPIC = "news";

    /** Within it nobody looks a second time. */
    private static final Duration FIRST_ATTEMPT = Duration.ofMillis(700);

    final SimulatedNetwork network = SimulatedNetwork.seeded(1);
    final SimulatedNode contact = network.node("contact");

    private SimulatedNode joiner() {
        return network.node(
                "joiner", SimulatedNodeOptions.builder().bootstrap(contact).build());
    }

    @Test
    void a_member_is_asked_to_let_it_in_and_nothing_else() {
        contact.subscribe(TOPIC);
        SimulatedNode joiner = joiner();
        joiner.subscribe(TOPIC);
        network.advance(FIRST_ATTEMPT);
        assertThat(joiner.neighbours(TOPIC)).containsExactly(contact);
        assertThat(contact.framesReceived(FrameType.FIND)).isZero();
    }

    @Test
    void a_node_that_does_not_subscribe_is_asked_for_members() {
        joiner().subscribe(TOPIC);
        network.advance(FIRST_ATTEMPT);
        assertThat(contact.framesReceived(FrameType.FIND)).isPositive();
    }

    @Test
    void who_only_publishes_asks_a_member_for_others() {
        contact.subscribe(TOPIC);
        joiner().publish(TOPIC, "to whom it may concern");
        network.advance(FIRST_ATTEMPT);
        assertThat(contact.framesReceived(FrameType.FIND)).isPositive();
    }

    @Test
    void a_member_is_asked_for_others_as_long_as_one_link_is_all_there_is() {
        contact.subscribe(TOPIC);
        SimulatedNode joiner = joiner();
        joiner.subscribe(TOPIC);
        network.advance(Duration.ofSeconds(3));
        assertThat(contact.framesReceived(FrameType.FIND)).isPositive();
    }
}
