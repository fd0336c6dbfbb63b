package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {

    @TempDir
    Path directory;

    private final Room room = new Room(
            new Disk(),
            FileOptions.builder().keepFree(0, 0).directoryQuota(1_000).build());

    @Test
    void of_two_files_that_begin_at_once_and_do_not_fit_together_one_is_begun() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 50; round++) {
                Path path = directory.resolve("f");
                Callable<Boolean> begin = () -> {
                    try {
                        room.begin(directory, 600, () -> 0, () -> Files.write(path, new byte[600]));
                        return true;
                    } catch (TransferFailedException full) {
                        return false;
                    }
                };
                List<Future<Boolean>> both = threads.invokeAll(List.of(begin, begin));
                assertThat(List.of(result(both.get(0)), result(both.get(1)))).containsExactlyInAnyOrder(true, false);
                Files.delete(path);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean result(Future<Boolean> future) throws InterruptedException, ExecutionException {
        return future.get();
    }

    @Test
    void what_does_not_fit_is_not_begun() throws IOException {
        assertThatThrownBy(() -> room.begin(directory, 1_001, () -> 0, () -> {
                    throw new AssertionError("begun");
                }))
                .isInstanceOf(TransferFailedException.class)
                .hasMessageContaining("QUOTA_EXCEEDED");
    }
}
