package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files below one directory that peers may find and fetch: regular files, no links, with names that others can take.
 * Whoever asks makes it look again; what has not changed is not read again. Confined to the executor of the sharing.
 */
final class SharedDirectory {

    private static final Logger log = LoggerFactory.getLogger(SharedDirectory.class);

    static final int MAX_FILES = 10_000;

    /** A file that is shared. */
    record Entry(String name, FileHasher.Hashed hashed, FileHolding holding) {}

    private final Path directory;
    private final Holdings holdings;
    private Map<Path, Entry> entries = new LinkedHashMap<>();
    private volatile boolean isClosed;

    SharedDirectory(Path directory, Holdings holdings) {
        this.directory = directory;
        this.holdings = holdings;
    }

    void refresh() throws IOException {
        Map<Path, Entry> found = new LinkedHashMap<>();
        Map<Path, Entry> before = entries;
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (isClosed || found.size() >= MAX_FILES) {
                    return FileVisitResult.TERMINATE;
                }
                String name = FileNames.offered(directory.relativize(file));
                if (attributes.isRegularFile() && FileNames.isGoodPath(name)) {
                    entry(file, name, before.get(file)).ifPresent(entry -> found.put(file, entry));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                log.debug("cannot share {}: {}", file, unreadable.toString());
                return FileVisitResult.CONTINUE;
            }
        });
        before.forEach((file, entry) -> {
            if (!entry.equals(found.get(file))) {
                holdings.remove(entry.holding());
            }
        });
        entries = found;
        if (isClosed) {
            forget();
        }
    }

    private Optional<Entry> entry(Path file, String name, @Nullable Entry before) {
        try {
            if (before != null && before.hashed().stamp().equals(FileStamp.of(file))) {
                return Optional.of(before);
            }
            Optional<FileHasher.Hashed> hashed = FileHasher.hash(file, () -> isClosed);
            if (hashed.isEmpty()) {
                return Optional.empty();
            }
            FileHolding holding = new FileHolding(file, hashed.get(), bytes -> {}, holdings::remove);
            return holdings.add(holding) ? Optional.of(new Entry(name, hashed.get(), holding)) : Optional.empty();
        } catch (IOException unreadable) {
            log.debug("cannot share {}: {}", file, unreadable.toString());
            return Optional.empty();
        }
    }

    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** Ends it; {@link #refresh} that is under way ends soon. */
    void close() {
        isClosed = true;
    }

    /** Nothing of it is given any more. */
    void forget() {
        entries.values().forEach(entry -> holdings.remove(entry.holding()));
        entries = new LinkedHashMap<>();
    }
}
