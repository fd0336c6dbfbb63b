package io.chaski.examples.process;

import io.chaski.examples.fileshare.FileShare;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * An archive of the classes that examples load (class data sharing of the JVM), because processes that live for seconds spend half
 * of their time on loading them. It is made once for all tests of a build; without it all is the same, but slower.
 */
final class SharedClasses {

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    /** Of archives only jars can be in it, and examples need nothing else of the tests. */
    private static final String JARS = Arrays.stream(CLASS_PATH.split(File.pathSeparator, -1))
            .filter(entry -> Files.isRegularFile(Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator));

    private static final Optional<Path> ARCHIVE = archive();

    private SharedClasses() {}

    /** Class path of a process. */
    static String classPath() {
        return ARCHIVE.isPresent() ? JARS : CLASS_PATH;
    }

    /** Lets a process and its children use the archive. */
    static void addTo(Map<String, String> environment) {
        ARCHIVE.ifPresent(archive -> environment.put("JDK_JAVA_OPTIONS", "-XX:SharedArchiveFile=" + archive));
    }

    private static Optional<Path> archive() {
        boolean isPackaged = Files.isRegularFile(Path.of(FileShare.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath()));
        if (!isPackaged) {
            return Optional.empty(); // the tests of an editor, which runs them from folders of classes
        }
        try {
            Path folder = Files.createDirectories(Path.of("target", "shared-classes"));
            Path archive = folder.resolve(Integer.toHexString(stamp().hashCode()) + ".jsa")
                    .toAbsolutePath();
            try (FileChannel lock = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = lock.lock()) { // tests run in several processes
                if (held.isValid() && !Files.exists(archive)) {
                    make(folder, archive);
                }
            }
            return Optional.of(archive).filter(Files::exists);
        } catch (IOException noArchive) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** An archive is of no use when a jar has changed. */
    private static String stamp() throws IOException {
        StringBuilder stamp = new StringBuilder(Runtime.version().toString());
        for (String jar : JARS.split(File.pathSeparator, -1)) {
            stamp.append(jar).append(Files.getLastModifiedTime(Path.of(jar)).toMillis());
        }
        return stamp.toString();
    }

    /** Writes down what a peer of the file share has loaded, which is most of what others load. */
    private static void make(Path folder, Path archive) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Child.command(
                List.of("-XX:ArchiveClassesAtExit=" + archive),
                FileShare.class,
                "--name",
                "maker",
                "--shared",
                Files.createDirectories(folder.resolve("shared")).toString()));
        command.addAll(1, Child.QUICK);
        command.set(command.indexOf("-cp") + 1, JARS);
        Process process = new ProcessBuilder(command)
                .redirectInput(
                        Files.writeString(folder.resolve("input"), "exit\n").toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
