package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FilePush;
import org.junit.jupiter.api.Test;

class AnswersTest {

    private static final NodeId SENDER = new NodeId(0, 1);
    private static final Destination.Push PUSH = new Destination.Push(SENDER, 7);
    private static final Manifest MANIFEST = new Manifest(Sha256.OF_NOTHING, 0, Sha256.OF_NOTHING);
    private static final Answers.Answer COMPLETED = new Answers.Answer(MANIFEST, FilePush.State.COMPLETED, "", "");
    private static final Answers.Answer FULL = new Answers.Answer(MANIFEST, FilePush.State.FAILED, "NO_SPACE", "");
    private static final long REST = Answers.FIRST_REST.toNanos();
    private static final long AGAIN = Answers.SAID_AGAIN_AFTER.toNanos();

    private final Answers answers = new Answers();

    @Test
    void an_offer_that_is_repeated_is_answered_again_but_not_at_once() {
        answers.settle(PUSH, COMPLETED, 0);

        assertThat(answers.isAnswered(PUSH, Long.MAX_VALUE)).isTrue();
        assertThat(answers.again(PUSH, AGAIN - 1)).isEmpty();
        assertThat(answers.again(PUSH, AGAIN)).contains(COMPLETED);
        assertThat(answers.again(PUSH, AGAIN + 1)).isEmpty();
        assertThat(answers.hasRested(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void what_has_failed_is_looked_at_again_after_longer_and_longer_rests_each_of_which_is_told_once() {
        long now = 0;
        for (long rest : new long[] {1, 2, 4, 8, 16, 32, 64, 64}) {
            answers.rest(PUSH, FULL, now);
            assertThat(answers.isAnswered(PUSH, now + rest * REST - 1)).isTrue();
            assertThat(answers.hasRested(now + rest * REST - 1)).isFalse();
            now += rest * REST;
            assertThat(answers.isAnswered(PUSH, now)).isFalse();
            assertThat(answers.hasRested(now)).isTrue();
            assertThat(answers.hasRested(now)).isFalse();
        }
    }

    @Test
    void a_sender_of_many_pushes_does_not_make_those_of_others_forgotten() {
        Destination.Push other = new Destination.Push(new NodeId(0, 2), 1);
        answers.settle(other, COMPLETED, 0);

        for (int i = 0; i <= Answers.MAX_ANSWERS; i++) {
            answers.settle(new Destination.Push(SENDER, i), COMPLETED, 0);
        }

        assertThat(answers.isAnswered(other, 0)).isTrue();
        assertThat(answers.isAnswered(new Destination.Push(SENDER, 0), 0)).isFalse();
        assertThat(answers.isAnswered(new Destination.Push(SENDER, Answers.MAX_ANSWERS), 0))
                .isTrue();
    }

    @Test
    void a_flood_of_senders_makes_the_most_silent_ones_forgotten() {
        answers.settle(PUSH, COMPLETED, 0);
        for (int i = 0; i < Answers.MAX_ANSWERS; i++) {
            answers.settle(new Destination.Push(new NodeId(9, i), 1), COMPLETED, 0);
        }

        assertThat(answers.isAnswered(PUSH, 0)).isFalse();
        assertThat(answers.isAnswered(new Destination.Push(new NodeId(9, 1), 1), 0))
                .isTrue();
    }
}
