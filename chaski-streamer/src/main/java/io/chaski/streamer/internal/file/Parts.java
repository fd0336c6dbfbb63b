package io.chaski.streamer.internal.file;

import io.chaski.streamer.internal.disk.LockedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unfinished files of one directory: {@code .chaski-<random>.part} with the content and {@code .chaski-<random>.offer}
 * with what it is to become. No sender can choose such names, because they begin with a dot. Who works on one holds a lock
 * on its content, so two runs never share one. Thread-safe.
 */
final class Parts {

    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private static final String PREFIX = ".chaski-";
    private static final String CONTENT = ".part";
    private static final String DESCRIPTION = ".offer";

    /** What a directory may have of them; those beyond are left alone. */
    private static final int MAX_FILES = 20_000;

    /** Longer than a weekend without the publisher. */
    static final Duration MAX_AGE = Duration.ofDays(7);

    private final Disk disk;
    private final Path directory;

    Parts(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory.toAbsolutePath();
    }

    /** Begins a file: room for the content, then what it is, so that a description never comes first. */
    PartFile create(StoredOffer offer, RandomGenerator random) throws IOException {
        String name = PREFIX + HexFormat.of().toHexDigits(random.nextLong());
        Path description = directory.resolve(name + DESCRIPTION);
        Path content = directory.resolve(name + CONTENT);
        LockedFile locked = LockedFile.open(content, StandardOpenOption.CREATE_NEW)
                .orElseThrow(() -> new IOException("somebody else has locked " + content));
        boolean isCreated = false;
        try {
            long size = offer.manifest().size();
            if (size > 0) {
                // All before it is a hole, and reads as zeros.
                disk.write(locked.channel(), ByteBuffer.allocate(1), size - 1);
            }
            describe(description, offer);
            isCreated = true;
            return new PartFile(disk, content, description, offer, locked);
        } finally {
            if (!isCreated) {
                Files.deleteIfExists(content);
                Files.deleteIfExists(description);
                locked.close();
            }
        }
    }

    private void describe(Path description, StoredOffer offer) throws IOException {
        try (FileChannel out = FileChannel.open(
                description, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            disk.write(out, ByteBuffer.wrap(offer.encode()), 0);
            disk.force(out);
        }
    }

    /** The unfinished file of this content and name that nobody works on, if there is one. */
    Optional<PartFile> resume(Manifest manifest, String name) throws IOException {
        for (Path description : files(DESCRIPTION)) {
            Optional<StoredOffer> offer = read(description);
            if (offer.isPresent()
                    && offer.get().manifest().equals(manifest)
                    && offer.get().incoming().offer().name().equals(name)) {
                Optional<PartFile> part = reopen(description, offer.get());
                if (part.isPresent()) {
                    return part;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<PartFile> reopen(Path description, StoredOffer offer) throws IOException {
        Path content = contentOf(description);
        Optional<LockedFile> locked = lock(content);
        if (locked.isEmpty()) {
            return Optional.empty();
        }
        LockedFile ours = locked.get();
        if (ours.channel().size() != offer.manifest().size()) {
            ours.close();
            return Optional.empty();
        }
        if (hasOtherNames(content)) {
            // It was given its name and not taken away here: the content is the application's now, and not written to.
            Files.deleteIfExists(content);
            Files.deleteIfExists(description);
            ours.close();
            return Optional.empty();
        }
        PartFile left = new PartFile(disk, content, description, offer, ours);
        left.inspect();
        return Optional.of(left);
    }

    /** Removes the unfinished files of this content and name that nobody works on: they are not wanted any more. */
    void forget(Manifest manifest, String name) throws IOException {
        for (Optional<PartFile> left = resume(manifest, name); left.isPresent(); left = resume(manifest, name)) {
            left.get().delete();
        }
    }

    private static boolean hasOtherNames(Path content) throws IOException {
        try {
            return Files.getAttribute(content, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer names
                    && names > 1;
        } catch (UnsupportedOperationException | IllegalArgumentException noSuchView) {
            return false; // where links are not counted, names are given by a move
        }
    }

    /** What can be gone on with on a topic. */
    List<StoredOffer> unfinished(String topic) throws IOException {
        List<StoredOffer> found = new ArrayList<>();
        for (Path description : files(DESCRIPTION)) {
            read(description)
                    .filter(offer -> offer.incoming().topic().equals(topic))
                    .filter(offer -> isRegular(contentOf(description)))
                    .ifPresent(found::add);
        }
        return found;
    }

    /**
     * Removes what a crash has left and is good for nothing: the content or the description alone, or a cut one; and what
     * nobody has worked on for a week, such as that of a topic that is not accepted any more.
     */
    void clean() throws IOException {
        for (Path description : files(DESCRIPTION)) {
            if (!isRegular(contentOf(description))) {
                Files.deleteIfExists(description);
            }
        }
        for (Path content : files(CONTENT)) {
            Path description = descriptionOf(content);
            if (!isRegular(description) || read(description).isEmpty() || isOld(content)) {
                Optional<LockedFile> ours = lock(content);
                if (ours.isPresent()) {
                    Files.deleteIfExists(content);
                    Files.deleteIfExists(description);
                    ours.get().close();
                }
            }
        }
    }

    private static boolean isOld(Path content) throws IOException {
        Instant changed =
                Files.getLastModifiedTime(content, LinkOption.NOFOLLOW_LINKS).toInstant();
        return changed.isBefore(Instant.now().minus(MAX_AGE));
    }

    private static Optional<LockedFile> lock(Path content) throws IOException {
        return isRegular(content) ? LockedFile.open(content, StandardOpenOption.WRITE) : Optional.empty();
    }

    private List<Path> files(String suffix) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*" + suffix)) {
            for (Path file : files) {
                if (found.size() < MAX_FILES && isRegular(file)) {
                    found.add(file);
                }
            }
        } catch (DirectoryIteratorException unreadable) {
            throw unreadable.getCause();
        }
        return found;
    }

    private static Optional<StoredOffer> read(Path description) throws IOException {
        try {
            return Files.size(description) > StoredOffer.MAX_BYTES
                    ? Optional.empty()
                    : StoredOffer.decode(Files.readAllBytes(description));
        } catch (NoSuchFileException finished) {
            return Optional.empty();
        } catch (IllegalArgumentException notOurs) {
            log.debug("{} is not what it was: {}", description, notOurs.getMessage());
            return Optional.empty();
        }
    }

    private static boolean isRegular(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path contentOf(Path description) {
        return sibling(description, DESCRIPTION, CONTENT);
    }

    private static Path descriptionOf(Path content) {
        return sibling(content, CONTENT, DESCRIPTION);
    }

    private static Path sibling(Path file, String suffix, String other) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(name.substring(0, name.length() - suffix.length()) + other);
    }
}
