package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chaski.core.NodeId;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files that are not what was left when the store was closed. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DamagedLogTest {

    private static final int SEGMENTS = 3;
    private static final int RESERVE_BYTES = 64;

    /** Files are cut at each seventh length in each build. */
    private static final int CUT_STEP = 7;

    private TopicStoreOptions options;
    private Map<String, byte[]> files;
    private StoreView view;

    @BeforeEach
    void closeOneProperly() throws IOException {
        close(SEGMENTS);
    }

    private void close(int segments) throws IOException {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 5, RESERVE_BYTES);
        script.fill(segments);
        script.write(List.of(new CursorMove("archive", new Source(new NodeId(1, 2), 7), 3)));
        view = StoreView.of(script.log().contents());
        script.log().close();
        options = script.options();
        files = disk.files();
    }

    private FaultFs changed(String name, byte[] bytes) {
        Map<String, byte[]> changed = new LinkedHashMap<>(files);
        changed.put(name, bytes);
        return new FaultFs(changed);
    }

    /** What opening makes of files: the problem, or what it has put in order, if everything is there. */
    private String opened(FaultFs disk) throws IOException {
        Map<String, byte[]> before = disk.files();
        try (TopicLog log = TopicLog.open(disk, options)) {
            boolean isWhole = log.contents().messages() == view.history().size()
                    && log.contents().holdings().equals(view.holdings())
                    && (log.recovery().isMarkRepaired()
                            || StoreView.of(log.contents()).equals(view));
            return (isWhole ? "whole, " : "not whole, ") + log.recovery();
        } catch (TopicStoreException e) {
            assertThat(disk.journal()).as("nothing is changed").isEmpty();
            assertThat(disk.files()).hasSameSizeAs(before);
            assertThat(disk.openFiles()).isZero();
            assertThat(e).hasMessageContaining("fault");
            return e.problem().name();
        }
    }

    private static final String UNTOUCHED = "whole, " + new Recovery(0, false, 0);
    private static final String REPAIRED_MARK = "whole, " + new Recovery(0, true, 0);

    @Test
    void an_unchanged_one_is_whole_and_not_written_to() throws Exception {
        FaultFs disk = new FaultFs(files);
        assertThat(opened(disk)).isEqualTo(UNTOUCHED);
        assertThat(files)
                .containsOnlyKeys(
                        Mark.NAME, Reserve.NAME, Segment.fileName(1), Segment.fileName(2), Segment.fileName(3));
        assertThat(view.history()).hasSizeGreaterThan(20);
    }

    /** What a flipped byte leads to: one of the mark is in a copy, and nothing is ever read from the reserve. */
    private static String expected(String file) {
        return switch (file) {
            case Mark.NAME -> REPAIRED_MARK;
            case Reserve.NAME -> UNTOUCHED;
            default -> "CORRUPT";
        };
    }

    @Test
    void every_flipped_byte_of_every_file_is_noticed() throws Exception {
        assertThat(unnoticedFlips(1)).isEmpty();
    }

    @Test
    @Tag("deep")
    void every_flipped_bit_of_every_file_is_noticed() throws Exception {
        assertThat(unnoticedFlips(Byte.SIZE)).isEmpty();
    }

    @Test
    @Tag("deep")
    void every_flipped_byte_of_every_file_of_a_larger_store_is_noticed() throws Exception {
        close(15);
        assertThat(unnoticedFlips(1)).isEmpty();
    }

    /** Flips so many bits of each byte, one at a time. */
    private List<String> unnoticedFlips(int bits) throws IOException {
        List<String> unnoticed = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            for (int flip = 0; flip < file.getValue().length * bits; flip++) {
                int at = flip / bits;
                int bit = (at + flip % bits) % Byte.SIZE;
                FaultFs disk = new FaultFs(files);
                disk.flip(file.getKey(), at, bit);
                String found = opened(disk);
                if (!found.equals(expected(file.getKey()))) {
                    unnoticed.add(file.getKey() + " at " + at + ", bit " + bit + ": " + found);
                }
            }
        }
        return unnoticed;
    }

    @Test
    void every_flipped_byte_under_an_open_store_is_noticed_when_it_is_read() throws Exception {
        List<String> unnoticed = new ArrayList<>();
        FaultFs disk = new FaultFs(files);
        try (TopicLog log = TopicLog.open(disk, options)) {
            for (Segment segment : log.contents().segments()) {
                String name = Segment.fileName(segment.number());
                for (int at = 0; at < segment.length(); at += 3) {
                    disk.flip(name, at, at % Byte.SIZE);
                    try {
                        segment.verify();
                        unnoticed.add(name + " at " + at);
                    } catch (TopicStoreException e) {
                        assertThat(e.problem()).isEqualTo(Problem.CORRUPT);
                    }
                    disk.flip(name, at, at % Byte.SIZE);
                }
                segment.verify();
            }
            disk.flip(Segment.fileName(1), 600, 0);
            assertThatExceptionOfType(TopicStoreException.class)
                    .isThrownBy(() -> StoreView.of(log.contents()))
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.CORRUPT));
        }
        assertThat(unnoticed).isEmpty();
    }

    @Test
    void files_that_were_cut_are_noticed() throws Exception {
        assertThat(unnoticedCuts(CUT_STEP)).isEmpty();
    }

    @Test
    @Tag("deep")
    void files_that_were_cut_anywhere_are_noticed() throws Exception {
        assertThat(unnoticedCuts(1)).isEmpty();
    }

    private List<String> unnoticedCuts(int step) throws IOException {
        List<String> unnoticed = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            for (int length = 0; length < file.getValue().length; length += step) {
                String found = opened(changed(file.getKey(), Arrays.copyOf(file.getValue(), length)));
                boolean isNoCopyLeft = file.getKey().equals(Mark.NAME) && length < 4_096;
                if (!found.equals(isNoCopyLeft ? "CORRUPT" : expected(file.getKey()))) {
                    unnoticed.add(file.getKey() + " cut to " + length + ": " + found);
                }
            }
        }
        return unnoticed;
    }

    @Test
    void every_missing_file_is_noticed() throws Exception {
        for (String name : files.keySet()) {
            Map<String, byte[]> fewer = new LinkedHashMap<>(files);
            fewer.remove(name);
            assertThat(opened(new FaultFs(fewer)))
                    .as("without %s", name)
                    .isEqualTo(name.equals(Reserve.NAME) ? UNTOUCHED : "CORRUPT");
        }
        assertThat(opened(new FaultFs(Map.of(Mark.NAME, files.get(Mark.NAME)))))
                .as("without segments")
                .isEqualTo("CORRUPT");
    }

    @Test
    void segments_in_each_others_place_are_noticed() throws Exception {
        Map<String, byte[]> swapped = new LinkedHashMap<>(files);
        swapped.put(Segment.fileName(1), files.get(Segment.fileName(2)));
        swapped.put(Segment.fileName(2), files.get(Segment.fileName(1)));
        assertThat(opened(new FaultFs(swapped))).isEqualTo("CORRUPT");
    }

    @Test
    void the_segment_of_another_store_is_noticed() throws Exception {
        Map<String, byte[]> first = files;
        closeOneProperly();
        assertThat(opened(changed(Segment.fileName(2), first.get(Segment.fileName(2)))))
                .isEqualTo("CORRUPT");
    }

    @Test
    void a_segment_that_was_made_longer_is_noticed_or_cut() throws Exception {
        byte[] sealed = files.get(Segment.fileName(1));
        assertThat(opened(changed(Segment.fileName(1), Arrays.copyOf(sealed, sealed.length + 1))))
                .isEqualTo("CORRUPT");
        byte[] last = files.get(Segment.fileName(SEGMENTS));
        assertThat(opened(changed(Segment.fileName(SEGMENTS), Arrays.copyOf(last, last.length + 1))))
                .isEqualTo("whole, " + new Recovery(1, false, 0));
    }

    @Test
    void a_record_that_was_copied_over_another_one_is_noticed() throws Exception {
        byte[] bytes = files.get(Segment.fileName(SEGMENTS)).clone();
        int header = ByteBuffer.wrap(bytes).getInt(4);
        int length = ByteBuffer.wrap(bytes).getInt(header + 8);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, header, longer, bytes.length, length); // a valid record, in the wrong place
        assertThat(opened(changed(Segment.fileName(SEGMENTS), longer)))
                .isEqualTo("whole, " + new Recovery(length, false, 0));
    }

    @Test
    void a_later_version_is_refused() throws Exception {
        byte[] mark = files.get(Mark.NAME).clone();
        for (int copy = 0; copy < 2; copy++) {
            ByteBuffer bytes = ByteBuffer.wrap(mark, copy * 4_096, 4_096).slice();
            bytes.putShort(4, (short) 2);
            CRC32C crc = new CRC32C();
            crc.update(bytes.slice(0, 4_092));
            bytes.putInt(4_092, (int) crc.getValue());
        }
        assertThat(opened(changed(Mark.NAME, mark))).isEqualTo("NEWER_VERSION");
    }

    @Test
    void a_later_version_of_a_segment_is_refused() throws Exception {
        byte[] segment = files.get(Segment.fileName(SEGMENTS)).clone();
        ByteBuffer bytes = ByteBuffer.wrap(segment);
        bytes.putShort(12, (short) 2);
        CRC32C crc = new CRC32C();
        crc.update(segment, 0, 8);
        crc.update(segment, 12, bytes.getInt(4) - 12);
        bytes.putInt(8, (int) crc.getValue());
        assertThat(opened(changed(Segment.fileName(SEGMENTS), segment))).isEqualTo("NEWER_VERSION");
    }

    /** Segments are given up as soon as the mark is on disk; the older copy of it knows nothing of the newest one. */
    @Test
    void a_damaged_copy_of_the_mark_of_a_killed_process_costs_nothing() throws Exception {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 7, 0);
        script.fill(15);
        int from = disk.steps();
        script.run(40);
        List<FaultFs.Step> journal = disk.journal();
        assertThat(journal.subList(from, journal.size()))
                .as("segments are given up")
                .hasAtLeastOneElementOfType(FaultFs.Deleted.class);

        PowerCut kill = new PowerCut();
        for (int step = 0; step < journal.size(); step++) {
            kill.onStep(journal.get(step));
            for (int copy = 0; step >= from && copy < 2; copy++) {
                FaultFs left = new FaultFs(kill.files(PowerCut.Loss.NONE, new Random(0)));
                left.flip(Mark.NAME, copy * 4_096 + 100, 0);
                try (TopicLog log = TopicLog.open(left, script.options())) {
                    assertThat(log.recovery().isMarkRepaired()).isTrue();
                    assertThat(told(script, step + 1).violations(StoreView.of(log.contents())))
                            .as("killed after step %d, copy %d", step + 1, copy)
                            .isEmpty();
                }
            }
        }
    }

    private static TopicModel told(StoreScript script, int steps) {
        TopicModel model = StoreScript.model();
        script.events().stream().filter(event -> event.step() <= steps).forEach(event -> event.tell(model));
        return model;
    }

    /** A group that was being written when the power failed, behind a mark that is older than others on disk. */
    @Test
    void damage_before_the_last_group_is_no_crash_even_behind_the_mark() throws Exception {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 9, 0);
        for (int group = 0; group < 3; group++) {
            script.write(script.messages(1)); // no time passes, so no mark follows
        }
        int header = script.log().contents().active().header().lengthBytes();
        int end = script.log().contents().active().length();
        List<String> found = new ArrayList<>();
        for (int at : new int[] {header + 30, end - 1}) {
            FaultFs damaged = new FaultFs(disk.files());
            damaged.flip(Segment.fileName(1), at, 3);
            options = script.options();
            found.add(opened(damaged).replaceAll("\\d+", "n"));
        }
        assertThat(found)
                .as("the first of three groups, and the last one, which a crash could have left")
                .containsExactly("CORRUPT", "not whole, Recovery[cutBytes=n, isMarkRepaired=false, removedFiles=n]");
    }
}
