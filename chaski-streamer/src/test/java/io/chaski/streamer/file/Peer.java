package io.chaski.streamer.file;

import io.chaski.core.ChaskiNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A node with files, and what has happened to them. */
final class Peer {

    final FileExchange files;
    final Path directory;
    final Queue<FileEvent> events = new ConcurrentLinkedQueue<>();

    Peer(ChaskiNode node, FileOptions options, Path directory) throws IOException {
        this.files = FileExchange.on(node, options);
        this.directory = Files.createDirectories(directory);
    }

    Peer(ChaskiNode node, Path directory) throws IOException {
        this(node, FileOptions.builder().keepFree(0, 0).build(), directory);
    }

    /** Takes everything. */
    Peer accepting(String topic, NameClash clash) {
        return accepting(topic, FilePolicy.acceptAll(clash));
    }

    Peer accepting(String topic, FilePolicy policy) {
        files.acceptFiles(topic, directory, policy, events::add);
        return this;
    }

    <E extends FileEvent> List<E> events(Class<E> kind) {
        List<E> found = new ArrayList<>();
        events.forEach(event -> {
            if (kind.isInstance(event)) {
                found.add(kind.cast(event));
            }
        });
        return found;
    }

    List<ReceivedFile> completed() {
        return events(FileEvent.Completed.class).stream()
                .map(FileEvent.Completed::file)
                .toList();
    }

    List<FileProblem> refusals() {
        return events(FileEvent.Refused.class).stream()
                .map(FileEvent.Refused::problem)
                .toList();
    }

    List<FileProblem> failures() {
        return events(FileEvent.Failed.class).stream()
                .map(FileEvent.Failed::problem)
                .toList();
    }

    /** All files below the directory, temporary ones included. */
    List<String> names() throws IOException {
        return names(directory);
    }

    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(path -> !Files.isDirectory(path))
                    .map(path -> directory.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }
}
