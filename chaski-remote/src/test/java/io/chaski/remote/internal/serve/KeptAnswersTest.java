package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KeptAnswersTest {

    private final KeptAnswers kept = new KeptAnswers();
    private final List<KeptAnswers.Link> links = new ArrayList<>();

    @BeforeEach
    void keepFour() {
        for (int i = 0; i < 4; i++) {
            KeptAnswers.Link link = new KeptAnswers.Link();
            links.add(link);
            kept.add(link, 1 << i);
        }
    }

    /** Takes out whatever ended first, one after the other; those that are left by their place. */
    private List<Integer> takeAll() {
        List<Integer> taken = new ArrayList<>();
        for (KeptAnswers.Link next = kept.oldest(); next != null; next = kept.oldest()) {
            taken.add(links.indexOf(next));
            kept.remove(next);
        }
        assertThat(kept.bytes()).isZero();
        return taken;
    }

    @Test
    void come_out_in_the_order_in_which_they_ended() {
        assertThat(kept.bytes()).isEqualTo(15);
        assertThat(takeAll()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void leave_from_the_middle() {
        kept.remove(links.get(1));
        kept.remove(links.get(2));
        assertThat(kept.bytes()).isEqualTo(9);
        assertThat(takeAll()).containsExactly(0, 3);
    }

    @Test
    void leave_from_either_end_and_others_join_behind() {
        kept.remove(links.get(3));
        kept.remove(links.get(0));
        KeptAnswers.Link late = new KeptAnswers.Link();
        links.add(late);
        kept.add(late, 100);
        assertThat(kept.bytes()).isEqualTo(106);
        assertThat(takeAll()).containsExactly(1, 2, 4);
    }

    @Test
    void leave_once_and_may_come_again() {
        kept.remove(links.get(1));
        kept.remove(links.get(1));
        kept.add(links.get(1), 2);
        assertThat(takeAll()).containsExactly(0, 2, 3, 1);
    }
}
