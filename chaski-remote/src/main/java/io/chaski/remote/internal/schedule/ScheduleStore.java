package io.chaski.remote.internal.schedule;

import io.chaski.core.codec.CodecException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules in a directory, a file for each: written when a schedule is made, deleted when it is over. The first four bytes are the CRC-32
 * of the others, which are CBOR. A file is there whole or not at all; one that cannot be read is set aside and told. Thread-safe.
 */
public final class ScheduleStore {

    private static final Logger log = LoggerFactory.getLogger(ScheduleStore.class);
    private static final String SUFFIX = ".schedule";
    private static final String UNFINISHED = ".tmp";
    private static final String DAMAGED = ".damaged";

    /** Arguments, an order with all instants and all headers, and some. */
    private static final int MAX_FILE_BYTES = 4 * Limits.MAX_ARGUMENT_BYTES;

    private final Path directory;

    /**
     * A directory of one node.
     *
     * @param directory made if it is not there
     * @throws UncheckedIOException if it cannot be made
     */
    public ScheduleStore(Path directory) {
        try {
            this.directory = Files.createDirectories(directory);
        } catch (IOException refused) {
            throw new UncheckedIOException("schedules cannot be kept in " + directory, refused);
        }
    }

    /** Reads what is there, the first so many. */
    List<StoredSchedule> read(int most) {
        List<StoredSchedule> schedules = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(UNFINISHED)) {
                    Files.delete(file);
                } else if (name.endsWith(SUFFIX) && schedules.size() < most) {
                    read(file, schedules);
                } else if (name.endsWith(SUFFIX)) {
                    log.warn("more than {} schedules are kept; {} is left where it is", most, file);
                }
            }
        } catch (IOException failed) {
            log.warn("the schedules in {} cannot be read", directory, failed);
        }
        return schedules;
    }

    private void read(Path file, List<StoredSchedule> schedules) throws IOException {
        try {
            StoredSchedule schedule = decode(file);
            if (!file.equals(fileOf(schedule.order().id()))) {
                throw new CodecException("it is another schedule's");
            }
            schedules.add(schedule);
        } catch (CodecException damaged) {
            Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            log.warn("a schedule cannot be read and will not run; it is now {}: {}", aside, damaged.getMessage());
        }
    }

    private static StoredSchedule decode(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new CodecException("it is larger than any schedule");
        }
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
        if (content.remaining() < Integer.BYTES) {
            throw new CodecException("it is cut short");
        }
        int checksum = content.getInt();
        byte[] encoded = new byte[content.remaining()];
        content.get(encoded);
        if (checksum != checksum(encoded)) {
            throw new CodecException("its checksum is wrong");
        }
        return StoredSchedule.decode(encoded);
    }

    private static int checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Keeps a schedule; it is on the disk when this returns. */
    void write(StoredSchedule schedule) throws IOException {
        byte[] encoded = schedule.encode();
        ByteBuffer content = ByteBuffer.allocate(Integer.BYTES + encoded.length);
        content.putInt(checksum(encoded)).put(encoded).flip();
        Path file = fileOf(schedule.order().id());
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try (FileChannel out = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            while (content.hasRemaining()) {
                out.write(content);
            }
            out.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Keeps it no longer. */
    void delete(String id) {
        try {
            Files.deleteIfExists(fileOf(id));
        } catch (IOException failed) {
            log.warn("a schedule that is over is still kept, and will be there again: {}", id, failed);
        }
    }

    private Path fileOf(String id) {
        return directory.resolve(id + SUFFIX);
    }
}
