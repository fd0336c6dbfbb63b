package io.chaski.streamer.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** What the tests of files share. */
public final class TestFiles {

    /** The machine may have much else to do. */
    public static final Duration LIMIT = Duration.ofSeconds(60);

    private TestFiles() {}

    /** A file of content that is never the same but for the same seed. */
    public static Path file(Path directory, String name, int bytes, long seed) throws IOException {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    public static String hash(Path file) throws Exception {
        return FileExchange.hash(file, "SHA-256");
    }

    /** For a thread of somebody else's: fails at the limit, and goes on at once if it is interrupted. */
    public static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public static void soon(ThrowingRunnable assertion) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).untilAsserted(assertion);
    }
}
