package io.chaski.streamer.internal.file;

import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.Peer;
import io.chaski.streamer.file.TestFiles;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows 92 to 103 of the hardening list, by a publisher that does what no honest one does. After each, nothing is left in the
 * directory, and the receiver takes an honest file.
 */
@ChaskiTest(
        nodes = {"bad", "receiver", "honest"},
        time = TimeMode.LOOPBACK)
class HostileFilesIT {

    private static final String TOPIC = "firmware";

    private static final FileOptions OPTIONS = FileOptions.builder()
            .keepFree(0, 0)
            .idleExpiry(Duration.ofSeconds(1))
            .build();

    @TempDir
    Path temp;

    private byte[] content;
    private FakeSource bad;
    private Peer receiver;
    private ChaskiNode badNode;
    private ChaskiNode receiverNode;
    private ChaskiNode honestNode;

    @BeforeEach
    void start(
            @Node("bad") ChaskiNode badNode,
            @Node("receiver") ChaskiNode receiverNode,
            @Node("honest") ChaskiNode honest)
            throws Exception {
        this.badNode = badNode;
        this.receiverNode = receiverNode;
        this.honestNode = honest;
        Path file = TestFiles.file(temp, "content", 3 * Manifest.MIN_CHUNK_BYTES + 17, 1);
        content = Files.readAllBytes(file);
        bad = new FakeSource(badNode, TOPIC, file);
    }

    private void receive(FileOptions options) throws Exception {
        receiver = new Peer(receiverNode, options, temp.resolve("in"));
        receiver.accepting(TOPIC, NameClash.REFUSE);
    }

    private void receive(FileOptions options, Disk disk) throws Exception {
        receiver = new Peer(temp.resolve("in"));
        new Exchange(receiverNode, options, disk)
                .acceptFiles(TOPIC, receiver.directory, FilePolicy.acceptAll(NameClash.REFUSE), receiver.events::add);
    }

    @AfterEach
    void an_honest_file_arrives_and_nothing_else_is_there() throws Exception {
        Path file = TestFiles.file(temp, "honest.bin", 1_000, 5);
        try (Peer honest = new Peer(honestNode, temp.resolve("honest"))) {
            var push = honest.files.pushFile(TOPIC, file);
            soon(() -> assertThat(receiver.names()).containsExactly("honest.bin"));
            push.close();
        }
        assertThat(receiver.directory.resolve("honest.bin")).hasSameBinaryContentAs(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../x", "/etc/passwd", "C:\\x", "a:b", "a\0b", "a\nb", "x.", "x ", "CON", ".x", "cafe\u0301"})
    void rows_92_to_96_a_bad_name_is_refused_and_nothing_is_asked_for(String name) throws Exception {
        receive(OPTIONS);
        bad.serve(bad.all(), bad::pieces);

        bad.offer(name);

        soon(() -> assertThat(receiver.refusals()).containsExactly(FileProblem.BAD_NAME));
        assertThat(receiver.events(FileEvent.Accepted.class)).isEmpty();
        assertThat(bad.streams).hasValue(0);
        assertThat(temp.resolve("x")).doesNotExist();
    }

    @Test
    void row_97_a_name_that_is_a_link_is_refused() throws Exception {
        Path outside = Files.writeString(temp.resolve("outside"), "old");
        Files.createDirectories(temp.resolve("in"));
        Path link = Files.createSymbolicLink(temp.resolve("in/f"), outside);
        receive(OPTIONS);
        bad.serve(bad.all(), bad::pieces);

        bad.offer("f");

        soon(() -> assertThat(receiver.refusals()).containsExactly(FileProblem.EXISTS));
        assertThat(outside).hasContent("old");
        Files.delete(link);
    }

    static List<Arguments> lies() {
        return List.of(
                lie(
                        "98 a chunk that is longer",
                        (source, chunk) -> List.of(
                                new PullMessage.Piece(chunk, 0, ByteBuffer.allocate(Manifest.MIN_CHUNK_BYTES + 1)))),
                lie(
                        "98 pieces that never end",
                        (source, chunk) -> List.of(
                                new PullMessage.Piece(chunk, 0, ByteBuffer.allocate(17)),
                                new PullMessage.Piece(chunk, 17, ByteBuffer.allocate(900_000)))),
                lie(
                        "99 pieces out of order",
                        (source, chunk) -> List.of(source.pieces(chunk).get(chunk == 3 ? 0 : 1))),
                lie(
                        "99 a piece twice",
                        (source, chunk) -> List.of(
                                source.pieces(chunk).get(0),
                                source.pieces(chunk).get(0))),
                lie(
                        "99 pieces that overlap",
                        (source, chunk) -> List.of(source.piece(chunk, 0, 10), source.piece(chunk, 5, 5))),
                lie("99 another chunk", (source, chunk) -> source.pieces((chunk + 1) % 4)),
                lie("99 an empty piece", (source, chunk) -> List.of(source.piece(chunk, 0, 0))),
                lie(
                        "100 another content",
                        (source, chunk) -> List.of(new PullMessage.Piece(
                                chunk,
                                0,
                                ByteBuffer.allocate(source.hashed.manifest().length(chunk))))),
                lie("100 a request", (source, chunk) -> List.of(new PullMessage.Get(1))));
    }

    private static Arguments lie(String what, BiFunction<FakeSource, Integer, List<PullMessage>> answers) {
        return Arguments.of(what, answers);
    }

    @ParameterizedTest(name = "row {0}")
    @MethodSource("lies")
    void rows_98_to_100_a_source_that_lies_is_found_out(
            String what, BiFunction<FakeSource, Integer, List<PullMessage>> answers) throws Exception {
        receive(OPTIONS);
        bad.serve(bad.all(), chunk -> answers.apply(bad, chunk));

        bad.offer("f");

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.HASH_MISMATCH));
        assertThat(receiver.names()).isEmpty();
    }

    @Test
    void row_98_a_list_of_chunks_that_is_not_the_announced_one_is_a_lie() throws Exception {
        receive(OPTIONS);
        bad.serve(bad.all(), bad::pieces);
        Manifest manifest = bad.hashed.manifest();

        bad.offer(7, new Manifest(manifest.hash(), 10 * manifest.size(), manifest.listHash()), "f");

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.HASH_MISMATCH));
        assertThat(receiver.names()).isEmpty();
    }

    @Test
    void row_100_a_whole_that_is_not_what_its_chunks_are_never_gets_its_name() throws Exception {
        receive(OPTIONS);
        bad.serve(bad.all(), bad::pieces);
        Manifest manifest = bad.hashed.manifest();

        bad.offer(7, new Manifest(Sha256.OF_NOTHING, manifest.size(), manifest.listHash()), "f");

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.HASH_MISMATCH));
        assertThat(receiver.names()).isEmpty();
    }

    @Test
    void row_101_a_sender_that_vanishes_in_the_middle() throws Exception {
        receive(OPTIONS);
        bad.serve(bad.all(), chunk -> {
            if (chunk != 0) {
                return bad.pieces(chunk);
            }
            badNode.close();
            return List.of();
        });

        bad.offer("f");

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.IDLE));
        assertThat(receiver.names()).isEmpty();
    }

    @Test
    void row_102_a_disk_that_gets_full_in_the_middle() throws Exception {
        FullDisk disk = new FullDisk(100_000);
        receive(OPTIONS, disk);
        bad.serve(bad.all(), bad::pieces);

        bad.offer("f");

        // Perhaps more than once: an offer that is repeated is tried again, in case there is room by then.
        soon(() -> assertThat(receiver.failures()).isNotEmpty().containsOnly(FileProblem.NO_SPACE));
        bad.stop();
        soon(() -> assertThat(receiver.names()).isEmpty());
        disk.leftBytes.set(Long.MAX_VALUE);
    }

    @Test
    void row_102_a_file_that_does_not_fit_the_quota() throws Exception {
        receive(FileOptions.builder()
                .keepFree(0, 0)
                .directoryQuota(content.length - 1)
                .build());

        bad.offer("f");

        soon(() -> assertThat(receiver.refusals()).containsExactly(FileProblem.QUOTA_EXCEEDED));
    }

    @Test
    void row_102_a_file_that_would_take_the_disk_below_its_floor() throws Exception {
        FullDisk disk = new FullDisk(Long.MAX_VALUE);
        disk.usableBytes = 1_000_000;
        FileOptions options = FileOptions.builder().keepFree(500_000, 0).build();
        receive(options, disk);

        bad.offer("f");

        soon(() -> assertThat(receiver.refusals()).containsExactly(FileProblem.NO_SPACE));
    }

    @ParameterizedTest(name = "of which {0} bytes come")
    @ValueSource(ints = {0, 1})
    void row_103_files_that_never_end_are_limited_and_expire(int bytes) throws Exception {
        receive(FileOptions.builder()
                .keepFree(0, 0)
                .transfersPerPeer(4)
                .waiting(0)
                .idleExpiry(Duration.ofSeconds(1))
                .build());
        Path small = TestFiles.file(temp, "small", 1_000, 2);
        FakeSource slow = new FakeSource(badNode, TOPIC, small);
        slow.serve(slow.all(), chunk -> bytes == 0 ? List.of() : List.of(slow.piece(chunk, 0, bytes)));

        for (int i = 0; i < 5; i++) {
            slow.offer(i, slow.hashed.manifest(), "f" + i);
        }

        // Perhaps again later: there may be room by then.
        soon(() -> assertThat(receiver.refusals()).isNotEmpty().containsOnly(FileProblem.LIMIT));
        soon(() ->
                assertThat(receiver.failures()).hasSizeGreaterThanOrEqualTo(4).containsOnly(FileProblem.IDLE));
        slow.stop();
        soon(() -> assertThat(receiver.names()).isEmpty());
    }

    @Test
    void a_liar_does_not_keep_an_honest_source_from_giving_the_file() throws Exception {
        receiver = new Peer(receiverNode, temp.resolve("in"));
        receiver.accepting(
                TOPIC,
                offer -> offer.name().equals("f") ? FileDecision.accept() : FileDecision.accept(NameClash.REPLACE));
        bad.serve(
                bad.all(),
                chunk -> List.of(new PullMessage.Piece(
                        chunk, 0, ByteBuffer.allocate(bad.hashed.manifest().length(chunk)))));
        bad.offer("f");
        soon(() -> assertThat(bad.streams).hasValue(1));

        FakeSource good = new FakeSource(honestNode, TOPIC, temp.resolve("content"));
        good.serve(good.all(), good::pieces);
        good.offer("f");

        soon(() -> assertThat(receiver.completed()).hasSize(1));
        assertThat(receiver.directory.resolve("f")).hasBinaryContent(content);
        assertThat(bad.streams).as("streams to the liar").hasValue(1);
        Files.delete(receiver.directory.resolve("f"));
        good.stop();
    }

    @Test
    void row_98_a_false_claim_about_a_hash_does_not_spoil_the_honest_offer_of_it() throws Exception {
        receive(OPTIONS);
        FakeSource good = new FakeSource(honestNode, TOPIC, temp.resolve("content"));
        good.serve(good.all(), good::pieces);
        bad.serve(bad.all(), bad::pieces);
        Manifest manifest = bad.hashed.manifest();

        bad.offer(7, new Manifest(manifest.hash(), 10 * manifest.size(), manifest.listHash()), "f");
        soon(() -> assertThat(receiver.events(FileEvent.Accepted.class)).hasSize(1));
        good.offer("f");

        soon(() -> assertThat(receiver.completed()).hasSize(1));
        assertThat(receiver.directory.resolve("f")).hasBinaryContent(content);
        assertThat(receiver.completed().get(0).offer().sender()).isEqualTo(honestNode.id());
        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.HASH_MISMATCH));
        Files.delete(receiver.directory.resolve("f"));
        good.stop();
    }

    @Test
    void two_sources_that_have_a_half_each_give_the_whole() throws Exception {
        receive(FileOptions.builder().keepFree(0, 0).build());
        BitSet even = new BitSet();
        even.set(0);
        even.set(2);
        BitSet odd = new BitSet();
        odd.set(1);
        odd.set(3);
        FakeSource other = new FakeSource(honestNode, TOPIC, temp.resolve("content"));
        bad.serve(even, bad::pieces);
        other.serve(odd, other::pieces);
        bad.offer("f");
        other.offer("f");

        soon(() -> assertThat(receiver.completed()).hasSize(1));
        assertThat(receiver.completed().get(0).fetchedBytes()).isEqualTo(content.length);
        assertThat(receiver.directory.resolve("f")).hasBinaryContent(content);
        Files.delete(receiver.directory.resolve("f"));
        other.stop();
    }

    /** A disk that is full when the test says so. */
    private static final class FullDisk extends Disk {
        private final AtomicLong leftBytes;
        private volatile long usableBytes = 1L << 40;

        private FullDisk(long leftBytes) {
            this.leftBytes = new AtomicLong(leftBytes);
        }

        @Override
        long usableBytes(Path directory) {
            return usableBytes;
        }

        @Override
        void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
            if (leftBytes.addAndGet(-bytes.remaining()) < 0) {
                throw new IOException("No space left on device");
            }
            super.write(channel, bytes, position);
        }
    }
}
