package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What is counted of the time in which the ends of a link disagree. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DisagreementTest {

    @Test
    void begins_when_it_is_first_seen() {
        Disagreement begun = Disagreement.NEW.whileTalking(0);

        assertThat(begun.talkedNanos()).isZero();
        assertThat(begun.isTalking()).isTrue();
        assertThat(begun.whileTalking(4).whileTalking(9).talkedNanos()).isEqualTo(9);
    }

    /** A path that is blocked now and then does not set the clock back. */
    @Test
    void does_not_grow_while_they_cannot_talk_and_goes_on_afterwards() {
        Disagreement silent =
                Disagreement.NEW.whileTalking(100).whileTalking(106).whileSilent();

        assertThat(silent.isTalking()).isFalse();
        assertThat(silent.talkedNanos()).isEqualTo(6);
        assertThat(silent.whileSilent().whileTalking(500).whileTalking(504).talkedNanos())
                .isEqualTo(10);
    }

    @Test
    void that_began_while_they_could_not_talk_counts_from_when_they_can() {
        assertThat(Disagreement.NEW
                        .whileSilent()
                        .whileTalking(70)
                        .whileTalking(71)
                        .talkedNanos())
                .isEqualTo(1);
    }
}
