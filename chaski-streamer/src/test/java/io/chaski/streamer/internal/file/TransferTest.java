package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.FileSnapshot;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.Peer;
import io.chaski.streamer.file.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferTest {

    private static final NodeId OFFICE = new NodeId(0, 1);
    private static final NodeId MEMBER = new NodeId(0, 2);
    private static final FileOptions ROOM = FileOptions.builder().keepFree(0, 0).build();
    private static final Duration EXPIRY = FileOptions.DEFAULT_IDLE_EXPIRY;
    private static final FilePolicy ALL = FilePolicy.acceptAll(NameClash.REFUSE);

    @TempDir
    Path temp;

    private Path directory;
    private WatchedDisk disk;
    private KnownFile file;

    @BeforeEach
    void make() throws IOException {
        directory = Files.createDirectory(temp.resolve("in")).toRealPath();
        disk = new WatchedDisk(directory);
        file = new KnownFile(TestFiles.file(temp, "f", 3 * Manifest.MIN_CHUNK_BYTES + 17, 1));
    }

    private Incoming offer(long pushId, String name) {
        return Receiving.offer(OFFICE, pushId, file.manifest(), name);
    }

    /** Gives the first chunks and then says nothing. */
    private void serveFirst(Receiving receiving, NodeId node, int chunks) {
        int[] given = {0};
        receiving.sources.serve(node, file, file.all(), chunk -> given[0]++ < chunks ? file.pieces(chunk) : List.of());
    }

    private static void failed(Receiving.Party party, FileProblem problem) {
        assertThat(party.last())
                .asInstanceOf(InstanceOfAssertFactories.type(FileEvent.Failed.class))
                .extracting(FileEvent.Failed::problem)
                .isEqualTo(problem);
        assertThat(party.said.get(party.said.size() - 1).state()).isEqualTo(FilePush.State.FAILED);
    }

    private void completed(Receiving.Party party, String name) {
        assertThat(party.last()).isInstanceOf(FileEvent.Completed.class);
        assertThat(party.said.get(party.said.size() - 1).state()).isEqualTo(FilePush.State.COMPLETED);
        assertThat(directory.resolve(name)).hasBinaryContent(file.content);
    }

    /**
     * Another file is taken, and but for that one there is nothing in the directory, nor was there ever.
     *
     * @param names what may be there
     */
    private void onlyCame(Receiving receiving, Receiving.Party party, String... names) throws IOException {
        KnownFile another = new KnownFile(TestFiles.file(temp, "another", 1_000, 2));
        receiving.sources.serve(OFFICE, another);
        party.acceptor.onOffer(Receiving.offer(OFFICE, 99, another.manifest(), "another"));
        receiving.work();
        List<String> all = new ArrayList<>(List.of(names));
        all.add("another");
        assertThat(Peer.names(directory)).containsExactlyInAnyOrderElementsOf(all);
        assertThat(disk.names()).as("names there have ever been").containsExactlyInAnyOrderElementsOf(all);
        assertThat(directory.resolve("another")).hasBinaryContent(another.content);
    }

    // ---- the disk

    /** Notes the order of what happens to it. */
    private static final class RecordingDisk extends Disk {
        private final List<String> steps = new ArrayList<>();

        void note(String step) {
            if (steps.isEmpty() || !steps.get(steps.size() - 1).equals(step)) {
                steps.add(step);
            }
        }

        @Override
        void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
            super.write(channel, content, position);
            note("written");
        }

        @Override
        void force(FileChannel channel) throws IOException {
            super.force(channel);
            note("forced");
        }

        @Override
        void forceNames(Path directory) throws IOException {
            super.forceNames(directory);
            note("names forced in " + directory.getFileName() + " with " + Peer.names(directory));
        }
    }

    /** Loses what is written, and what is behind it. What comes last cannot have been hashed before. */
    private static final class ForgetfulDisk extends Disk {
        @Override
        void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
            super.write(channel, content, position);
            channel.truncate(position);
        }
    }

    @Test
    void a_file_that_cannot_be_hashed_fails_and_leaves_nothing() {
        Receiving receiving = new Receiving(ROOM, new ForgetfulDisk());
        receiving.sources.serve(OFFICE, file);
        Receiving.Party party = receiving.accept(directory, ALL);

        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();

        failed(party, FileProblem.DISK_FAILED);
        assertThat(directory).isEmptyDirectory();
        assertThat(receiving.transfers.running()).isEmpty();
    }

    @Test
    void a_file_that_has_only_to_be_hashed_waits_for_nobody_and_is_not_given_up() {
        Receiving receiving = new Receiving();
        receiving.sources.serve(OFFICE, file);
        receiving.holdHashing();
        Receiving.Party party = receiving.accept(directory, ALL);
        party.acceptor.onOffer(offer(1, "f"));

        receiving.pass(EXPIRY.multipliedBy(3));
        assertThat(receiving.transfers.running()).hasSize(1);
        receiving.goOnHashing();
        receiving.work();

        completed(party, "f");
    }

    @Test
    void a_file_is_forced_before_it_has_its_name_and_its_name_before_anybody_hears_of_it() {
        RecordingDisk recording = new RecordingDisk();
        Receiving receiving = new Receiving(ROOM, recording);
        receiving.sources.serve(OFFICE, file);
        Receiving.Party party = receiving.accept(directory, ALL, recording::note);

        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();

        completed(party, "f");
        assertThat(recording.steps)
                .containsExactly(
                        "ACCEPTED",
                        "Accepted",
                        "written", // room for the content, and what it is to become
                        "forced",
                        "written",
                        "forced",
                        "names forced in in with " + List.of(descriptionIn(recording), "f"),
                        "COMPLETED",
                        "Completed");
    }

    /** It is removed when the file has its name. */
    private static String descriptionIn(RecordingDisk recording) {
        String names = recording.steps.stream()
                .filter(step -> step.startsWith("names"))
                .findFirst()
                .orElseThrow();
        return names.substring(names.indexOf('[') + 1, names.indexOf(','));
    }

    @Test
    void the_directories_of_a_path_are_forced_as_well() {
        RecordingDisk recording = new RecordingDisk();
        Receiving receiving = new Receiving(ROOM, recording);
        receiving.sources.serve(OFFICE, file);

        receiving.accept(directory, ALL).acceptor.onOffer(offer(1, "d/e/f"));
        receiving.work();

        assertThat(recording.steps.stream().filter(step -> step.startsWith("names")))
                .extracting(step -> step.substring(0, step.indexOf(" with")))
                .containsExactly("names forced in in", "names forced in d", "names forced in e");
    }

    @Test
    void an_exception_that_nobody_expects_fails_the_file_and_leaves_nothing() throws IOException {
        Receiving receiving = new Receiving(ROOM, new Disk() {
            @Override
            void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
                if (content.remaining() > PullMessage.MAX_PIECE_BYTES / 2) {
                    throw new UncheckedIOException(new IOException("of a file system"));
                }
                super.write(channel, content, position);
            }
        });
        receiving.sources.serve(OFFICE, file);
        Receiving.Party party = receiving.accept(directory, ALL);

        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();

        failed(party, FileProblem.DISK_FAILED);
        assertThat(Peer.names(directory)).isEmpty();
        assertThat(receiving.transfers.running()).isEmpty();
    }

    @Test
    void a_file_that_somebody_takes_away_as_soon_as_it_has_its_name_has_arrived() {
        Path taken = temp.resolve("taken");
        Receiving receiving = new Receiving(ROOM, new Disk() {
            @Override
            void forceNames(Path names) throws IOException {
                super.forceNames(names);
                Files.move(directory.resolve("f"), taken);
            }
        });
        receiving.sources.serve(OFFICE, file);
        Receiving.Party party = receiving.accept(directory, ALL);

        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();

        assertThat(party.last()).isInstanceOf(FileEvent.Completed.class);
        assertThat(party.states()).containsExactly(FilePush.State.ACCEPTED, FilePush.State.COMPLETED);
        assertThat(taken).hasBinaryContent(file.content);
        assertThat(directory).isEmptyDirectory();
    }

    // ---- row 97, while the file is on its way

    /** A file of which one chunk has arrived, and the others do not yet. */
    private Receiving.Party inTheMiddle(Receiving receiving, NameClash clash, String name) {
        serveFirst(receiving, OFFICE, 1);
        Receiving.Party party = receiving.accept(directory, FilePolicy.acceptAll(clash));
        party.acceptor.onOffer(offer(1, name));
        receiving.work();
        assertThat(receiving.transfers.running()).hasSize(1);
        return party;
    }

    /** What a run leaves that ends when a part of the file has come. */
    private List<String> leftByAnEarlierRun() throws IOException {
        Receiving earlier = new Receiving();
        inTheMiddle(earlier, NameClash.REFUSE, "f");
        earlier.transfers.close();
        earlier.work();
        List<String> left = Peer.names(directory);
        assertThat(left).isNotEmpty();
        return left;
    }

    @Test
    void what_an_earlier_run_has_left_is_there_still_when_its_turn_comes_while_the_node_closes() throws IOException {
        List<String> left = leftByAnEarlierRun();
        Receiving receiving = new Receiving();
        receiving.sources.isNodeClosing = true;
        Receiving.Party party = receiving.accept(directory, ALL);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();
        assertThat(receiving.sources.opened).containsExactly(OFFICE);

        receiving.transfers.close();
        receiving.work();

        assertThat(party.last())
                .asInstanceOf(InstanceOfAssertFactories.type(FileEvent.Failed.class))
                .extracting(FileEvent.Failed::problem)
                .isEqualTo(FileProblem.CLOSED);
        assertThat(Peer.names(directory)).containsExactlyInAnyOrderElementsOf(left);
    }

    @Test
    void a_source_that_no_stream_can_be_opened_to_is_asked_later() throws IOException {
        leftByAnEarlierRun();
        Receiving receiving = new Receiving();
        receiving.sources.isNodeClosing = true;
        Receiving.Party party = receiving.accept(directory, ALL);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();

        receiving.sources.isNodeClosing = false; // it was something else, such as a loop that is stuck
        goOn(receiving);

        completed(party, "f");
    }

    private void goOn(Receiving receiving) {
        receiving.sources.serve(OFFICE, file);
        receiving.pass(Duration.ofSeconds(10)); // the source that has fallen silent is replaced, by itself
        assertThat(receiving.transfers.running()).isEmpty();
    }

    @Test
    void row_97_a_link_that_gets_the_name_meanwhile_is_not_followed() throws IOException {
        Path outside = Files.writeString(temp.resolve("outside"), "old");
        Receiving receiving = new Receiving(ROOM, disk);
        Receiving.Party party = inTheMiddle(receiving, NameClash.REPLACE, "f");

        Files.createSymbolicLink(directory.resolve("f"), outside);
        goOn(receiving);

        failed(party, FileProblem.EXISTS);
        assertThat(outside).hasContent("old");
        assertThat(directory.resolve("f")).isSymbolicLink();
        onlyCame(receiving, party, "f");
    }

    @Test
    void row_97_a_directory_that_becomes_a_link_meanwhile_is_not_followed() throws IOException {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Receiving receiving = new Receiving(ROOM, disk);
        Receiving.Party party = inTheMiddle(receiving, NameClash.REFUSE, "d/f");

        Files.createSymbolicLink(directory.resolve("d"), outside);
        goOn(receiving);

        failed(party, FileProblem.EXISTS);
        assertThat(outside).isEmptyDirectory();
        assertThat(directory.resolve("d")).isSymbolicLink();
        onlyCame(receiving, party, "d");
    }

    @Test
    void row_97_a_temporary_file_that_becomes_a_link_meanwhile_gets_no_name() throws IOException {
        Path outside = Files.writeString(temp.resolve("outside"), "old");
        Receiving receiving = new Receiving(ROOM, disk);
        Receiving.Party party = inTheMiddle(receiving, NameClash.REFUSE, "f");

        Path part = directory.resolve(Peer.names(directory).get(1));
        assertThat(part.toString()).endsWith(".part");
        Files.delete(part);
        Files.createSymbolicLink(part, outside);
        goOn(receiving);

        failed(party, FileProblem.DISK_FAILED);
        assertThat(outside).hasContent("old");
        onlyCame(receiving, party);
    }

    // ---- rows 100 to 102

    @Test
    void row_100_a_file_whose_sender_gives_something_else_never_gets_its_name() throws IOException {
        Receiving receiving = new Receiving(ROOM, disk);
        receiving.sources.serve(OFFICE, file, file.all(), chunk -> List.of(file.falseChunk(chunk)));
        Receiving.Party party = receiving.accept(directory, ALL);

        party.acceptor.onOffer(offer(1, "f"));
        receiving.pass(EXPIRY.multipliedBy(2));

        failed(party, FileProblem.HASH_MISMATCH);
        onlyCame(receiving, party);
    }

    @Test
    void row_101_a_file_whose_sender_vanishes_never_gets_its_name() throws IOException {
        Receiving receiving = new Receiving(ROOM, disk);
        Receiving.Party party = inTheMiddle(receiving, NameClash.REFUSE, "f");

        receiving.sources.cutOff(OFFICE);
        receiving.pass(EXPIRY.multipliedBy(2));

        failed(party, FileProblem.IDLE);
        onlyCame(receiving, party);
    }

    @Test
    void row_102_a_file_that_takes_the_disk_below_its_floor_on_its_way_never_gets_its_name() throws IOException {
        file = new KnownFile(TestFiles.file(temp, "large", 17 << 20, 3)); // longer than nobody looks at the disk
        FileOptions floor = FileOptions.builder().keepFree(1 << 20, 0).build();
        Receiving receiving = new Receiving(floor, disk);
        Receiving.Party party = inTheMiddle(receiving, NameClash.REFUSE, "f");

        disk.usableBytes = 1_000;
        goOn(receiving);

        failed(party, FileProblem.NO_SPACE);
        disk.usableBytes = 1L << 40;
        onlyCame(receiving, party);
    }

    // ---- sources

    @Test
    void a_liar_among_others_does_not_make_an_outage_of_the_publisher_a_final_answer() {
        Receiving receiving = new Receiving();
        serveFirst(receiving, OFFICE, 1);
        receiving.sources.serve(MEMBER, file, file.all(), chunk -> List.of(file.falseChunk(chunk)));
        Receiving.Party party = receiving.accept(directory, ALL);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();
        party.acceptor.onSource(MEMBER, file.manifest());
        receiving.pass(Duration.ofSeconds(10)); // the publisher is slow, so the member is asked
        receiving.sources.cutOff(OFFICE);
        receiving.pass(EXPIRY.multipliedBy(2));
        failed(party, FileProblem.IDLE);

        receiving.sources.serve(OFFICE, file);
        receiving.pass(Answers.FIRST_REST);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();

        completed(party, "f");
    }

    @Test
    void what_waits_for_a_chunk_is_given_the_time_that_the_slowest_source_needs_for_it() {
        Manifest large = new Manifest(Sha256.OF_NOTHING, 62L << 30, Sha256.OF_NOTHING);
        Duration ofChunk = Duration.ofSeconds(large.chunkBytes() / (64 << 10));
        Receiving receiving = new Receiving();
        Receiving.Party party = receiving.accept(directory, offer -> {
            assertThat(offer.size()).isEqualTo(large.size());
            return ALL.decide(offer);
        });
        party.acceptor.onOffer(Receiving.offer(OFFICE, 1, large, "f"));

        receiving.pass(EXPIRY.plus(ofChunk).minusSeconds(1));
        assertThat(ofChunk).isGreaterThan(Duration.ofSeconds(30));
        assertThat(party.events).hasSize(1);
        receiving.pass(Duration.ofSeconds(2));

        failed(party, FileProblem.IDLE);
    }

    @Test
    void a_disk_that_hangs_does_not_cost_the_source_whose_messages_wait_for_it() {
        List<Runnable> hanging = new ArrayList<>();
        Receiving receiving = new Receiving(ROOM, new Disk() {
            @Override
            void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
                if (!hanging.isEmpty()) {
                    hanging.remove(0).run();
                }
                super.write(channel, content, position);
            }
        });
        List<Integer> asked = new ArrayList<>();
        receiving.sources.serve(OFFICE, file, file.all(), chunk -> {
            asked.add(chunk);
            return List.of();
        });
        Receiving.Party party = receiving.accept(directory, ALL);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();
        assertThat(asked).isNotEmpty();

        List<PullMessage> pieces =
                asked.stream().flatMap(chunk -> file.pieces(chunk).stream()).toList();
        receiving.sources.serve(OFFICE, file);
        hanging.add(() -> {
            receiving.stall(PullingStream.STALLED_AFTER.multipliedBy(2));
            receiving.sources.say(OFFICE, pieces.subList(1, pieces.size()));
        });
        receiving.sources.say(OFFICE, pieces.subList(0, 1));
        receiving.work();

        assertThat(hanging).isEmpty();
        completed(party, "f");
        assertThat(receiving.sources.opened).as("streams").containsExactly(OFFICE);
    }

    @Test
    void six_members_that_have_nothing_new_do_not_keep_out_the_publisher_that_comes_back() {
        Receiving receiving = new Receiving();
        BitSet first = new BitSet();
        first.set(0);
        receiving.sources.serve(OFFICE, file, first, file::pieces);
        Receiving.Party party = receiving.accept(directory, ALL);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();
        receiving.sources.cutOff(OFFICE);
        receiving.pass(Duration.ofSeconds(10)); // its place is free
        List<NodeId> members = IntStream.range(0, FileOptions.DEFAULT_SOURCES)
                .mapToObj(number -> new NodeId(1, number))
                .toList();
        for (NodeId member : members) {
            receiving.sources.serve(member, file, first, file::pieces);
            party.acceptor.onSource(member, file.manifest());
        }
        receiving.work();
        assertThat(receiving.sources.opened).containsAll(members);

        receiving.sources.serve(OFFICE, file);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.pass(EXPIRY.dividedBy(2));

        completed(party, "f");
    }

    // ---- turns

    @Test
    void a_file_whose_turn_comes_while_it_takes_its_place_in_the_line_is_accepted_once() {
        NodeId third = new NodeId(0, 3);
        Receiving receiving = new Receiving(
                FileOptions.builder()
                        .keepFree(0, 0)
                        .transfers(2)
                        .transfersPerPeer(1)
                        .waiting(2)
                        .build(),
                new Disk());
        Receiving.Party party = inTheMiddle(receiving, NameClash.REFUSE, "f");
        party.acceptor.onOffer(Receiving.offer(MEMBER, 1, file.manifest(), "g"));
        party.acceptor.onOffer(offer(2, "h"));
        party.acceptor.onOffer(offer(3, "i"));
        receiving.work();
        assertThat(receiving.transfers.running()).hasSize(2);
        assertThat(receiving.transfers.waiting()).isEqualTo(2);

        receiving.betweenSteps(() -> {
            if (receiving.transfers.waiting() > 2) { // the last of the line has a place, and makes room for nobody yet
                receiving.betweenSteps(() -> {});
                party.acceptor.onWithdrawn(MEMBER, 1);
                receiving.work();
            }
        });
        party.acceptor.onOffer(Receiving.offer(third, 1, file.manifest(), "j"));
        receiving.work();

        assertThat(receiving.transfers.running())
                .extracting(transfer -> transfer.offer().sender())
                .containsExactlyInAnyOrder(OFFICE, third);
        assertThat(party.events)
                .filteredOn(event -> event.offer().name().equals("j"))
                .singleElement()
                .isInstanceOf(FileEvent.Accepted.class);
    }

    // ---- two who want the same file in the same place

    @Test
    void a_file_that_is_pushed_on_two_topics_into_one_directory_arrives_for_both() {
        Receiving receiving = new Receiving();
        serveFirst(receiving, OFFICE, 1);
        Receiving.Party one = receiving.accept(directory, ALL);
        Receiving.Party other = receiving.accept(directory, ALL);
        one.acceptor.onOffer(offer(1, "f"));
        other.acceptor.onOffer(Receiving.offer(MEMBER, 2, file.manifest(), "f"));
        receiving.work();
        assertThat(receiving.transfers.running()).as("one at a time").hasSize(1);

        goOn(receiving);

        completed(one, "f");
        completed(other, "f");
        assertThat(one.said).extracting(Announcement.Status::pushId).containsOnly(1L);
        assertThat(other.said).extracting(Announcement.Status::pushId).containsOnly(2L);
    }

    @Test
    void of_two_topics_with_one_directory_the_end_of_one_does_not_end_the_file_of_the_other() {
        Receiving receiving = new Receiving();
        serveFirst(receiving, OFFICE, 1);
        Receiving.Party one = receiving.accept(directory, ALL);
        Receiving.Party other = receiving.accept(directory, ALL);
        one.acceptor.onOffer(offer(1, "f"));
        other.acceptor.onOffer(offer(2, "f"));
        receiving.work();

        one.acceptor.close();
        goOn(receiving);

        assertThat(one.last())
                .asInstanceOf(InstanceOfAssertFactories.type(FileEvent.Failed.class))
                .extracting(FileEvent.Failed::problem)
                .isEqualTo(FileProblem.CLOSED);
        completed(other, "f");
    }

    // ---- what the application does not want any more, and what it sees

    @Test
    void a_file_that_is_cancelled_leaves_nothing_and_its_push_is_not_looked_at_again() throws IOException {
        Receiving receiving = new Receiving();
        Receiving.Party party = inTheMiddle(receiving, NameClash.REFUSE, "f");

        assertThat(party.acceptor.cancel(party.events.get(0).offer())).isTrue();
        receiving.work();

        failed(party, FileProblem.CANCELLED);
        assertThat(Peer.names(directory)).isEmpty();
        assertThat(receiving.transfers.running()).isEmpty();
        receiving.pass(EXPIRY);
        party.acceptor.onOffer(offer(1, "f"));
        receiving.work();
        assertThat(party.events)
                .filteredOn(FileEvent.Accepted.class::isInstance)
                .hasSize(1);
        assertThat(party.acceptor.cancel(party.events.get(0).offer())).isFalse();
    }

    @Test
    void a_file_that_waits_is_cancelled_as_well_and_others_are_not() {
        Receiving receiving = new Receiving(
                FileOptions.builder().keepFree(0, 0).transfersPerPeer(1).build(), new Disk());
        Receiving.Party party = inTheMiddle(receiving, NameClash.REFUSE, "f");
        party.acceptor.onOffer(offer(2, "g"));
        receiving.work();
        assertThat(receiving.transfers.waiting()).isEqualTo(1);

        assertThat(party.acceptor.cancel(party.last().offer())).isTrue();
        receiving.work();

        failed(party, FileProblem.CANCELLED);
        assertThat(receiving.transfers.waiting()).isZero();
        assertThat(receiving.transfers.running()).hasSize(1);
        goOn(receiving);
        completed(party, "f");
    }

    @Test
    void progress_and_completion_are_told_with_what_was_offered() {
        Map<String, String> metadata = Map.of("for", "press");
        Receiving receiving = new Receiving();
        serveFirst(receiving, OFFICE, 2);
        Receiving.Party party = receiving.accept(directory, ALL);
        party.acceptor.onOffer(
                new Incoming("t", OFFICE, "office", new Announcement.Offer(1, file.manifest(), "f", metadata)));
        receiving.pass(Duration.ofSeconds(1));
        goOn(receiving);

        completed(party, "f");
        assertThat(party.events).allSatisfy(event -> {
            assertThat(event.offer().metadata()).isEqualTo(metadata);
            assertThat(event.offer().hash()).isEqualTo(file.manifest().hash().toString());
            assertThat(event.offer().size()).isEqualTo(file.content.length);
            assertThat(event.offer().senderName()).isEqualTo("office");
        });
        assertThat(party.events)
                .filteredOn(FileEvent.Progress.class::isInstance)
                .extracting(event -> ((FileEvent.Progress) event).verifiedBytes())
                .contains(2L * Manifest.MIN_CHUNK_BYTES)
                .isSorted();
    }

    @Test
    void what_is_received_is_counted() throws IOException {
        Receiving receiving = new Receiving();
        receiving.sources.serve(MEMBER, file, file.all(), chunk -> List.of(file.falseChunk(chunk)));
        Receiving.Party party = receiving.accept(
                directory, offer -> offer.name().equals("f") ? ALL.decide(offer) : FileDecision.refuse("no"));
        party.acceptor.onOffer(Receiving.offer(MEMBER, 7, file.manifest(), "f"));
        receiving.pass(EXPIRY.multipliedBy(2)); // one chunk, and it is wrong
        assertThat(Peer.names(directory)).isEmpty();
        receiving.sources.serve(OFFICE, file);
        party.acceptor.onOffer(offer(1, "f"));
        party.acceptor.onOffer(offer(2, "g"));
        receiving.work();

        assertThat(receiving.context.counters().snapshot(0, 0, 0))
                .isEqualTo(new FileSnapshot(
                        0,
                        0,
                        0,
                        3,
                        0,
                        0,
                        5,
                        4,
                        file.content.length + Manifest.MIN_CHUNK_BYTES,
                        1,
                        Map.of(FileProblem.REFUSED, 1L),
                        Map.of(FileProblem.HASH_MISMATCH, 1L)));
    }
}
