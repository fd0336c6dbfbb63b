package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TallyTest {

    static final int BYTES = 16;
    static final int PAGE = 4096;
    static final int LARGE_BYTES = 4 * PAGE;

    @TempDir
    Path directory;

    SharedCounter progress;
    Tally tally;

    @BeforeEach
    void begin() throws IOException {
        Path file = directory.resolve("counter");
        progress = SharedCounter.open(file, 0);
        tally = new Tally(BYTES, SharedCounter.open(file, 0));
    }

    private static byte[] message(long number) {
        byte[] message = new byte[BYTES];
        Numbered.write(message, number);
        return message;
    }

    private void receive(long... numbers) {
        for (long number : numbers) {
            tally.onMessage(message(number));
        }
    }

    @Test
    void counts_what_comes_in_order() {
        receive(0, 1, 2);
        assertThat(tally.report()).isEqualTo(new Tally.Report(3, 0, 0));
    }

    @Test
    void tells_the_other_process_how_far_it_is() {
        receive(0, 1, 2);
        assertThat(progress.get()).isEqualTo(3);
    }

    @Test
    void counts_numbers_that_were_skipped() {
        receive(0, 3, 4);
        assertThat(tally.report()).isEqualTo(new Tally.Report(3, 2, 0));
    }

    @Test
    void counts_messages_that_come_twice_or_late() {
        receive(0, 2, 1, 2);
        assertThat(tally.report()).isEqualTo(new Tally.Report(2, 1, 2));
    }

    @Test
    void counts_messages_that_are_torn() {
        byte[] torn = message(1);
        torn[BYTES - 1] = 0;
        receive(0);
        tally.onMessage(torn);
        tally.onMessage(new byte[BYTES - 1]);
        assertThat(tally.report()).isEqualTo(new Tally.Report(1, 0, 2));
    }

    @Test
    void counts_large_messages_of_which_parts_are_missing_misplaced_or_anothers() {
        Tally ofLarge = new Tally(LARGE_BYTES, progress);
        byte[] missing = large(1);
        Arrays.fill(missing, PAGE, 2 * PAGE, (byte) 0);
        byte[] misplaced = large(1);
        System.arraycopy(large(1), PAGE, misplaced, 2 * PAGE, PAGE);
        byte[] anothers = large(1);
        System.arraycopy(large(1 + 256), PAGE, anothers, PAGE, PAGE);

        ofLarge.onMessage(large(0));
        ofLarge.onMessage(missing);
        ofLarge.onMessage(misplaced);
        ofLarge.onMessage(anothers);
        ofLarge.onMessage(large(1));
        assertThat(ofLarge.report()).isEqualTo(new Tally.Report(2, 0, 3));
    }

    private static byte[] large(long number) {
        byte[] message = new byte[LARGE_BYTES];
        Numbered.write(message, number);
        return message;
    }
}
