package io.chaski.streamer.internal.storage;

import io.chaski.streamer.internal.disk.Directories;
import java.io.IOException;
import java.nio.file.Path;

/** Where a storage makes things durable; a test records it. Thread-safe. */
interface StorageDisk {

    /** The disk of the system. */
    StorageDisk REAL = new StorageDisk() {
        @Override
        public MvFile open(Path file) throws IOException {
            return new MvFile(file);
        }

        @Override
        public void forceNames(Path folder) throws IOException {
            Directories.force(folder);
        }
    };

    /** Opens the library's file, which is there. */
    MvFile open(Path file) throws IOException;

    /** Makes the names in a folder durable. */
    void forceNames(Path folder) throws IOException;
}
