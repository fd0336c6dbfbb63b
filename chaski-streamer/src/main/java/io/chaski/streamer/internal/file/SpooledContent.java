package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content that is in no file, in a temporary one: receivers come when they like and want chunks in any order, and a channel is
 * read once. Nobody but its owner can read the file. Stateless.
 */
final class SpooledContent {

    private static final Logger log = LoggerFactory.getLogger(SpooledContent.class);

    /** Says whose it was, if this process is killed. */
    static final String PREFIX = "chaski-" + ProcessHandle.current().pid() + "-";

    private static final int BUFFER_BYTES = 64 << 10;

    /** The disk is looked at before each so many bytes. */
    private static final long STEP_BYTES = 4L << 20;

    private SpooledContent() {}

    /**
     * Reads the content to its end. When it fails, nothing is left.
     *
     * @param room says how full the disk of temporary files may become
     * @return the temporary file
     * @throws IOException if the content cannot be read, or the file not be written
     * @throws io.chaski.streamer.file.TransferFailedException NO_SPACE
     * @throws IllegalBlockingModeException if the channel does not block: asking it again and again would keep a processor busy
     */
    static Path read(ReadableByteChannel content, Room room) throws IOException {
        if (content instanceof SelectableChannel selectable && !selectable.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        Path file = Files.createTempFile(PREFIX, ".push");
        boolean isComplete = false;
        try {
            copy(content, file, room);
            isComplete = true;
            return file;
        } finally {
            if (!isComplete) {
                delete(file);
            }
        }
    }

    private static void copy(ReadableByteChannel content, Path file, Room room) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long nextLook = 0;
            while (content.read(buffer) >= 0) {
                if (out.position() >= nextLook) {
                    room.checkFloor(file);
                    nextLook += STEP_BYTES;
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                buffer.clear();
            }
        }
    }

    /** Nobody needs it any more. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            log.warn("cannot remove the temporary file {}", file, failure);
        }
    }
}
