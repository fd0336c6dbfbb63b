package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.examples.terminal.Terminal;
import io.chaski.streamer.file.FileExchange;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer with more files than it tells in one answer. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ManyFilesTest {

    private static final List<String> NOTICES = new CopyOnWriteArrayList<>();

    @TempDir
    static Path temp;

    private static String name;
    private static SharingPeer many;
    private static SharingPeer few;

    /** One name in many folders, each with a content of its own. */
    @BeforeAll
    static void start() throws Exception {
        Path all = Files.createDirectories(temp.resolve("many/all"));
        name = lastName(temp.resolve("many"));
        for (int i = 0; i <= OwnFiles.MAX_FOUND; i++) {
            Files.writeString(
                    Files.createDirectory(all.resolve(Integer.toString(i))).resolve(name), "file " + i);
        }
        many = peer("many");
        few = peer("few", many.address());
    }

    /** A name behind all others in the order of the file system, where that is one of names. */
    private static String lastName(Path directory) throws IOException {
        for (int i = 0; i < 10; i++) {
            Files.createFile(directory.resolve("new " + i + ".txt"));
        }
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        return files.get(files.size() - 1).getFileName().toString();
    }

    private static SharingPeer peer(String name, Address... bootstrap) throws Exception {
        return SharingPeer.start(
                new Settings(
                        name,
                        Address.tcp("127.0.0.1", 0),
                        List.of(bootstrap),
                        temp.resolve(name),
                        Optional.empty(),
                        1_000),
                NOTICES::add);
    }

    @AfterAll
    static void stop() {
        few.close();
        many.close();
    }

    @Test
    void brings_by_its_whole_hash_what_no_search_tells_and_says_that_there_is_more() throws Exception {
        assertThat(NOTICES).contains("welcome by many: 1 online, 1000 files or more");
        Path untold = untold();
        String wanted = FileExchange.hash(untold, "SHA-256");
        BufferedReader typed = new BufferedReader(new StringReader("list files\ndownload " + wanted));
        StringWriter shown = new StringWriter();

        new Console(few, new Terminal(typed, new PrintWriter(shown), false, false)).run();

        assertThat(shown.toString().lines())
                .contains(
                        "1000 files or more",
                        "downloaded " + name + ", " + Terminal.size(Files.size(untold))
                                + ", SHA-256 verified, of 1 holders");
        assertThat(temp.resolve("few").resolve(temp.resolve("many").relativize(untold)))
                .hasSameBinaryContentAs(untold);
    }

    private static Path untold() throws Exception {
        Set<String> told = few.search("*").stream().map(FoundFile::hash).collect(Collectors.toSet());
        for (int i = 0; i <= OwnFiles.MAX_FOUND; i++) {
            Path file = temp.resolve("many/all/" + i).resolve(name);
            if (!told.contains(FileExchange.hash(file, "SHA-256"))) {
                return file;
            }
        }
        throw new AssertionError("all were told");
    }

    @Test
    void tells_what_it_has_stored_although_its_own_search_ends_before_that() throws Exception {
        byte[] content = "new".getBytes(StandardCharsets.UTF_8);

        FileInfo stored = many.store(name, new ByteArrayInputStream(content));

        Path file = temp.resolve("many").resolve(name);
        assertThat(file).hasBinaryContent(content);
        assertThat(stored).isEqualTo(new FileInfo(name, content.length, FileExchange.hash(file, "SHA-256")));
    }
}
