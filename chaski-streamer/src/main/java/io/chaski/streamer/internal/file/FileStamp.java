package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** By what a change of a file is noticed without reading it. What is missed, the hashes find. Immutable. */
record FileStamp(long size, FileTime modified) {

    /** Looks at a regular file, following links. */
    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        if (!found.isRegularFile()) {
            throw new NoSuchFileException(file.toString(), null, "not a regular file");
        }
        return new FileStamp(found.size(), found.lastModifiedTime());
    }
}
