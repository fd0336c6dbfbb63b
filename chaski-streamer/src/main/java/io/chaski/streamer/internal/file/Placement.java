package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives finished files of one directory their names, in one step and never through a link. Thread-safe: who comes second
 * finds the name taken.
 */
final class Placement {

    private static final Logger log = LoggerFactory.getLogger(Placement.class);

    /** Numbers tried for {@link NameClash#KEEP_BOTH}. */
    private static final int MAX_NUMBER = 10_000;

    /** Of these, those that have the size of a file are read to see whether they are that file. */
    private static final int MAX_LOOKED_AT = 100;

    private final Disk disk;
    private final Path directory;

    Placement(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Whether something may be the file itself, as far as can be seen without reading it. */
    boolean isPerhapsPresent(String name, Manifest manifest, NameClash clash) throws IOException {
        return !candidates(name, manifest, clash).isEmpty();
    }

    /**
     * The file itself, if it is there under its name, or with a number if it would get one: with this size and hash, and no
     * link. May take long.
     */
    Optional<Path> present(String name, Manifest manifest, NameClash clash, HashedFiles files, BooleanSupplier stop)
            throws IOException {
        for (Path candidate : candidates(name, manifest, clash)) {
            if (files.manifest(candidate, stop).filter(manifest::equals).isPresent()) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private List<Path> candidates(String name, Manifest manifest, NameClash clash) throws IOException {
        List<Path> found = new ArrayList<>();
        Path target = directory.resolve(name);
        String last = String.valueOf(target.getFileName());
        if (!isBelowRealDirectories(target)) {
            return found;
        }
        Optional<BasicFileAttributes> there = lookAt(target);
        int most = clash == NameClash.KEEP_BOTH ? MAX_LOOKED_AT : 1;
        for (int number = 1; number <= most && there.isPresent(); number++) {
            if (there.get().isRegularFile() && there.get().size() == manifest.size()) {
                found.add(target);
            }
            target = target.resolveSibling(FileNames.numbered(last, number + 1));
            there = lookAt(target);
        }
        return found;
    }

    /** Refuses early what {@link #place} would refuse in the end. */
    void check(String name, NameClash clash) throws IOException {
        Path target = directory.resolve(name);
        if (!isBelowRealDirectories(target)) {
            throw exists(name, "something that is no directory is in the way of the path");
        }
        Optional<BasicFileAttributes> found = lookAt(target);
        boolean isReplaceable = found.isPresent() && found.get().isRegularFile();
        if (found.isPresent() && (clash == NameClash.REFUSE || clash == NameClash.REPLACE && !isReplaceable)) {
            throw exists(name, isReplaceable ? "there is another file" : "there is something that is no regular file");
        }
    }

    /**
     * Moves a finished file to its name.
     *
     * @return where it is
     * @throws TransferFailedException EXISTS, if the name was taken meanwhile
     */
    Path place(Path content, String name, NameClash clash) throws IOException {
        check(name, clash);
        Path target = directory.resolve(name);
        Path parent = createParents(target);
        switch (clash) {
            case REPLACE -> Files.move(content, target, StandardCopyOption.ATOMIC_MOVE);
            case REFUSE -> {
                if (!moveIfFree(content, target)) {
                    throw exists(name, "there is something else by now");
                }
            }
            case KEEP_BOTH -> target = moveNumbered(content, target);
        }
        disk.forceNames(parent);
        return target;
    }

    private static Path moveNumbered(Path content, Path wanted) throws IOException {
        Path target = wanted;
        for (int number = 2; !moveIfFree(content, target); number++) {
            if (number > MAX_NUMBER) {
                throw exists(String.valueOf(wanted.getFileName()), "so are all its numbers");
            }
            target = wanted.resolveSibling(FileNames.numbered(String.valueOf(wanted.getFileName()), number));
        }
        return target;
    }

    /** A move replaces what is there; a hard link never does. */
    private static boolean moveIfFree(Path content, Path target) throws IOException {
        try {
            Files.createLink(target, content);
        } catch (FileAlreadyExistsException taken) {
            return false;
        } catch (UnsupportedOperationException | IOException noLinks) {
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            Files.move(content, target, StandardCopyOption.ATOMIC_MOVE); // FAT has no links: the best there is
            return true;
        }
        try {
            Files.delete(content);
        } catch (IOException left) {
            // The file has its name, so it has arrived; whoever finds its second name knows by the count of its links.
            log.warn("cannot remove a temporary name: {}", left.toString());
        }
        return true;
    }

    private Path createParents(Path target) throws IOException {
        Path at = directory;
        Path relative = directory.relativize(target);
        for (int i = 0; i < relative.getNameCount() - 1; i++) {
            at = at.resolve(relative.getName(i));
            if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    Files.createDirectory(at);
                    disk.forceNames(Objects.requireNonNull(at.getParent(), "it is below the directory"));
                } catch (FileAlreadyExistsException e) {
                    if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                        throw e;
                    } // another file of the same directory was faster
                }
            }
        }
        return at;
    }

    /** Whether all that is there of the directories above is directories, and no links to any. */
    private boolean isBelowRealDirectories(Path target) throws IOException {
        Path relative = directory.relativize(target);
        Path at = directory;
        for (int i = 0; i < relative.getNameCount() - 1; i++) {
            at = at.resolve(relative.getName(i));
            Optional<BasicFileAttributes> found = lookAt(at);
            if (found.isPresent() && !found.get().isDirectory()) {
                return false;
            }
        }
        return true;
    }

    private static Optional<BasicFileAttributes> lookAt(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private static TransferFailedException exists(String name, String detail) {
        return new TransferFailedException(FileProblem.EXISTS, name + ": " + detail, null);
    }
}
