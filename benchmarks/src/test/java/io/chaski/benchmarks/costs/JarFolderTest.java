package io.chaski.benchmarks.costs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of the class path of this test. */
class JarFolderTest {

    @Test
    void the_class_path_of_core_has_what_core_needs_and_the_programs_and_no_other_contestant_and_no_logging_provider()
            throws Exception {
        try (JarFolder jars = JarFolder.make()) {
            List<URL> urls = new ArrayList<>();
            for (String jar : jars.classPath("io.chaski.core").split(File.pathSeparator, -1)) {
                urls.add(Path.of(jar).toUri().toURL());
            }
            try (URLClassLoader loader =
                    new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
                assertThat(List.of(
                                "io.chaski.core.ChaskiNode",
                                "io.netty.channel.Channel",
                                "com.fasterxml.jackson.dataformat.cbor.CBORFactory",
                                "org.slf4j.Logger",
                                FirstMessage.class.getName()))
                        .allSatisfy(name -> assertThat(loader.loadClass(name)).isNotNull());
                assertThat(List.of(
                                "io.grpc.ManagedChannel",
                                "io.aeron.Aeron",
                                "reactor.core.publisher.Flux",
                                "io.chaski.remote.ChaskiRemote",
                                "ch.qos.logback.classic.Logger"))
                        .noneMatch(name -> has(loader, name));
            }
        }
    }

    private static boolean has(ClassLoader loader, String name) {
        return loader.getResource(name.replace('.', '/') + ".class") != null;
    }
}
