package io.chaski.remote.internal.directory;

import static io.chaski.remote.internal.directory.DirectoryFixture.BOB;
import static io.chaski.remote.internal.directory.DirectoryFixture.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What did not leave the node, because it takes no messages for a while. */
class UnsaidTest {

    private final DirectoryFixture node = new DirectoryFixture();

    private void refuse(Announcement announcement) {
        node.protocol.onUnsaid(announcement, node.nowNanos);
        node.protocol.onTime(node.nowNanos);
    }

    @Test
    void a_question_to_everybody_is_asked_again_after_a_second() {
        node.neighbours(1);
        Announcement.Ask everybody = new Announcement.Ask(List.of());
        assertThat(node.takeSaid()).containsExactly(everybody);
        refuse(everybody);
        assertThat(node.takeSaid()).isEmpty();
        node.advance(Limits.ASK_PACE);
        assertThat(node.takeSaid()).containsExactly(everybody);
    }

    @Test
    void a_question_to_some_is_asked_again_after_a_second_and_only_while_it_is_open() {
        node.neighbours(1);
        node.advance(Limits.ASK_PACE);
        node.takeSaid();
        node.hear(BOB, 1, new Announcement.Here(5));
        Announcement.Ask bob = new Announcement.Ask(List.of(BOB));
        assertThat(node.takeSaid()).containsExactly(bob);
        refuse(new Announcement.Ask(List.of(BOB, CAROL)));
        node.advance(Limits.ASK_PACE);
        assertThat(node.takeSaid()).containsExactly(bob);
        node.hearListing(BOB, 1, 5, "a");
        refuse(bob);
        node.advance(Limits.ASK_PACE);
        assertThat(node.takeSaid()).isEmpty();
    }

    @Test
    void a_record_is_said_again_as_a_whole_and_a_goodbye_is_not() {
        node.neighbours(1);
        node.serve("a");
        node.takeSaid();
        refuse(new Announcement.Here(1));
        node.advance(Limits.REPEATED_AFTER.plus(Duration.ofMillis(1)));
        assertThat(node.takeSaid())
                .hasOnlyElementsOfType(Announcement.Listing.class)
                .hasSize(1);
        refuse(new Announcement.Goodbye(2));
        node.advance(Limits.REPEATED_AFTER.plus(Duration.ofMillis(1)));
        assertThat(node.takeSaid()).isEmpty();
    }
}
