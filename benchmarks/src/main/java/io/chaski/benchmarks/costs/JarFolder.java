package io.chaski.benchmarks.costs;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The class path of this process as jars, because classes in folders go into no archive of shared classes. Deleted at the end, with
 * whatever else is put there.
 */
final class JarFolder implements AutoCloseable {

    private final Path folder;
    private final List<String> jars = new ArrayList<>();

    private JarFolder(Path folder) {
        this.folder = folder;
    }

    static JarFolder make() throws IOException {
        JarFolder made = new JarFolder(Files.createTempDirectory("chaski-costs"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                made.jars.add(made.pack(path).toString());
            } else if (Files.isRegularFile(path)) {
                made.jars.add(path.toString());
            }
        }
        return made;
    }

    private Path pack(Path classes) throws IOException {
        Path jar = folder.resolve(jars.size() + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> all = Files.walk(classes)) {
            for (Path each : all.filter(Files::isRegularFile).sorted().toList()) {
                String name = classes.relativize(each).toString().replace(File.separatorChar, '/');
                out.putNextEntry(new JarEntry(name));
                Files.copy(each, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    /** A file in the folder, which need not exist. */
    Path resolve(String name) {
        return folder.resolve(name);
    }

    /** For {@code -cp}. */
    String classPath() {
        return String.join(File.pathSeparator, jars);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
