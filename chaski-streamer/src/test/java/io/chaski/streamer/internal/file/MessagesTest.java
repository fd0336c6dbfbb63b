package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.streamer.file.FilePush;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessagesTest {

    private static final Sha256 HASH = Sha256.of(new byte[] {1});
    private static final Manifest MANIFEST = new Manifest(HASH, 10L << 20, Sha256.of(new byte[] {2}));

    static List<Announcement> announcements() {
        return List.of(
                new Announcement.Offer(7, MANIFEST, "d/f é.bin", Map.of("size", "10")),
                new Announcement.Status(-1, MANIFEST, FilePush.State.REFUSED, "NO_SPACE", "full"),
                Announcement.Status.of(1, MANIFEST, FilePush.State.COMPLETED),
                new Announcement.Ask(),
                new Announcement.Want(MANIFEST),
                new Announcement.Have(MANIFEST),
                new Announcement.Withdraw(Long.MIN_VALUE));
    }

    static List<PullMessage> pullMessages() {
        BitSet some = new BitSet();
        some.set(3, 9);
        return List.of(
                new PullMessage.Which(MANIFEST, true),
                new PullMessage.Get(31_999),
                new PullMessage.AskBook(),
                PullMessage.Book.of(MANIFEST, some),
                new PullMessage.ChunkHashes(ByteBuffer.wrap(new byte[64])),
                new PullMessage.Piece(1, 2, ByteBuffer.wrap(new byte[] {3, 4})),
                new PullMessage.Lacks(5));
    }

    @ParameterizedTest
    @MethodSource("announcements")
    void an_announcement_is_read_as_it_was_written(Announcement announcement) {
        assertThat(Announcement.decode(announcement.encode())).contains(announcement);
    }

    @ParameterizedTest
    @MethodSource("announcements")
    void an_announcement_that_is_cut_or_too_long_is_malformed(Announcement announcement) {
        byte[] message = announcement.encode();
        for (int length = 0; length < message.length; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            assertThatIllegalArgumentException().isThrownBy(() -> Announcement.decode(cut));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Announcement.decode(Arrays.copyOf(message, message.length + 1)));
    }

    @ParameterizedTest
    @MethodSource("announcements")
    void a_mutated_announcement_is_read_or_malformed_and_nothing_else(Announcement announcement) {
        Random random = new Random(1);
        int malformed = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] message = announcement.encode();
            message[random.nextInt(message.length)] = (byte) random.nextInt();
            message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(Announcement.decode(message)).isNotNull();
            } catch (IllegalArgumentException expected) {
                malformed++;
            }
        }
        assertThat(malformed).isBetween(1, 1_999);
    }

    @Test
    void an_announcement_of_a_later_version_is_none() {
        assertThat(Announcement.decode(new byte[] {99, 1, 2})).isEmpty();
    }

    @Test
    void what_is_too_much_is_malformed() {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < 33; i++) {
            pairs.put("k" + i, "");
        }
        byte[] many = new Announcement.Offer(7, MANIFEST, "f", pairs).encode();
        byte[] large = new Announcement.Offer(7, MANIFEST, "f", Map.of("k", "v".repeat(4_097))).encode();
        byte[] name = new Announcement.Offer(7, MANIFEST, "n".repeat(4_097), Map.of()).encode();
        for (byte[] message : List.of(many, large, name)) {
            assertThatIllegalArgumentException().isThrownBy(() -> Announcement.decode(message));
        }
    }

    @Test
    void a_detail_is_cut_by_who_sends_it() {
        Announcement.Status status =
                new Announcement.Status(1, MANIFEST, FilePush.State.REFUSED, "REFUSED", "é".repeat(1_000));

        assertThat(Announcement.decode(status.encode()))
                .contains(new Announcement.Status(1, MANIFEST, FilePush.State.REFUSED, "REFUSED", "é".repeat(256)));
    }

    @ParameterizedTest
    @MethodSource("pullMessages")
    void a_message_of_a_stream_is_read_as_it_was_written(PullMessage message) {
        assertThat(PullMessage.decode(message.encode())).isEqualTo(message);
    }

    @Test
    void a_piece_is_one_frame() {
        byte[] message = PullMessage.piece(7, 8, PullMessage.MAX_PIECE_BYTES);

        assertThat(message).hasSize(64 << 10);
        assertThat(PullMessage.decode(message))
                .isEqualTo(new PullMessage.Piece(7, 8, ByteBuffer.allocate(PullMessage.MAX_PIECE_BYTES)));
    }

    @Test
    void a_book_never_names_a_chunk_that_the_file_does_not_have() {
        BitSet all = new BitSet();
        all.set(0, 200);
        PullMessage.Book lie = new PullMessage.Book(false, ByteBuffer.wrap(all.toByteArray()));

        assertThat(lie.of(MANIFEST).cardinality()).isEqualTo(40);
        assertThat(new PullMessage.Book(true, ByteBuffer.allocate(0))
                        .of(MANIFEST)
                        .cardinality())
                .isEqualTo(40);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PullMessage.decode(new PullMessage.Book(false, ByteBuffer.allocate(5_000)).encode()));
    }

    @Test
    void shared_files_are_listed_as_far_as_they_fit_and_bad_names_are_left_out() {
        ShareMessage.Found good = new ShareMessage.Found("a/b", MANIFEST);
        ShareMessage.Found bad = new ShareMessage.Found("../b", MANIFEST);
        List<ShareMessage.Found> many = Collections.nCopies(5_000, new ShareMessage.Found("n".repeat(250), MANIFEST));

        assertThat(ShareMessage.answered(ShareMessage.answer(List.of(good, bad))))
                .containsExactly(good);
        byte[] answer = ShareMessage.answer(many);
        assertThat(answer).hasSizeLessThanOrEqualTo(1 << 20);
        assertThat(ShareMessage.answered(answer)).hasSizeGreaterThan(3_000);
        assertThat(ShareMessage.question(ShareMessage.who(HASH))).isEqualTo(new ShareMessage.Who(HASH));
        assertThat(ShareMessage.question(ShareMessage.find(new Wildcard("*.txt"))))
                .isEqualTo(new ShareMessage.Find(new Wildcard("*.txt")));
    }

    @Test
    void wildcards() {
        assertThat(new Wildcard("*").matches("a/b.txt")).isTrue();
        assertThat(new Wildcard("*.txt").matches("a/b.txt")).isTrue();
        assertThat(new Wildcard("b?txt").matches("a/b.txt")).isTrue();
        assertThat(new Wildcard("a/*").matches("a/b.txt")).isTrue();
        assertThat(new Wildcard("c/*").matches("a/b.txt")).isFalse();
        assertThat(new Wildcard("b.tx").matches("a/b.txt")).isFalse();
        assertThat(new Wildcard("?").matches("")).isFalse();
        assertThat(new Wildcard("*a".repeat(500)).matches("a".repeat(499) + "b"))
                .isFalse();
    }
}
