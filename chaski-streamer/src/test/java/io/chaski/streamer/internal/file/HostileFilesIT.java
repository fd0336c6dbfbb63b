package io.chaski.streamer.internal.file;

import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeSnapshot;
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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows 92 to 103 of the hardening list, by a publisher that does what no honest one does. At the end of each row nothing came
 * of it, see {@link #onlyCame}. What has to be waited for, because it expires, is done at once.
 */
@ChaskiTest(
        nodes = {"bad", "receiver", "honest"},
        time = TimeMode.LOOPBACK)
class HostileFilesIT {

    private static final String TOPIC = "firmware";

    private static FileOptions.Builder options() {
        return FileOptions.builder().keepFree(0, 0).idleExpiry(Duration.ofSeconds(1));
    }

    @TempDir
    Path temp;

    private byte[] content;
    private FakeSource bad;
    private Peer receiver;
    private WatchedDisk disk;
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
        receiver = new Peer(temp.resolve("in"));
        disk = new WatchedDisk(receiver.directory);
    }

    private void receive(FileOptions.Builder options, FilePolicy policy) {
        new Exchange(receiverNode, options.build(), disk)
                .acceptFiles(TOPIC, receiver.directory, policy, receiver.events::add);
    }

    private void receive(FileOptions.Builder options) {
        receive(options, FilePolicy.acceptAll(NameClash.REFUSE));
    }

    /**
     * The receiver still runs and takes an honest file; there is nothing else in its directory, nothing temporary either, and there
     * never was.
     *
     * @param names what may be there
     */
    private void onlyCame(String... names) throws Exception {
        Path file = TestFiles.file(temp, "honest.bin", 1_000, 5);
        List<String> all = new ArrayList<>(Arrays.asList(names));
        all.add("honest.bin");
        try (Peer honest = new Peer(honestNode, temp.resolve("honest"))) {
            var push = honest.files.pushFile(TOPIC, file);
            soon(() -> assertThat(receiver.names()).containsExactlyInAnyOrderElementsOf(all));
            push.close();
        }
        assertThat(receiver.directory.resolve("honest.bin")).hasSameBinaryContentAs(file);
        assertThat(disk.names()).as("names there have ever been").containsExactlyInAnyOrderElementsOf(all);
        assertThat(receiverNode.state()).isEqualTo(NodeSnapshot.State.RUNNING);
    }

    private Map<String, FileProblem> failures() {
        Map<String, FileProblem> failures = new HashMap<>();
        receiver.events(FileEvent.Failed.class)
                .forEach(failed -> failures.put(failed.offer().name(), failed.problem()));
        return failures;
    }

    private List<String> refused() {
        return receiver.events(FileEvent.Refused.class).stream()
                .map(refused -> refused.offer().name())
                .toList();
    }

    @Test
    void rows_92_to_96_a_bad_name_is_refused_and_nothing_is_asked_for() throws Exception {
        List<String> names = List.of(
                "../x",
                "/etc/passwd",
                "C:\\x",
                "\\\\srv\\s",
                "a:b",
                "a\0b",
                "a\nb",
                "x.",
                "x ",
                "CON",
                ".x",
                "a".repeat(256),
                "cafe\u0301");
        receive(options());
        bad.serve(bad.all(), bad::pieces);

        for (int i = 0; i < names.size(); i++) {
            bad.offer(i, bad.hashed.manifest(), names.get(i));
        }

        soon(() -> assertThat(receiver.refusals()).hasSize(names.size()).containsOnly(FileProblem.BAD_NAME));
        assertThat(receiver.events(FileEvent.Accepted.class)).isEmpty();
        assertThat(bad.streams).hasValue(0);
        assertThat(temp.resolve("x")).doesNotExist();
        bad.stop();
        onlyCame();
    }

    @Test
    void row_97_a_name_that_is_taken_is_refused_whatever_it_is() throws Exception {
        Path outside = Files.writeString(temp.resolve("outside"), "old");
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(receiver.directory.resolve("link"), outside);
        Path below = Files.createSymbolicLink(receiver.directory.resolve("below"), elsewhere);
        Path file = Files.writeString(receiver.directory.resolve("file"), "old");
        Path directory = Files.createDirectory(receiver.directory.resolve("directory"));
        Path pipe = receiver.directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        List<String> names = List.of("link", "below/f", "file", "directory", "pipe");
        receive(options());
        bad.serve(bad.all(), bad::pieces);

        for (int i = 0; i < names.size(); i++) {
            bad.offer(i, bad.hashed.manifest(), names.get(i));
        }

        soon(() -> assertThat(receiver.refusals()).hasSize(names.size()).containsOnly(FileProblem.EXISTS));
        bad.stop();
        onlyCame("link", "below", "file", "pipe");
        assertThat(outside).hasContent("old");
        assertThat(elsewhere).isEmptyDirectory();
        assertThat(file).hasContent("old");
        assertThat(directory).isEmptyDirectory();
        assertThat(List.of(link, below)).allMatch(Files::isSymbolicLink);
    }

    /** One way to lie about a file, as what is said to a request for a chunk of it. */
    private record Lie(String name, BiFunction<KnownFile, Integer, List<PullMessage>> answers) {}

    private static List<Lie> lies() {
        return List.of(
                new Lie(
                        "98 a chunk that is shorter",
                        (file, chunk) -> List.of(file.piece(chunk, 0, 10), new PullMessage.Lacks(chunk))),
                new Lie(
                        "98 a chunk that is longer",
                        (file, chunk) -> List.of(
                                new PullMessage.Piece(chunk, 0, ByteBuffer.allocate(Manifest.MIN_CHUNK_BYTES + 1)))),
                new Lie(
                        "98 pieces that never end",
                        (file, chunk) -> List.of(
                                new PullMessage.Piece(chunk, 0, ByteBuffer.allocate(17)),
                                new PullMessage.Piece(chunk, 17, ByteBuffer.allocate(900_000)))),
                new Lie(
                        "99 pieces out of order",
                        (file, chunk) -> List.of(file.pieces(chunk).get(chunk == 3 ? 0 : 1))),
                new Lie(
                        "99 a piece twice",
                        (file, chunk) -> List.of(
                                file.pieces(chunk).get(0), file.pieces(chunk).get(0))),
                new Lie(
                        "99 pieces that overlap",
                        (file, chunk) -> List.of(file.piece(chunk, 0, 10), file.piece(chunk, 5, 5))),
                new Lie("99 another chunk", (file, chunk) -> file.pieces((chunk + 1) % 4)),
                new Lie("99 an empty piece", (file, chunk) -> List.of(file.piece(chunk, 0, 0))),
                new Lie("100 another content", (file, chunk) -> List.of(file.falseChunk(chunk))),
                new Lie("100 a request", (file, chunk) -> List.of(new PullMessage.Get(1))));
    }

    @Test
    void rows_98_to_100_a_source_that_lies_is_found_out() throws Exception {
        receive(options().transfersPerPeer(16));
        bad.serve(bad.all(), bad::pieces);
        Map<String, FileProblem> expected = new HashMap<>();
        for (Lie lie : lies()) {
            KnownFile file = new KnownFile(TestFiles.file(temp, "lie", content.length, 10 + expected.size()));
            bad.offerAlso(
                    expected.size(),
                    file,
                    file.manifest(),
                    lie.name(),
                    chunk -> lie.answers().apply(file, chunk));
            expected.put(lie.name(), FileProblem.HASH_MISMATCH);
        }
        Manifest whole = bad.hashed.manifest();
        bad.offer(20, new Manifest(whole.hash(), 10 * whole.size(), whole.listHash()), "98 another list");
        expected.put("98 another list", FileProblem.HASH_MISMATCH);
        // Of one chunk: who gives less than it has announced, and then no more, may be slow.
        KnownFile small = new KnownFile(TestFiles.file(temp, "small", 100, 2));
        bad.offerAlso(21, small, sized(small, 101), "98 a shorter file", small::pieces);
        expected.put("98 a shorter file", FileProblem.IDLE);
        bad.offerAlso(22, small, sized(small, 99), "98 a longer file", small::pieces);
        expected.put("98 a longer file", FileProblem.HASH_MISMATCH);

        soon(() -> assertThat(failures()).isEqualTo(expected));
        bad.stop();
        onlyCame();
    }

    private static Manifest sized(KnownFile file, long size) {
        return new Manifest(file.manifest().hash(), size, file.manifest().listHash());
    }

    @Test
    void row_100_a_whole_that_is_not_what_its_chunks_are_never_gets_its_name() throws Exception {
        receive(options());
        bad.serve(bad.all(), bad::pieces);
        Manifest manifest = bad.hashed.manifest();

        bad.offer(7, new Manifest(Sha256.OF_NOTHING, manifest.size(), manifest.listHash()), "f");

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.HASH_MISMATCH));
        bad.stop();
        onlyCame();
    }

    @Test
    void row_101_a_sender_that_vanishes_in_the_middle() throws Exception {
        receive(options());
        bad.serve(bad.all(), chunk -> {
            if (chunk != 0) {
                return bad.pieces(chunk);
            }
            badNode.close();
            return List.of();
        });

        bad.offer("f");

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.IDLE));
        onlyCame();
    }

    @Test
    void row_102_a_disk_that_gets_full_in_the_middle() throws Exception {
        disk.leftBytes.set(100_000);
        receive(options());
        bad.serve(bad.all(), bad::pieces);

        bad.offer("f");

        // Perhaps more than once: an offer that is repeated is tried again, in case there is room by then.
        soon(() -> assertThat(receiver.failures()).isNotEmpty().containsOnly(FileProblem.NO_SPACE));
        bad.stop();
        soon(() -> assertThat(receiver.names()).isEmpty());
        disk.leftBytes.set(Long.MAX_VALUE);
        onlyCame();
    }

    @Test
    void row_102_a_file_that_does_not_fit_the_quota() throws Exception {
        receive(options().directoryQuota(content.length - 1));

        bad.offer("f");

        soon(() -> assertThat(receiver.refusals()).containsExactly(FileProblem.QUOTA_EXCEEDED));
        onlyCame();
    }

    @Test
    void row_102_a_file_that_would_take_the_disk_below_its_floor() throws Exception {
        disk.usableBytes = 1_000_000;
        receive(options().keepFree(500_000, 0));

        bad.offer("f");

        soon(() -> assertThat(receiver.refusals()).containsExactly(FileProblem.NO_SPACE));
        onlyCame();
    }

    @Test
    void row_103_files_that_never_end_are_limited_and_expire() throws Exception {
        receive(options().transfersPerPeer(4).waiting(0));
        FakeSource silent = new FakeSource(badNode, TOPIC, TestFiles.file(temp, "small", 1_000, 2));
        silent.serve(silent.all(), chunk -> List.of());
        FakeSource dribbling = new FakeSource(honestNode, TOPIC, TestFiles.file(temp, "another", 1_000, 3));
        dribbling.serve(dribbling.all(), chunk -> List.of(dribbling.piece(chunk, 0, 1)));

        for (int i = 0; i < 5; i++) {
            silent.offer(i, silent.hashed.manifest(), "silent" + i);
            dribbling.offer(i, dribbling.hashed.manifest(), "dribbling" + i);
        }

        // Perhaps again later: there may be room by then.
        soon(() -> assertThat(refused()).contains("silent4", "dribbling4"));
        assertThat(receiver.refusals()).containsOnly(FileProblem.LIMIT);
        soon(() -> assertThat(failures()).hasSizeGreaterThanOrEqualTo(8));
        assertThat(failures().values()).containsOnly(FileProblem.IDLE);
        silent.stop();
        dribbling.stop();
        onlyCame();
    }

    @Test
    void a_liar_does_not_keep_an_honest_source_from_giving_the_file() throws Exception {
        receive(FileOptions.builder().keepFree(0, 0));
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
        good.stop();
        onlyCame("f");
    }

    @Test
    void row_98_a_false_claim_about_a_hash_does_not_spoil_the_honest_offer_of_it() throws Exception {
        receive(options());
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
        good.stop();
        onlyCame("f");
    }

    @Test
    void two_sources_that_have_a_half_each_give_the_whole() throws Exception {
        receive(FileOptions.builder().keepFree(0, 0));
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
        other.stop();
        onlyCame("f");
    }
}
