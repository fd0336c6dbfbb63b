package io.chaski.streamer.file;

import io.chaski.core.ChaskiNode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A node with files, and what has happened to them. */
public final class Peer implements AutoCloseable {

    public final FileExchange files;
    public final Path directory;
    public final Queue<FileEvent> events = new ConcurrentLinkedQueue<>();

    public Peer(ChaskiNode node, FileOptions options, Path directory) throws IOException {
        this.files = FileExchange.on(node, options);
        this.directory = Files.createDirectories(directory);
    }

    /** Only collects what happens. */
    public Peer(Path directory) throws IOException {
        this.files = null;
        this.directory = Files.createDirectories(directory);
    }

    public Peer(ChaskiNode node, Path directory) throws IOException {
        this(node, FileOptions.builder().keepFree(0, 0).build(), directory);
    }

    /** Takes everything. */
    public Peer accepting(String topic, NameClash clash) {
        return accepting(topic, FilePolicy.acceptAll(clash));
    }

    public Peer accepting(String topic, FilePolicy policy) {
        files.acceptFiles(topic, directory, policy, events::add);
        return this;
    }

    public <E extends FileEvent> List<E> events(Class<E> kind) {
        List<E> found = new ArrayList<>();
        events.forEach(event -> {
            if (kind.isInstance(event)) {
                found.add(kind.cast(event));
            }
        });
        return found;
    }

    public List<ReceivedFile> completed() {
        return events(FileEvent.Completed.class).stream()
                .map(FileEvent.Completed::file)
                .toList();
    }

    public List<FileProblem> refusals() {
        return events(FileEvent.Refused.class).stream()
                .map(FileEvent.Refused::problem)
                .toList();
    }

    public List<FileProblem> failures() {
        return events(FileEvent.Failed.class).stream()
                .map(FileEvent.Failed::problem)
                .toList();
    }

    /** All files below the directory, temporary ones included. */
    public List<String> names() throws IOException {
        return names(directory);
    }

    /** As far as they are still there when they are looked at: temporary files come and go meanwhile. */
    public static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                names.add(directory.relativize(file).toString());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        names.sort(null);
        return names;
    }

    @Override
    public void close() {
        files.close();
    }
}
