package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.file.TestFiles;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FileThreadsTest {

    @Test
    void ticks_go_on_after_one_that_fails_whatever_it_throws() throws InterruptedException {
        CountDownLatch ticks = new CountDownLatch(3);
        try (FileThreads threads = new FileThreads("a")) {
            threads.begin(() -> {
                ticks.countDown();
                if (ticks.getCount() == 2) {
                    throw new IllegalStateException("of the test");
                }
                throw new StackOverflowError("of the test");
            });
            assertThat(ticks.await(TestFiles.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }
}
