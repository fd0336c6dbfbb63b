package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.streamer.file.FileOptions;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpooledContentTest {

    private static final byte[] CONTENT = {1, 2, 3};

    private final Room room =
            new Room(new Disk(), FileOptions.builder().keepFree(0, 0).build());

    private Pipe pipe;

    @BeforeEach
    void open() throws Exception {
        pipe = Pipe.open();
        pipe.sink().write(ByteBuffer.wrap(CONTENT));
        pipe.sink().close();
    }

    @AfterEach
    void close() throws Exception {
        pipe.source().close();
    }

    @Test
    void a_channel_that_blocks_is_read_to_its_end() throws Exception {
        Path file = SpooledContent.read(pipe.source(), room);

        assertThat(file).hasBinaryContent(CONTENT);
        Files.delete(file);
    }

    @Test
    void a_channel_that_does_not_block_is_refused_and_not_asked_for_ever() throws Exception {
        pipe.source().configureBlocking(false);

        assertThatThrownBy(() -> SpooledContent.read(pipe.source(), room))
                .isInstanceOf(IllegalBlockingModeException.class);
    }
}
