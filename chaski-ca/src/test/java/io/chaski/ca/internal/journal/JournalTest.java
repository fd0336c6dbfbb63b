package io.chaski.ca.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class JournalTest {

    private static final Path DIRECTORY = Path.of("/ca");
    private static final Path LOG = DIRECTORY.resolve("journal.log");
    private static final Path MARK = DIRECTORY.resolve("journal.mark");

    private final SimulatedDisk disk = new SimulatedDisk();

    private static JournalRecord record(int number) {
        return new JournalRecord(
                Event.USED, Instant.ofEpochSecond(1_800_000_000L + number), Map.of("jti", "token " + number));
    }

    private static Journal create(SimulatedDisk disk) throws IOException {
        Journal journal = Journal.create(disk, DIRECTORY);
        disk.forceDirectory(DIRECTORY);
        return journal;
    }

    /** A closed journal with records 1 to that number. */
    private void write(int records) throws IOException {
        try (Journal journal = create(disk)) {
            for (int i = 1; i <= records; i++) {
                journal.append(record(i));
            }
        }
    }

    private static List<JournalRecord> read(SimulatedDisk disk) throws IOException {
        List<JournalRecord> records = new ArrayList<>();
        Journal.open(disk, DIRECTORY, records::add).close();
        return records;
    }

    @Nested
    class Written_records {
        @Test
        void are_found_in_their_order() throws IOException {
            write(3);

            assertThat(read(disk)).containsExactly(record(1), record(2), record(3));
        }

        @Test
        void are_numbered() throws IOException {
            Journal journal = create(disk);

            assertThat(journal.append(record(1))).isOne();
            assertThat(journal.append(record(2))).isEqualTo(2);
            assertThat(journal.records()).isEqualTo(2);
        }

        @Test
        void go_on_behind_those_of_before() throws IOException {
            write(2);
            try (Journal journal = Journal.open(disk, DIRECTORY, old -> {})) {
                journal.append(record(3));
            }

            assertThat(read(disk)).containsExactly(record(1), record(2), record(3));
            assertThat(Journal.audit(disk, DIRECTORY).isSound()).isTrue();
        }

        /** The format is a promise: auditors have tools. */
        @Test
        void are_lines_of_JSON_with_a_checksum_and_the_hash_of_the_line_before() throws IOException {
            write(2);

            assertThat(new String(disk.content(LOG), StandardCharsets.US_ASCII))
                    .isEqualTo("2d6137a3 {\"n\":\"1\",\"prev\":\"" + "0".repeat(64)
                            + "\",\"event\":\"USED\",\"time\":\"2027-01-15T08:00:01Z\",\"jti\":\"token 1\"}\n"
                            + "85bf176d {\"n\":\"2\",\"prev\":\""
                            + "ae1fdcd680db6aa6a50f39db868161f0791fe383367167808b1213c7c7b9f0e9"
                            + "\",\"event\":\"USED\",\"time\":\"2027-01-15T08:00:02Z\",\"jti\":\"token 2\"}\n");
        }

        @Test
        void may_contain_anything() throws IOException {
            JournalRecord odd = new JournalRecord(
                    Event.REFUSED, Instant.EPOCH, Map.of("text", "\"\\\n\u001b[31m \u00fc ${jndi:x} \uD83D\uDE00"));
            try (Journal journal = create(disk)) {
                journal.append(odd);
            }

            assertThat(read(disk)).containsExactly(odd);
            assertThat(new String(disk.content(LOG), StandardCharsets.ISO_8859_1))
                    .matches("[ -~]*\n"); // no terminal sees a control character
        }

        @Test
        void may_be_many() throws IOException {
            write(600);

            assertThat(read(disk)).hasSize(600).endsWith(record(600));
        }

        @Test
        void have_a_longest_form() throws IOException {
            Journal journal = create(disk);
            String text = "x".repeat(JournalLine.MAX_BYTES);

            assertThatThrownBy(() -> journal.append(new JournalRecord(Event.USED, Instant.EPOCH, Map.of("text", text))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(journal.append(record(1))).as("and nothing was harmed").isOne();
        }
    }

    @Nested
    class A_power_failure {
        /** Every operation of a script, times what a disk may make of it. */
        @Test
        void at_any_operation_loses_nothing_that_was_acknowledged() throws IOException {
            int crashes = 0;
            for (int operation = 0; ; operation++) {
                SimulatedDisk crashing = new SimulatedDisk();
                create(crashing).close();
                crashing.endPowerAt(operation);
                int acknowledged = script(crashing);
                for (Loss loss : Loss.values()) {
                    for (int seed = 0; seed < (loss == Loss.SOME ? 6 : 1); seed++) {
                        checkAfter(crashing.afterPowerFailure(loss, new Random(seed)), acknowledged, crashing);
                        crashes++;
                    }
                }
                checkAfter(crashing.afterTornBlocks(MARK, new Random(operation)), acknowledged, crashing);
                crashes++;
                if (acknowledged == 6) {
                    break;
                }
            }
            assertThat(crashes).isGreaterThan(250);
        }

        /** Three records, a restart, three more; returns how many were acknowledged before the power ended. */
        private int script(SimulatedDisk crashing) throws IOException {
            int acknowledged = 0;
            try {
                for (int run = 0; run < 2; run++) {
                    Journal journal = Journal.open(crashing, DIRECTORY, old -> {});
                    for (int i = 0; i < 3; i++) {
                        journal.append(record(acknowledged + 1));
                        acknowledged++;
                    }
                    journal.close();
                }
            } catch (PowerFailure e) {
                return acknowledged;
            }
            return acknowledged;
        }

        private void checkAfter(SimulatedDisk after, int acknowledged, SimulatedDisk crashed) throws IOException {
            List<JournalRecord> found = read(after);
            assertThat(found.size()).as("%s", crashed.trace()).isBetween(acknowledged, acknowledged + 1);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).isEqualTo(record(i + 1));
            }
            assertThat(Journal.audit(after, DIRECTORY).isSound()).isTrue();
            try (Journal journal = Journal.open(after, DIRECTORY, old -> {})) {
                journal.append(record(found.size() + 1));
            }
            assertThat(read(after)).hasSize(found.size() + 1);
        }
    }

    /** A kill leaves what was not forced in the cache; a power failure right after the restart must not find it missing. */
    @Test
    void a_power_failure_after_a_kill_loses_nothing_that_was_found_in_between() throws IOException {
        Journal journal = create(disk);
        journal.append(record(1));
        disk.endPowerAt(1); // the sync of the log: the record is written
        assertThatThrownBy(() -> journal.append(record(2))).isInstanceOf(PowerFailure.class);

        SimulatedDisk afterKill = disk.afterKill();
        assertThat(read(afterKill)).containsExactly(record(1), record(2));
        assertThat(read(afterKill.afterPowerFailure(Loss.ALL, new Random(1)))).containsExactly(record(1), record(2));
    }

    @Nested
    class An_operation_that_fails {
        @Test
        void ends_the_journal_until_it_is_opened_again() throws IOException {
            for (int operation = 0; operation < 4; operation++) {
                SimulatedDisk failing = new SimulatedDisk();
                Journal journal = create(failing);
                journal.append(record(1));
                failing.failAt(operation);

                assertThatThrownBy(() -> journal.append(record(2))).isInstanceOf(IOException.class);
                int operations = failing.operations();
                assertThatThrownBy(() -> journal.append(record(2))).isInstanceOf(IOException.class);
                assertThat(failing.operations()).as("not tried again").isEqualTo(operations);

                for (Loss loss : Loss.values()) {
                    assertThat(read(failing.afterPowerFailure(loss, new Random(1))))
                            .startsWith(record(1))
                            .hasSizeBetween(1, 2);
                }
            }
        }
    }

    @Nested
    class What_could_not_be_opened {
        @Test
        void is_closed() throws IOException {
            for (int operation = 0; operation < 7; operation++) {
                SimulatedDisk failing = new SimulatedDisk();
                failing.failAt(operation);

                assertThatThrownBy(() -> Journal.create(failing, DIRECTORY)).isInstanceOf(IOException.class);
                assertThat(failing.openFiles()).as("%s", failing.trace()).isZero();
            }
            write(1);
            disk.put(MARK, new byte[9]);
            assertThatThrownBy(() -> read(disk)).isInstanceOf(AuthorityException.class);
            assertThat(disk.openFiles()).isZero();
        }
    }

    /** What a crash leaves and opening mends, and what somebody has done. */
    @Nested
    class An_audit_tells_apart {
        @Test
        void a_record_that_nobody_was_told_of() throws IOException {
            Journal journal = create(disk);
            journal.append(record(1));
            disk.endPowerAt(1); // the sync of the log: the record is written
            assertThatThrownBy(() -> journal.append(record(2))).isInstanceOf(PowerFailure.class);

            assertIsUnfinished();
        }

        @Test
        void a_record_or_a_mark_that_is_torn() throws IOException {
            write(2);
            disk.put(LOG, Arrays.copyOf(disk.content(LOG), disk.content(LOG).length + 9));
            assertIsUnfinished();

            byte[] torn = disk.content(MARK);
            torn[9] ^= 1;
            disk.put(MARK, torn);
            assertIsUnfinished();
        }

        private void assertIsUnfinished() throws IOException {
            SimulatedDisk found = disk.afterKill();
            assertThat(Journal.audit(found, DIRECTORY)).satisfies(audit -> {
                assertThat(audit.isSound()).isFalse();
                assertThat(audit.isUnfinished()).isTrue();
            });
            read(found);
            assertThat(Journal.audit(found, DIRECTORY).isSound()).as("mended").isTrue();
        }

        @Test
        void damage() throws IOException {
            write(2);
            byte[] content = disk.content(LOG);
            content[20] ^= 1;
            disk.put(LOG, content);

            assertThat(Journal.audit(disk, DIRECTORY)).satisfies(audit -> {
                assertThat(audit.isSound()).isFalse();
                assertThat(audit.isUnfinished()).isFalse();
            });
        }

        @Test
        void marks_that_are_both_damaged() throws IOException {
            create(disk).close();
            disk.put(MARK, new byte[2 * MarkFile.SLOT_BYTES]);

            assertThat(Journal.audit(disk, DIRECTORY)).satisfies(audit -> {
                assertThat(audit.isSound()).isFalse();
                assertThat(audit.isUnfinished()).isFalse();
            });
        }

        @Test
        void a_file_that_is_missing() throws IOException {
            write(1);
            disk.deleteIfExists(LOG);

            assertThatThrownBy(() -> Journal.audit(disk, DIRECTORY))
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.MISSING));
        }
    }

    @Nested
    class Damage {
        @Test
        void by_any_byte_is_found_by_an_audit() throws IOException {
            write(4);
            assertThat(Journal.audit(disk, DIRECTORY)).satisfies(audit -> {
                assertThat(audit.records()).isEqualTo(4);
                assertThat(audit.isSound()).isTrue();
            });
            for (Path file : List.of(LOG, MARK)) {
                byte[] content = disk.content(file);
                // Of the zeros behind the marks some stand for all.
                boolean isMark = file.equals(MARK);
                for (int i = 0; i < content.length; i += isMark && i % MarkFile.SLOT_BYTES > Mark.BYTES ? 59 : 1) {
                    byte[] flipped = content.clone();
                    flipped[i] ^= (byte) (1 << i % 8);
                    disk.put(file, flipped);
                    assertThat(Journal.audit(disk, DIRECTORY).isSound())
                            .as("byte %s of %s", i, file)
                            .isFalse();
                }
                disk.put(file, content);
            }
        }

        @Test
        void by_any_byte_of_the_log_keeps_it_from_being_opened() throws IOException {
            write(3);
            byte[] content = disk.content(LOG);
            for (int i = 0; i < content.length; i++) {
                byte[] flipped = content.clone();
                flipped[i] ^= 1;
                disk.put(LOG, flipped);
                assertDamaged();
            }
        }

        @Test
        void of_one_mark_is_what_a_power_failure_may_leave() throws IOException {
            write(3);
            byte[] content = disk.content(MARK);
            for (int slot : new int[] {0, MarkFile.SLOT_BYTES}) {
                byte[] torn = content.clone();
                torn[slot + 9] ^= 1;
                disk.put(MARK, torn);

                assertThat(read(disk)).hasSize(3);
                assertThat(Journal.audit(disk, DIRECTORY).isSound())
                        .as("mended")
                        .isTrue();
            }
        }

        @Test
        void of_both_marks_is_an_error() throws IOException {
            write(3);
            disk.put(MARK, new byte[disk.content(MARK).length]);

            assertDamaged();
        }

        @Test
        void by_cutting_the_log_off_anywhere_is_found() throws IOException {
            write(3);
            byte[] content = disk.content(LOG);
            for (int length = 0; length < content.length; length++) {
                disk.put(LOG, Arrays.copyOf(content, length));
                assertDamaged();
                assertThat(Journal.audit(disk, DIRECTORY).isSound()).isFalse();
            }
        }

        @Test
        void by_exchanging_lines_is_found() throws IOException {
            write(3);
            List<String> lines = new String(disk.content(LOG), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
            disk.put(
                    LOG,
                    (lines.get(0) + "\n" + lines.get(2) + "\n" + lines.get(1) + "\n")
                            .getBytes(StandardCharsets.US_ASCII));

            assertDamaged();
        }

        /** By who can make checksums, but has not rewritten what follows. */
        @Test
        void by_rewriting_a_record_with_its_checksum_is_found() throws IOException {
            write(3);
            List<String> lines = new String(disk.content(LOG), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
            byte[] first = (lines.get(0) + "\n").getBytes(StandardCharsets.US_ASCII);
            String second =
                    new String(JournalLine.write(2, JournalLine.hash(first), record(9)), StandardCharsets.US_ASCII);
            disk.put(LOG, (lines.get(0) + "\n" + second + lines.get(2) + "\n").getBytes(StandardCharsets.US_ASCII));

            assertDamaged();
        }

        @Test
        void by_more_than_one_torn_write_behind_the_mark_is_found() throws IOException {
            write(3);
            disk.put(LOG, Arrays.copyOf(disk.content(LOG), disk.content(LOG).length + JournalLine.MAX_BYTES + 1));

            assertDamaged();
        }

        @Test
        void by_a_missing_file_is_named() throws IOException {
            write(1);
            disk.deleteIfExists(MARK);

            assertThatThrownBy(() -> read(disk))
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.MISSING))
                    .hasMessageContaining("journal.mark");
        }

        private void assertDamaged() {
            assertThatThrownBy(() -> read(disk))
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED));
        }
    }

    @Test
    void a_torn_write_behind_the_mark_is_cut_off() throws IOException {
        write(2);
        byte[] content = disk.content(LOG);
        for (int torn = 1; torn < 60; torn++) {
            byte[] longer = Arrays.copyOf(content, content.length + torn);
            Arrays.fill(longer, content.length, longer.length, (byte) 'x');
            disk.put(LOG, longer);

            assertThat(read(disk)).hasSize(2);
            assertThat(disk.content(LOG)).isEqualTo(content);
        }
    }
}
