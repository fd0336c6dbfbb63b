package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What files of this machine are, without reading one again that has not changed: otherwise each offer with the name and
 * size of a large file would have it read. Thread-safe.
 */
final class HashedFiles {

    static final int MAX_REMEMBERED = 1_024;

    private record Known(Manifest manifest, FileStamp stamp) {}

    private final Map<Path, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Known> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /**
     * What a file is.
     *
     * @param stop asked while it is read
     * @return empty if it was told to stop, or the file changed meanwhile
     */
    Optional<Manifest> manifest(Path file, BooleanSupplier stop) throws IOException {
        FileStamp stamp = FileStamp.of(file);
        synchronized (known) {
            Known before = known.get(file);
            if (before != null && before.stamp().equals(stamp)) {
                return Optional.of(before.manifest());
            }
        }
        Optional<FileHasher.Hashed> hashed = FileHasher.hash(file, stop);
        hashed.ifPresent(now -> {
            synchronized (known) {
                known.put(file, new Known(now.manifest(), now.stamp()));
            }
        });
        return hashed.map(FileHasher.Hashed::manifest);
    }
}
