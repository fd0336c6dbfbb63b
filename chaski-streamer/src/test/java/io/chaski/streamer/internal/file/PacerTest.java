package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.file.FilePush;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PacerTest {

    private static final Manifest MANIFEST = new Manifest(Sha256.OF_NOTHING, 0, Sha256.OF_NOTHING);

    private final Pacer pacer = new Pacer();

    private static Announcement words(String text) {
        return new Announcement.Status(0, MANIFEST, FilePush.State.FAILED, "", text);
    }

    /** All that is said in this tick. */
    private List<String> said() {
        List<String> said = new ArrayList<>();
        for (Optional<Pacer.Next> next = pacer.next(); next.isPresent(); next = pacer.next()) {
            said.add(
                    next.get() instanceof Pacer.Next.Words words
                            ? ((Announcement.Status) words.announcement()).detail()
                            : next.get().toString());
        }
        return said;
    }

    @Test
    void so_much_is_said_between_two_ticks() {
        for (int i = 0; i <= Pacer.PER_TICK; i++) {
            pacer.say(i, words("m" + i));
        }
        assertThat(said()).hasSize(Pacer.PER_TICK);
        assertThat(said()).isEmpty();
        pacer.tick();
        assertThat(said()).containsExactly("m" + Pacer.PER_TICK);
    }

    @Test
    void answers_go_before_offers_and_of_one_push_the_latest_is_said() {
        pacer.offer(7);
        pacer.offer(7);
        pacer.say("push", words("accepted"));
        pacer.say("other", words("withdrawn"));
        pacer.say("push", words("completed"));

        assertThat(said()).containsExactly("withdrawn", "completed", "Offer[pushId=7]");
    }

    @Test
    void repeated_offers_take_no_place_of_answers_and_those_of_a_push_that_has_ended_are_not_said() {
        for (long push = 0; push < 10_000; push++) {
            pacer.offer(push);
        }
        for (int i = 0; i < Pacer.MAX_UNSAID; i++) {
            assertThat(pacer.say(i, words("m"))).isTrue();
        }
        assertThat(pacer.say("beyond", words("lost"))).isFalse();
        assertThat(pacer.say(0, words("later about the same"))).isTrue();
        int offers = 0;
        for (long push = 0; push < 9_999; push++) {
            pacer.forget(push);
        }
        for (int tick = 0; tick < 10_000; tick++) {
            offers += said().contains("Offer[pushId=9999]") ? 1 : 0;
            pacer.tick();
        }
        assertThat(offers).isEqualTo(1);
    }

    @Test
    void what_the_node_had_no_room_for_is_said_again_unless_there_is_something_later() {
        pacer.say("push", words("accepted"));
        Pacer.Next.Words words = (Pacer.Next.Words) pacer.next().orElseThrow();
        pacer.sayAgain(words);
        assertThat(said()).containsExactly("accepted");
        pacer.say("push", words("completed"));
        pacer.sayAgain(words);
        assertThat(said()).containsExactly("completed");
    }

    @Test
    void however_often_somebody_asks_offers_are_repeated_once_in_a_while() {
        long repeats = 0;
        assertThat(pacer.isRepeatDue(0)).as("nobody has asked").isFalse();
        for (long now = 0; now < 4 * Pacer.REPEATED_AFTER.toNanos(); now += 100_000_000) {
            pacer.askRepeat();
            repeats += pacer.isRepeatDue(now) ? 1 : 0;
        }
        assertThat(repeats).isEqualTo(4);
    }
}
