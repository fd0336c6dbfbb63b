package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class QueueFramesTest {

    private static final UUID JOB = new UUID(0x0123456789abcdefL, 0x1122334455667788L);

    private final List<byte[]> frames = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();

    private final ToWorker worker = new ToWorker() {
        @Override
        public void onJob(UUID job, int assignment, int attempt, byte[] payload) {
            heard.add("job " + job + " " + assignment + " " + attempt + " " + Arrays.toString(payload));
        }

        @Override
        public void onAcknowledged(UUID job, int assignment) {
            heard.add("acknowledged " + job + " " + assignment);
        }

        @Override
        public void onCancelled(UUID job, int assignment) {
            heard.add("cancelled " + job + " " + assignment);
        }
    };

    private final ToSubmitter submitter = new ToSubmitter() {
        @Override
        public void onReady(int free, long received) {
            heard.add("ready " + free + " " + received);
        }

        @Override
        public void onRunning(UUID job, int assignment) {
            heard.add("running " + job + " " + assignment);
        }

        @Override
        public void onDone(UUID job, int assignment, byte[] result) {
            heard.add("done " + job + " " + assignment + " " + Arrays.toString(result));
        }

        @Override
        public void onFailed(UUID job, int assignment, AttemptFailure failure, String detail) {
            heard.add("failed " + job + " " + assignment + " " + failure + " " + detail.length());
        }

        @Override
        public void onBusy(UUID job, int assignment) {
            heard.add("busy " + job + " " + assignment);
        }
    };

    private void writeToWorker() {
        ToWorker mouth = QueueFrames.toWorker(frames::add);
        mouth.onJob(JOB, 3, 2, new byte[] {1, 2});
        mouth.onJob(JOB, 4, 1, new byte[0]);
        mouth.onAcknowledged(JOB, 5);
        mouth.onCancelled(JOB, 6);
    }

    private void writeToSubmitter() {
        ToSubmitter mouth = QueueFrames.toSubmitter(frames::add);
        mouth.onReady(7, 1L << 40);
        mouth.onRunning(JOB, 1);
        mouth.onDone(JOB, 2, new byte[] {9});
        mouth.onFailed(JOB, 3, AttemptFailure.FINAL, "x".repeat(2_000));
        mouth.onBusy(JOB, 4);
    }

    @Test
    void what_a_submitter_says_is_what_a_worker_hears() throws QueueFrames.Malformed {
        writeToWorker();

        for (byte[] frame : frames) {
            QueueFrames.read(frame, worker);
        }

        assertThat(heard)
                .containsExactly(
                        "job " + JOB + " 3 2 [1, 2]",
                        "job " + JOB + " 4 1 []",
                        "acknowledged " + JOB + " 5",
                        "cancelled " + JOB + " 6");
    }

    @Test
    void what_a_worker_says_is_what_a_submitter_hears() throws QueueFrames.Malformed {
        writeToSubmitter();

        for (byte[] frame : frames) {
            QueueFrames.read(frame, submitter);
        }

        assertThat(heard)
                .containsExactly(
                        "ready 7 1099511627776",
                        "running " + JOB + " 1",
                        "done " + JOB + " 2 [9]",
                        "failed " + JOB + " 3 FINAL 1000",
                        "busy " + JOB + " 4");
    }

    @Test
    void the_bytes_are_those_of_the_specification() {
        QueueFrames.toWorker(frames::add).onJob(JOB, 3, 2, new byte[] {1, 2});

        assertThat(frames.get(0))
                .asHexString()
                .isEqualTo("01" + "0123456789ABCDEF1122334455667788" + "00000003" + "00000002" + "0102");
    }

    @Test
    void kinds_are_listed_in_the_specification() throws Exception {
        String specification = Files.readString(Path.of("..", "docs", "protocol.md"));
        String section = specification.substring(
                specification.indexOf("\n## 16. Work queues"),
                specification.indexOf("\n**Announcements**", specification.indexOf("\n## 16. ")));
        List<String> kinds = new ArrayList<>();
        for (Field field : QueueFrames.class.getDeclaredFields()) {
            if (field.getType() == byte.class) {
                field.setAccessible(true);
                kinds.add(field.get(null) + " " + field.getName());
            }
        }

        assertThat(Pattern.compile("\n\\| (\\d [A-Z]+) \\|").matcher(section).results())
                .extracting(row -> row.group(1))
                .containsExactlyInAnyOrderElementsOf(kinds)
                .hasSize(8);
    }

    @Test
    void the_largest_job_is_a_message() {
        QueueFrames.toWorker(frames::add)
                .onJob(JOB, 1, 1, new byte[io.chaski.streamer.work.WorkQueueOptions.MAX_PAYLOAD_BYTES]);

        assertThat(frames.get(0)).hasSizeLessThanOrEqualTo(QueueFrames.MAX_MESSAGE_BYTES);
    }

    @Test
    void what_is_cut_off_or_too_long_is_refused() {
        writeToWorker();
        int ofWorker = frames.size();
        writeToSubmitter();

        for (int i = 0; i < frames.size(); i++) {
            byte[] frame = frames.get(i);
            boolean isOpenEnded = frame[0] == 1 || frame[0] == 6 || frame[0] == 7;
            int fixed = isOpenEnded ? (frame[0] == 1 ? 25 : frame[0] == 6 ? 21 : 22) : frame.length;
            for (int length = 0; length < fixed; length++) {
                refused(Arrays.copyOf(frame, length), i < ofWorker);
            }
            if (!isOpenEnded) {
                refused(Arrays.copyOf(frame, frame.length + 1), i < ofWorker);
            }
        }
        assertThat(heard).isEmpty();
    }

    private void refused(byte[] frame, boolean isForWorker) {
        assertThatExceptionOfType(QueueFrames.Malformed.class).isThrownBy(() -> {
            if (isForWorker) {
                QueueFrames.read(frame, worker);
            } else {
                QueueFrames.read(frame, submitter);
            }
        });
    }

    @Test
    void what_the_other_side_says_is_refused_here() {
        writeToWorker();
        frames.forEach(frame -> refused(frame, false));
        frames.clear();
        writeToSubmitter();
        frames.forEach(frame -> refused(frame, true));
    }

    @Test
    void any_bytes_are_read_or_refused() {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(10);
            }
            try {
                QueueFrames.read(bytes, submitter);
            } catch (QueueFrames.Malformed e) {
                refused++;
            }
            try {
                QueueFrames.read(bytes, worker);
            } catch (QueueFrames.Malformed e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(20_001, 39_999);
        assertThat(heard).hasSize(40_000 - refused);
    }
}
