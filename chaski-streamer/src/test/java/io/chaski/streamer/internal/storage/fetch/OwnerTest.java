package io.chaski.streamer.internal.storage.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.StorageException;
import io.chaski.streamer.internal.fake.FakeStream;
import io.chaski.streamer.internal.storage.StoredEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Streams that this end never sees closed: whoever has his answer asks again before that. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OwnerTest {

    private static final NodeId ASKER = new NodeId(1, 1);
    private static final int PLACES_OF_A_PEER = 4;
    private static final int MORE_THAN_AT_ONCE = 10;

    /** Of answers of which all is said. */
    private static final int SAID_OF_A_PEER = 16;

    private static final int LAST_PIECE_BYTES = 10;

    private final Entries entries = new Entries();
    private final Owner owner = new Owner(entries, (node, key, access) -> true);

    /** Long: more than a piece; empty: nothing in it; all others are not there. */
    private static final class Entries implements SharedEntries {
        private int removals;
        private @Nullable StorageException problem;

        @Override
        public @Nullable StoredEntry find(String key) {
            return switch (key) {
                case "long" -> entry(EntryProtocol.PIECE_BYTES + LAST_PIECE_BYTES);
                case "empty" -> entry(0);
                default -> null;
            };
        }

        private static StoredEntry entry(int bytes) {
            return new StoredEntry("text/plain", new byte[bytes], StoredEntry.NEVER);
        }

        @Override
        public long remainingMillis(StoredEntry entry) {
            return StoredEntry.NEVER;
        }

        @Override
        public boolean remove(String key, StoredEntry entry) {
            removals++;
            if (problem != null) {
                throw problem;
            }
            return true;
        }
    }

    private static FakeStream toCopy(String key) {
        return new FakeStream(ASKER, Map.of(EntryProtocol.KEY_HEADER, key), Duration.ofMinutes(1));
    }

    private static FakeStream toTake(String key) {
        Map<String, String> headers = Map.of(EntryProtocol.KEY_HEADER, key, EntryProtocol.TAKE_HEADER, "");
        return new FakeStream(ASKER, headers, Duration.ofMinutes(1));
    }

    @Test
    void who_has_his_copy_may_ask_again() {
        for (int i = 0; i < MORE_THAN_AT_ONCE; i++) {
            FakeStream stream = toCopy("long");
            owner.onStream(stream).onMessage(stream, EntryProtocol.wanted());

            assertThat(stream.resets).isEmpty();
            assertThat(stream.sent)
                    .hasSize(3)
                    .last(InstanceOfAssertFactories.BYTE_ARRAY)
                    .hasSize(LAST_PIECE_BYTES);
            assertThat(stream.isEnded).isTrue();
        }
    }

    @Test
    void who_has_his_copy_of_nothing_may_ask_again() {
        for (int i = 0; i < MORE_THAN_AT_ONCE; i++) {
            FakeStream stream = toCopy("empty");
            owner.onStream(stream).onMessage(stream, EntryProtocol.wanted());

            assertThat(stream.resets).isEmpty();
            assertThat(stream.isEnded).isTrue();
        }
    }

    @Test
    void who_has_taken_may_ask_again() {
        for (int i = 0; i < MORE_THAN_AT_ONCE; i++) {
            FakeStream stream = toTake("long");
            StreamListener answer = owner.onStream(stream);
            answer.onMessage(stream, EntryProtocol.wanted());
            assertThat(stream.isEnded).isFalse();
            answer.onMessage(stream, EntryProtocol.arrived());

            assertThat(stream.resets).isEmpty();
            assertThat(stream.sent).last().isEqualTo(EntryProtocol.verdict(true));
            assertThat(stream.isEnded).isTrue();
        }
    }

    @Test
    void who_was_told_that_there_is_nothing_may_ask_again() {
        for (int i = 0; i < MORE_THAN_AT_ONCE; i++) {
            FakeStream stream = toCopy("not there");
            owner.onStream(stream);

            assertThat(stream.resets).isEmpty();
            assertThat(stream.sent).containsExactly(EntryProtocol.NOTHING);
        }
    }

    @Test
    void who_keeps_four_answers_waiting_gets_no_fifth() {
        for (int i = 0; i < PLACES_OF_A_PEER; i++) {
            FakeStream stream = toCopy("long");
            owner.onStream(stream);
            assertThat(stream.resets).isEmpty();
        }
        FakeStream fifth = toCopy("long");
        owner.onStream(fifth);

        assertThat(fifth.resets).containsExactly(StreamCode.LIMIT);
    }

    /** Whoever reads nothing holds what was said, which is in memory until the stream has closed. */
    @Test
    void who_never_takes_what_was_said_gets_no_more_in_the_end() {
        for (int i = 0; i < SAID_OF_A_PEER + PLACES_OF_A_PEER; i++) {
            FakeStream stream = toCopy("long");
            owner.onStream(stream).onMessage(stream, EntryProtocol.wanted());
            assertThat(stream.resets).isEmpty();
        }
        FakeStream oneMore = toCopy("long");
        owner.onStream(oneMore);

        assertThat(oneMore.resets).containsExactly(StreamCode.LIMIT);
    }

    @Test
    void all_places_come_back_with_the_ends_of_the_streams() {
        for (int i = 0; i < 3 * (SAID_OF_A_PEER + PLACES_OF_A_PEER); i++) {
            FakeStream stream = toCopy("long");
            StreamListener answer = owner.onStream(stream);
            assertThat(stream.resets).isEmpty();
            if (i % 2 == 0) {
                answer.onMessage(stream, EntryProtocol.wanted());
            }
            stream.closed.complete(null);
        }
    }

    @Test
    void what_could_not_be_removed_is_not_tried_again() {
        entries.problem = new StorageException(StorageException.Problem.FAILED, Path.of("entry"), "full", null);
        FakeStream stream = toTake("long");
        StreamListener answer = owner.onStream(stream);
        answer.onMessage(stream, EntryProtocol.wanted());
        answer.onMessage(stream, EntryProtocol.arrived());
        answer.onMessage(stream, EntryProtocol.arrived());

        assertThat(entries.removals).isOne();
        assertThat(stream.resets).containsExactly(StreamCode.INTERNAL, StreamCode.APPLICATION);
    }

    @Test
    void the_last_piece_is_sent_once() {
        FakeStream stream = toCopy("long");
        StreamListener answer = owner.onStream(stream);
        answer.onMessage(stream, EntryProtocol.wanted());
        answer.onWritable(stream);
        answer.onMessage(stream, EntryProtocol.wanted());

        assertThat(stream.sent).hasSize(3);
        assertThat(stream.resets).containsExactly(StreamCode.APPLICATION);
    }
}
