package io.chaski.examples.fileshare;

import java.util.List;

/**
 * A file that is shared: what has one hash is one file, whatever its names and wherever it is.
 *
 * @param name one of its names
 * @param size in bytes
 * @param hash SHA-256 of the content
 * @param holders names of the peers that have it
 */
record FoundFile(String name, long size, String hash, List<String> holders) {
    FoundFile {
        holders = List.copyOf(holders);
    }

    /** How many were found, which is not all if somebody has more than a peer tells at once. */
    static String count(List<FoundFile> found) {
        if (found.size() == 1) {
            return "1 file";
        }
        return found.size() + (found.size() < OwnFiles.MAX_FOUND ? " files" : " files or more");
    }
}
