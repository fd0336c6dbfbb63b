package io.chaski.examples.fileshare;

import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.SharedFile;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Answers what this peer has: to others, and to itself. Thread-safe. */
final class OwnFiles implements FileManagement {

    /** More than a person looks at; who has more narrows the pattern. */
    static final int MAX_FOUND = 1_000;

    private final FileExchange exchange;

    OwnFiles(FileExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public List<FileInfo> search(String pattern) {
        Set<String> contents = new HashSet<>(); // a copy tells nobody anything new, and takes the place of another file
        return own(pattern)
                .filter(file -> contents.add(file.hash()))
                .limit(MAX_FOUND)
                .toList();
    }

    @Override
    public Optional<FileInfo> find(String hash) {
        return own("*").filter(file -> file.hash().equals(hash)).findFirst();
    }

    /** The caller waits while files that are new are read; its deadline ends that. */
    private Stream<FileInfo> own(String pattern) {
        return exchange.shared(pattern).join().stream().map(OwnFiles::info);
    }

    private static FileInfo info(SharedFile file) {
        return new FileInfo(file.name(), file.size(), file.hash());
    }
}
