package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Good and bad histories, written by hand: what the model lets pass, and what it finds. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicModelTest {

    private static final Source ALICE = new Source(new NodeId(1, 1), 1);
    private static final Source BOB = new Source(new NodeId(2, 2), 1);
    private static final int BODY_BYTES = 900;

    /** The last three messages must be there. */
    private final TopicModel model = new TopicModel(3_100);

    private static KeptMessage message(long sequence) {
        return message(sequence, 0);
    }

    private static KeptMessage message(long sequence, int content) {
        byte[] body = new byte[BODY_BYTES];
        body[0] = (byte) content;
        return KeptMessage.of(ALICE, sequence, new HybridTimestamp(sequence, 0), body);
    }

    private void answered(LogEntry entry, Appended answer) {
        model.onAsked(entry);
        model.onAnswered(entry, answer);
    }

    private void stored(long... sequences) {
        for (long sequence : sequences) {
            answered(message(sequence), Appended.STORED);
        }
    }

    private static StoreView view(Sequences trimmed, long... sequences) {
        List<KeptMessage> messages = new ArrayList<>();
        Sequences kept = Sequences.NONE;
        for (long sequence : sequences) {
            messages.add(message(sequence));
            kept = kept.plus(sequence, sequence);
        }
        return view(messages, new Holding(kept, trimmed));
    }

    private static StoreView view(List<KeptMessage> history, Holding holding) {
        List<KeptMessage> bySequence = new ArrayList<>(history);
        bySequence.sort(Comparator.comparingLong(KeptMessage::sequence));
        return new StoreView(history, Map.of(ALICE, bySequence), Map.of(ALICE, holding), Map.of());
    }

    private String violation(StoreView view) {
        List<String> violations = model.violations(view);
        assertThat(violations).hasSize(1);
        return violations.get(0);
    }

    @Nested
    class Messages {

        @Test
        void that_were_acknowledged_are_there() {
            stored(1, 2, 3);
            assertThat(model.violations(view(Sequences.NONE, 1, 2, 3))).isEmpty();
            assertThat(violation(view(Sequences.NONE, 1, 3))).isEqualTo("lost: " + message(2));
            assertThat(violation(view(Sequences.of(1, 1), 2, 3))).isEqualTo("lost: " + message(1));
        }

        @Test
        void that_are_old_may_be_given_up_if_that_is_said() {
            stored(1, 2, 3, 4, 5);
            assertThat(model.violations(view(Sequences.of(1, 2), 3, 4, 5))).isEmpty();
            assertThat(violation(view(Sequences.of(1, 1), 3, 4, 5)))
                    .isEqualTo("gone and not said to be: " + message(2));
        }

        /** Its first acknowledgement was lost with the process. */
        @Test
        void that_were_there_before_they_were_acknowledged_may_be_old() {
            stored(2, 3, 4);
            answered(message(1), Appended.DUPLICATE);
            assertThat(model.violations(view(Sequences.of(1, 1), 2, 3, 4))).isEmpty();
            assertThat(violation(view(Sequences.NONE, 2, 3, 4))).isEqualTo("gone and not said to be: " + message(1));
        }

        @Test
        void that_were_asked_for_may_be_there() {
            model.onAsked(message(1));
            assertThat(model.violations(view(Sequences.NONE))).isEmpty();
            assertThat(model.violations(view(Sequences.NONE, 1))).isEmpty();
            assertThat(violation(view(Sequences.NONE, 2))).isEqualTo("never asked for, or refused: " + message(2));
        }

        @Test
        void that_were_refused_are_not_there() {
            model.onAsked(message(1));
            model.onRefused(message(1));
            stored(2);
            answered(message(2, 1), Appended.CONFLICT);
            assertThat(model.violations(view(Sequences.NONE, 2))).isEmpty();
            assertThat(violation(view(Sequences.NONE, 1, 2))).isEqualTo("never asked for, or refused: " + message(1));
            Holding holding = new Holding(Sequences.of(2, 2), Sequences.NONE);
            assertThat(model.violations(view(List.of(message(2, 1)), holding)))
                    .containsExactly("lost: " + message(2), "never asked for, or refused: " + message(2, 1));
        }

        @Test
        void are_there_once_and_in_order() {
            stored(1, 2);
            Holding holding = new Holding(Sequences.of(1, 2), Sequences.NONE);
            assertThat(model.violations(view(List.of(message(1), message(2), message(2)), holding)))
                    .contains("twice: " + message(2));
            assertThat(violation(view(List.of(message(2), message(1)), holding)))
                    .isEqualTo("the history is out of order");
            Holding wrong = new Holding(Sequences.of(1, 3), Sequences.NONE);
            assertThat(violation(view(List.of(message(1), message(2)), wrong)))
                    .isEqualTo(ALICE + ": the store says that it has [1-3]");
            StoreView fewer = new StoreView(
                    List.of(message(1), message(2)),
                    Map.of(ALICE, List.of(message(2))),
                    Map.of(ALICE, holding),
                    Map.of());
            assertThat(model.violations(fewer)).contains(ALICE + ": read by sequence it is not what the history has");
        }
    }

    @Nested
    class Cursors {

        private boolean mayBe(Map<String, Map<Source, Long>> cursors) {
            StoreView view = new StoreView(List.of(), Map.of(), Map.of(), new TreeMap<>(cursors));
            return model.violations(view).isEmpty();
        }

        private LogEntry move(Source source, long sequence) {
            return new CursorMove("screen", source, sequence);
        }

        @Test
        void are_where_they_were_moved_to_and_never_back() {
            answered(move(ALICE, 5), Appended.STORED);
            answered(move(ALICE, 3), Appended.STORED);
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 5L)))).isTrue();
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 3L)))).isFalse();
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 6L)))).isFalse();
            assertThat(mayBe(Map.of())).isFalse();
        }

        @Test
        void under_way_have_moved_or_not() {
            answered(move(ALICE, 5), Appended.STORED);
            model.onAsked(move(ALICE, 7));
            model.onAsked(new ConsumerEnd("screen"));
            model.onAsked(move(BOB, 1));
            model.onRefused(move(BOB, 1));
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 5L)))).isTrue();
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 7L)))).isTrue();
            assertThat(mayBe(Map.of())).isTrue();
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 6L)))).isFalse();
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 5L, BOB, 1L)))).isFalse();
        }

        @Test
        void that_are_forgotten_do_not_come_back() {
            answered(move(ALICE, 5), Appended.STORED);
            answered(move(BOB, 5), Appended.STORED);
            answered(move(BOB, 0), Appended.STORED);
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 5L)))).isTrue();
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 5L, BOB, 5L)))).isFalse();
            answered(new ConsumerEnd("screen"), Appended.STORED);
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 5L)))).isFalse();
            answered(move(ALICE, 2), Appended.STORED);
            assertThat(mayBe(Map.of("screen", Map.of(ALICE, 2L)))).isTrue();
        }
    }
}
