package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.tree.TestContext.Delivered;
import io.chaski.core.internal.protocol.tree.TestContext.Missed;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DigestsTest extends TreeFixture {

    private List<Object> digestsOf(TestPeer peer) {
        return peer.takeSent().stream().filter(sent -> sent instanceof Digest).toList();
    }

    @Nested
    class When_a_topic_is_active {
        @Test
        void every_neighbour_hears_every_five_seconds_what_has_been_seen() {
            neighbours(ann, bob);
            receive(ann, 1, 2, 4, 7);
            receive(ann, other, 1, 1);
            context.advance(SECOND);
            bob.takeSent();
            context.advance(5 * SECOND);
            assertThat(digestsOf(bob)).containsExactly(digest(seen(other, 1, 1), seen(source, 1, 7)));
        }

        @Test
        void gaps_that_still_stand_are_named() {
            neighbours(ann);
            receive(ann, 1, 3, 5);
            broadcast.onNeighbourUp(bob);
            context.advance(ADVERT_DELAY);
            assertThat(digestsOf(bob))
                    .containsExactly(digest(seen(source, 1, 5, range(source, 2, 2), range(source, 4, 4))));
        }

        @Test
        void a_quiet_topic_says_nothing() {
            neighbours(ann, bob);
            receive(ann, 1);
            context.advance(31 * SECOND);
            bob.takeSent();
            context.advance(60 * SECOND);
            assertThat(bob.sent).isEmpty();
        }

        @Test
        void at_most_128_sources_are_named_the_latest_first() {
            neighbours(ann);
            for (int i = 0; i < 200; i++) {
                receive(ann, source(1_000 + i, 1), 1, 1);
            }
            broadcast.onNeighbourUp(bob);
            context.advance(ADVERT_DELAY);
            Digest digest = (Digest) digestsOf(bob).get(0);
            assertThat(digest.seen()).hasSize(128).first().isEqualTo(seen(source(1_199, 1), 1, 1));
        }
    }

    @Nested
    class When_a_digest_names_what_is_missing_here {
        @Test
        void it_is_asked_for_after_the_tree_had_its_chance() {
            neighbours(ann, bob);
            receive(ann, 1, 2);
            frame(bob, digest(seen(source, 1, 6, range(source, 4, 4))));
            bob.takeSent();
            context.advance(PATIENCE);
            assertThat(bob.sent).containsExactly(graft(false, range(source, 3, 3), range(source, 5, 6)));
        }

        @Test
        void what_the_sender_does_not_keep_is_not_asked_for() {
            neighbours(ann, bob);
            receive(ann, 1, 2);
            bob.takeSent();
            frame(bob, digest(seen(source, 6, 6)));
            context.advance(PATIENCE);
            assertThat(bob.sent).containsExactly(graft(false, range(source, 6, 6)));
        }

        @Test
        void a_young_member_takes_a_young_source_from_its_first_message_on() {
            neighbours(ann, bob);
            frame(bob, digest(seen(source, 1, 2), seen(other, 50, 60)));
            context.advance(PATIENCE);
            assertThat(bob.sent).containsExactly(graft(false, range(source, 1, 2)));
        }

        @Test
        void a_newcomer_tells_its_neighbours_of_what_it_catches_up_with_and_sends_no_copies() {
            neighbours(ann, bob, cid);
            frame(bob, digest(seen(source, 1, 1)));
            context.advance(PATIENCE);
            ann.takeSent();
            cid.takeSent();
            receive(bob, 1);
            context.advance(ADVERT_DELAY);
            assertThat(ann.sent).containsExactly(iHave(advert(source, 1, 1, 1)));
            assertThat(cid.sent).containsExactly(iHave(advert(source, 1, 1, 1)));
        }

        @Test
        void an_old_member_passes_on_what_it_lacked_because_others_may_lack_it_too() {
            neighbours(ann, bob);
            context.advance(6 * SECOND);
            frame(bob, digest(seen(source, 1, 1)));
            context.advance(PATIENCE);
            ann.takeSent();
            receive(bob, 1);
            assertThat(ann.sent).containsExactly(data(1, 2));
        }

        @Test
        void a_young_member_takes_what_was_published_since_its_first_digest() {
            neighbours(ann, bob);
            frame(ann, digest(seen(other, 50, 60)));
            frame(bob, digest(seen(other, 50, 62)));
            context.advance(PATIENCE);
            assertThat(bob.sent).containsExactly(graft(false, range(other, 61, 62)));
        }

        @Test
        void a_young_member_takes_what_a_source_published_that_its_first_digest_does_not_name() {
            neighbours(ann, bob);
            frame(ann, digest(seen(source, 70, 70)));
            frame(bob, digest(seen(other, 50, 1_000)));
            context.advance(PATIENCE);
            assertThat(bob.sent).containsExactly(graft(false, range(other, 745, 1_000)));
        }

        @Test
        void another_newcomer_that_knows_nothing_does_not_say_what_is_past() {
            neighbours(ann, bob);
            frame(ann, digest());
            frame(bob, digest(seen(other, 50, 60)));
            context.advance(PATIENCE);
            assertThat(bob.sent).isEmpty();
        }

        @Test
        void an_old_member_takes_all_that_is_kept() {
            context.advance(30 * SECOND);
            neighbours(ann, bob);
            frame(bob, digest(seen(other, 50, 60)));
            context.advance(PATIENCE);
            assertThat(bob.sent).containsExactly(graft(false, range(other, 50, 60)));
        }

        @Test
        void an_old_member_is_told_that_it_misses_what_is_kept_from_before_the_first_that_it_heard() {
            context.advance(30 * SECOND);
            neighbours(ann, bob);
            receive(ann, other, 7, 1);
            frame(bob, digest(seen(other, 5, 7)));
            context.advance(10 * SECOND);
            assertThat(context.heard).containsExactly(new Missed(other, 5, 6), new Delivered(other, 7, 1, text(7)));
        }

        @Test
        void a_young_member_is_not_told_since_that_may_be_older_than_itself() {
            neighbours(ann, bob);
            receive(ann, other, 7, 1);
            frame(bob, digest(seen(other, 5, 7)));
            context.advance(10 * SECOND);
            assertThat(context.heard).containsExactly(new Delivered(other, 7, 1, text(7)));
        }

        @Test
        void more_than_may_be_asked_for_at_once_is_caught_up_with_step_by_step() {
            neighbours(ann, bob);
            receive(ann, 1);
            bob.takeSent();
            frame(bob, digest(seen(source, 1, 3_000)));
            long answered = 1;
            for (int i = 0; i < 200 && broadcast.stats().delivered() < 3_000; i++) {
                context.advance(SECOND / 10);
                for (Object sent : bob.takeSent()) {
                    if (sent instanceof io.chaski.core.internal.wire.TreeFrame.Graft graft) {
                        for (var range : graft.ranges()) {
                            for (long seq = range.from(); seq <= range.to(); seq++) {
                                receive(bob, seq);
                                answered++;
                            }
                        }
                    } else if (sent instanceof Digest digest && digest.replyWanted()) {
                        frame(bob, digest(seen(source, 1, 3_000)));
                    }
                }
            }
            assertThat(broadcast.stats().delivered()).isEqualTo(3_000);
            assertThat(answered).isEqualTo(3_000);
        }
    }

    @Nested
    class When_an_answer_is_wanted {
        @Test
        void it_is_given_at_most_ten_times_a_second() {
            neighbours(ann, bob);
            receive(ann, 1);
            Digest question = new Digest(topic.index(), true, List.of());
            for (int i = 0; i < 10; i++) {
                frame(bob, question);
            }
            assertThat(digestsOf(bob)).containsExactly(digest(seen(source, 1, 1)));
        }

        @Test
        void questions_that_come_too_soon_are_answered_once_when_a_tenth_of_a_second_has_passed() {
            neighbours(ann, bob);
            context.advance(SECOND);
            receive(ann, 1);
            Digest question = new Digest(topic.index(), true, List.of());
            frame(bob, question);
            bob.takeSent();
            receive(ann, 2);
            frame(bob, question);
            frame(bob, question);
            context.advance(SECOND / 10 - 1);
            assertThat(digestsOf(bob)).isEmpty();
            context.advance(1);
            assertThat(digestsOf(bob)).containsExactly(digest(seen(source, 1, 2)));
            context.advance(SECOND);
            assertThat(digestsOf(bob)).isEmpty();
        }

        @Test
        void nobody_is_answered_who_has_gone() {
            neighbours(ann, bob);
            receive(ann, 1);
            Digest question = new Digest(topic.index(), true, List.of());
            frame(bob, question);
            frame(bob, question);
            bob.takeSent();
            broadcast.onNeighbourDown(bob);
            context.advance(SECOND);
            assertThat(bob.sent).isEmpty();
        }
    }
}
