package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Neighbours that may publish and not receive: they hear nothing, not even that there is something. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeniedNeighbourTest extends TreeFixture {

    private void assertNothingIsTold(TestPeer peer) {
        publish("more");
        context.advance(90 * SECOND);
        assertThat(peer.sent)
                .noneMatch(sent -> sent instanceof TestPeer.Data || sent instanceof IHave || sent instanceof Digest);
    }

    @Nested
    class From_the_beginning {
        @BeforeEach
        void meet() {
            ann.mayReceive = false;
            neighbours(ann, bob, cid, dan);
        }

        @Test
        void they_take_no_place_of_others_in_the_tree() {
            assertThat(broadcast.eager()).containsExactly(bob, cid);
            assertNothingIsTold(ann);
            assertThat(bob.sent).isNotEmpty();
        }

        @Test
        void they_do_not_become_eager_by_what_they_bring() {
            receive(ann, 1);

            assertThat(context.heard).containsExactly(delivered(1));
            assertThat(broadcast.eager()).containsExactly(bob, cid);
            assertNothingIsTold(ann);
        }
    }

    @Nested
    class Once_the_rules_say_so {
        @BeforeEach
        void meet() {
            neighbours(ann, bob, cid, dan);
        }

        @Test
        void they_are_sent_nothing_more() {
            assertThat(broadcast.eager()).containsExactly(ann, bob);
            ann.mayReceive = false;
            broadcast.onRules();

            assertThat(broadcast.eager()).containsExactly(bob);
            ann.sent.clear();
            assertNothingIsTold(ann);
        }

        @Test
        void they_are_not_told_of_what_came_before() {
            publish("before");
            cid.mayReceive = false;
            broadcast.onRules();

            assertNothingIsTold(cid);
        }
    }
}
