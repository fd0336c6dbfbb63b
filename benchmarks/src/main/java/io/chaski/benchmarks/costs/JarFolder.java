package io.chaski.benchmarks.costs;

import io.chaski.benchmarks.TemporaryFolder;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of this process as jars, because classes in folders go into no archive of shared classes. Deleted at the end, with
 * whatever else is put there.
 */
final class JarFolder implements AutoCloseable {

    /** How modules of this project are called; the benchmarks are none. */
    private static final String OWN = "io.chaski.";

    private final TemporaryFolder folder;

    /** What is no module: programs that measure, and their tests. */
    private final List<Path> programs = new ArrayList<>();

    private int packed;

    /** The jars that are modules, by name. */
    private final Map<String, Module> modules = new TreeMap<>();

    /** A module, and its jar. */
    private record Module(ModuleDescriptor descriptor, Path jar, long bytes) {}

    private JarFolder(TemporaryFolder folder) {
        this.folder = folder;
    }

    static JarFolder make() throws IOException {
        JarFolder made = new JarFolder(TemporaryFolder.make("chaski-costs"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path) && !Files.exists(path.resolve("module-info.class"))) {
                made.programs.add(made.pack(path));
            } else if (Files.isDirectory(path)) {
                made.add(made.pack(path));
            } else if (Files.isRegularFile(path)) {
                made.add(path);
            }
        }
        return made;
    }

    private void add(Path jar) throws IOException {
        for (ModuleReference each : ModuleFinder.of(jar).findAll()) {
            modules.put(each.descriptor().name(), new Module(each.descriptor(), jar, Files.size(jar)));
        }
    }

    /** Sizes of the jars of this project that others use, in bytes, by the names of their modules. */
    SortedMap<String, Long> ownSizes() {
        SortedMap<String, Long> sizes = new TreeMap<>();
        modules.forEach((name, module) -> {
            if (name.startsWith(OWN)) {
                sizes.put(name, module.bytes());
            }
        });
        return sizes;
    }

    /**
     * Size of a jar and of all that it cannot do without, in bytes.
     *
     * @param name of a module
     */
    long sizeWithNeeds(String name) {
        return withNeeds(name).mapToLong(Module::bytes).sum();
    }

    private Stream<Module> withNeeds(String name) {
        Set<String> needed = new TreeSet<>();
        collectNeeds(name, needed);
        return needed.stream().map(modules::get).filter(Objects::nonNull); // the others are of the JDK
    }

    private void collectNeeds(String name, Set<String> needed) {
        Module module = modules.get(name);
        if (!needed.add(name) || module == null) {
            return;
        }
        module.descriptor().requires().stream()
                .filter(needs -> !needs.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .forEach(needs -> collectNeeds(needs.name(), needed));
    }

    private Path pack(Path classes) throws IOException {
        Path jar = folder.path().resolve("classes-" + packed++ + ".jar");
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
        return folder.path().resolve(name);
    }

    /**
     * For {@code -cp}: a jar, all that it cannot do without, and the programs that measure.
     *
     * @param name of a module
     */
    String classPath(String name) {
        return Stream.concat(withNeeds(name).map(Module::jar), programs.stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
