package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFileTest {

    private static final int CHUNK = Manifest.MIN_CHUNK_BYTES;

    @TempDir
    Path temp;

    private final byte[] content = new byte[3 * CHUNK + 100];
    private final Random random = new Random(1);
    private StoredOffer offer;
    private Parts parts;

    @BeforeEach
    void hash() throws IOException {
        random.nextBytes(content);
        Arrays.fill(content, CHUNK, 2 * CHUNK, (byte) 0);
        Path source = Files.write(Files.createDirectory(temp.resolve("source")).resolve("f"), content);
        FileHasher.Hashed hashed = FileHasher.hash(source, () -> false).orElseThrow();
        Announcement.Offer announced = new Announcement.Offer(7, hashed.manifest(), "f", Map.of("k", "v"));
        offer = new StoredOffer(new Incoming("t", new NodeId(1, 2), "sender", announced), hashed.list());
        parts = new Parts(new Disk(), Files.createDirectory(temp.resolve("target")));
    }

    private void write(PartFile part, int chunk) throws IOException {
        int from = chunk * CHUNK;
        part.write(chunk, 0, ByteBuffer.wrap(content, from, part.manifest().length(chunk)));
    }

    private static void work(PartFile part) throws IOException {
        boolean isMore = true;
        while (isMore) {
            boolean isMoreToInspect = part.inspectMore();
            isMore = part.hash() || isMoreToInspect;
        }
    }

    private static BitSet chunks(int... chunks) {
        BitSet set = new BitSet();
        for (int chunk : chunks) {
            set.set(chunk);
        }
        return set;
    }

    private String[] names() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("target"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toArray(String[]::new);
        }
    }

    @Test
    void chunks_in_any_order_give_the_hash_of_the_whole() throws IOException {
        try (PartFile part = parts.create(offer, random)) {
            part.takeHoles();
            assertThat(part.verified()).as("the chunk of zeros").isEqualTo(chunks(1));
            assertThatThrownBy(part::wholeHash).isInstanceOf(IllegalStateException.class);
            for (int chunk : new int[] {3, 0, 2}) {
                write(part, chunk);
                part.onVerified(chunk);
            }
            work(part);

            assertThat(part.verifiedBytes()).isEqualTo(content.length);
            assertThat(part.wholeHash()).isEqualTo(offer.manifest().hash());
            assertThat(part.content()).hasBinaryContent(content);
        }
    }

    @Test
    void the_hash_of_the_whole_reads_no_further_than_what_is_verified_without_a_gap() throws IOException {
        try (PartFile part = parts.create(offer, random)) {
            part.write(0, 0, ByteBuffer.allocate(CHUNK)); // not verified: what it is to be comes later
            write(part, 2);
            write(part, 3);
            assertThat(part.hash()).isFalse(); // had it read anything, the hash would be wrong below
            part.onVerified(2);
            part.onVerified(1);
            part.onVerified(3);
            work(part);
            assertThat(part.isHashed()).isFalse();
            part.write(0, 0, ByteBuffer.wrap(content, 0, CHUNK));
            part.onVerified(0);
            work(part);

            assertThat(part.isHashed()).isTrue();
            assertThat(part.wholeHash()).isEqualTo(offer.manifest().hash());
        }
    }

    @Test
    void a_part_that_somebody_has_shortened_has_no_hash() throws IOException {
        try (PartFile part = parts.create(offer, random);
                FileChannel cut = FileChannel.open(part.content(), StandardOpenOption.WRITE)) {
            write(part, 0);
            part.onVerified(0);
            cut.truncate(0);

            assertThatThrownBy(part::hash).isInstanceOf(IOException.class).hasMessageContaining("shortened");
        }
    }

    @Test
    void another_run_finds_what_is_there_and_right_and_nothing_else() throws IOException {
        try (PartFile part = parts.create(offer, random)) {
            write(part, 0);
            part.write(2, 0, ByteBuffer.wrap(content, 2 * CHUNK, CHUNK - 1)); // as a crash leaves it
            write(part, 3);
        }

        assertThat(parts.unfinished("other")).isEmpty();
        assertThat(parts.unfinished("t")).extracting(StoredOffer::incoming).containsExactly(offer.incoming());
        try (PartFile part = parts.resume(offer.manifest(), "f").orElseThrow()) {
            assertThat(part.isInspected()).isFalse();
            work(part);
            assertThat(part.verified()).isEqualTo(chunks(0, 1, 3));
            assertThat(part.verifiedBytes()).isEqualTo(2 * CHUNK + 100);
            write(part, 2);
            part.onVerified(2);
            work(part);
            assertThat(part.wholeHash()).isEqualTo(offer.manifest().hash());
        }
    }

    @Test
    void nobody_works_on_a_file_that_somebody_works_on() throws IOException {
        PartFile part = parts.create(offer, random);

        assertThat(parts.resume(offer.manifest(), "f")).isEmpty();
        parts.clean();
        assertThat(names()).hasSize(2);
        part.close();
        assertThat(parts.resume(offer.manifest(), "g")).as("another name").isEmpty();
        try (PartFile resumed = parts.resume(offer.manifest(), "f").orElseThrow()) {
            assertThat(resumed.content()).isEqualTo(part.content());
        }
    }

    @Test
    void what_is_deleted_leaves_nothing() throws IOException {
        parts.create(offer, random).delete();

        assertThat(names()).isEmpty();
    }

    @Test
    void what_a_crash_has_cut_is_removed_and_what_is_not_ours_stays() throws IOException {
        Path target = temp.resolve("target");
        parts.create(offer, random).close();
        Path description;
        try (Stream<Path> files = Files.list(target)) {
            description = files.filter(file -> file.toString().endsWith(".offer"))
                    .findFirst()
                    .orElseThrow();
        }
        try (FileChannel cut = FileChannel.open(description, StandardOpenOption.WRITE)) {
            cut.truncate(50);
        }
        Files.createFile(target.resolve(".chaski-1.part"));
        Files.createFile(target.resolve(".chaski-2.offer"));
        Files.createFile(target.resolve("mine.part"));

        assertThat(parts.unfinished("t")).isEmpty();
        parts.clean();

        assertThat(names()).containsExactly("mine.part");
    }

    @Test
    void row_97_a_temporary_file_that_somebody_has_made_a_link_is_not_followed() throws IOException {
        PartFile part = parts.create(offer, random);
        part.close();
        Path outside = Files.move(part.content(), temp.resolve("outside"));
        byte[] before = Files.readAllBytes(outside);
        Files.createSymbolicLink(part.content(), outside);

        assertThat(parts.unfinished("t")).isEmpty();
        assertThat(parts.resume(offer.manifest(), "f")).isEmpty();
        parts.clean();

        assertThat(outside).hasBinaryContent(before);
        assertThat(names()).containsExactly(part.content().getFileName().toString());
    }

    @Test
    void an_offer_that_was_changed_is_none() {
        byte[] stored = offer.encode();
        assertThat(StoredOffer.decode(stored)).map(StoredOffer::incoming).contains(offer.incoming());
        for (int at : new int[] {0, 31, 32, 60, stored.length - 1}) {
            byte[] changed = stored.clone();
            changed[at] ^= 1;
            assertThat(StoredOffer.decode(changed)).isEmpty();
        }
        assertThat(StoredOffer.decode(new byte[5])).isEmpty();
    }

    @Test
    void what_takes_long_is_done_in_steps() throws IOException {
        byte[] zeros = new byte[2 * PartFile.STEP_BYTES + 1];
        Path source = Files.write(temp.resolve("zeros"), zeros);
        FileHasher.Hashed hashed = FileHasher.hash(source, () -> false).orElseThrow();
        Announcement.Offer announced = new Announcement.Offer(8, hashed.manifest(), "z", Map.of());
        StoredOffer holes = new StoredOffer(new Incoming("t", new NodeId(1, 2), "sender", announced), hashed.list());
        try (PartFile part = parts.create(holes, random)) {
            part.takeHoles();
            assertThat(part.verifiedBytes()).isEqualTo(zeros.length);
            assertThat(part.hash()).isTrue();
            assertThat(part.hash()).isTrue();
            assertThat(part.hash()).isFalse();
            assertThat(part.wholeHash()).isEqualTo(hashed.manifest().hash());
        }
    }

    @Test
    void a_part_that_got_its_name_when_the_machine_crashed_is_never_written_to() throws IOException {
        PartFile part = parts.create(offer, random);
        part.close();
        Path named = Files.createLink(temp.resolve("target/f"), part.content());

        assertThat(parts.resume(offer.manifest(), "f")).isEmpty();

        assertThat(names()).containsExactly("f");
        assertThat(named).isRegularFile();
    }

    @Test
    void what_is_not_wanted_any_more_or_was_left_for_a_week_is_removed() throws IOException {
        parts.create(offer, random).close();
        parts.forget(offer.manifest(), "another");
        assertThat(names()).hasSize(2);
        parts.forget(offer.manifest(), "f");
        assertThat(names()).isEmpty();

        PartFile old = parts.create(offer, random);
        old.close();
        parts.clean();
        assertThat(names()).hasSize(2);
        Instant longAgo = Instant.now().minus(Parts.MAX_AGE).minusSeconds(1);
        Files.setLastModifiedTime(old.content(), FileTime.from(longAgo));
        parts.clean();
        assertThat(names()).isEmpty();
    }
}
