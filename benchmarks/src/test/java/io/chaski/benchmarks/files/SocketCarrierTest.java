package io.chaski.benchmarks.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends in one process. */
class SocketCarrierTest {

    @TempDir
    Path target;

    @TempDir
    Path source;

    Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(source.resolve("content.bin"), "content");
    }

    @Test
    void a_file_arrives_under_its_name() throws Exception {
        try (SocketCarrier carrier = new SocketCarrier(target, SocketCarrier.Sending.COPIES, new ClearWire())) {
            assertThat(carrier.carry(file))
                    .isEqualTo(target.resolve("content.bin"))
                    .hasSameBinaryContentAs(file);
        }
    }

    @Test
    void what_goes_wrong_at_the_receiver_is_told() throws Exception {
        Files.createFile(target.resolve("content.bin.part"));
        try (SocketCarrier carrier = new SocketCarrier(target, SocketCarrier.Sending.COPIES, new ClearWire())) {
            Throwable failure = catchThrowable(() -> carrier.carry(file));

            assertThat(failure).isInstanceOf(IOException.class);
            assertThat(failure.getSuppressed()).hasOnlyElementsOfType(FileAlreadyExistsException.class);
        }
    }
}
