package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.examples.terminal.Terminal;
import io.chaski.streamer.file.FileExchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console of the first of three peers. The others have the same films, each under a name of its own. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConsoleTest {

    private static final int FILM_BYTES = 3_000_000;

    /** So that it takes a while, and no holder has given all before the other one is asked. */
    private static final int LONG_FILM_BYTES = 20_000_000;

    @TempDir
    static Path temp;

    private static final List<SharingPeer> PEERS = new ArrayList<>();

    private final StringWriter shown = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        for (String film : List.of("seen.mkv", "wanted.mkv", "hashed.mkv")) {
            byte[] content = new byte[film.equals("wanted.mkv") ? LONG_FILM_BYTES : FILM_BYTES];
            new Random(film.hashCode()).nextBytes(content);
            Files.write(folder("two").resolve(film), content);
            Files.write(folder("three").resolve("same " + film), content);
        }
        Files.writeString(folder("three").resolve("notes.txt"), "notes");
        peer("one", List.of());
        peer("two", List.of(PEERS.get(0).address()));
        peer("three", List.of(PEERS.get(0).address()));
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> PEERS.get(0).peers().size() == 3
                        && PEERS.get(0).search("*").stream()
                                        .mapToInt(file -> file.holders().size())
                                        .sum()
                                == 7);
    }

    @AfterAll
    static void close() {
        PEERS.forEach(SharingPeer::close);
    }

    private static void peer(String name, List<Address> bootstrap) throws Exception {
        PEERS.add(SharingPeer.start(
                new Settings(name, Address.tcp("127.0.0.1", 0), bootstrap, folder(name), Optional.empty(), 100),
                notice -> {}));
    }

    private static Path folder(String name) throws IOException {
        return Files.createDirectories(temp.resolve(name));
    }

    private static String hash(String film) throws Exception {
        return FileExchange.hash(folder("two").resolve(film), "SHA-256");
    }

    private List<String> type(boolean isTerminal, String... lines) throws Exception {
        Terminal terminal = new Terminal(
                new BufferedReader(new StringReader(String.join("\n", lines))),
                new PrintWriter(shown),
                isTerminal,
                false);
        new Console(PEERS.get(0), terminal).run();
        return shown.toString().lines().toList();
    }

    @Test
    void lists_peers_and_files_and_finds_some() throws Exception {
        List<String> lines =
                type(false, "list peers", "list files", "  search  seen.* ", "search *.txt", "exit", "sing");

        String film = ", 3.0 MB, " + hash("seen.mkv").substring(0, 12) + ", at ";
        assertThat(lines.subList(0, 3)).allMatch(line -> line.matches("(one|two|three) \\w+ online"));
        assertThat(lines)
                .containsSubsequence("same seen.mkv" + film + "three two", "seen.mkv" + film + "two", "1 file")
                .anyMatch(line -> line.matches("notes.txt, 5 B, \\w{12}, at three"))
                .noneMatch(line -> line.contains("sing"));
        assertThat(lines.get(lines.size() - 1)).startsWith("given to others: ");
    }

    @Test
    void downloads_a_file_by_any_of_its_names_and_from_all_that_have_it() throws Exception {
        List<Long> before = givenByOthers();

        List<String> lines = type(true, "download same wanted.mkv");

        assertThat(lines).anyMatch(line -> line.endsWith("wanted.mkv, 20.0 MB, SHA-256 verified, of 2 holders"));
        assertThat(shown.toString()).contains("same wanted.mkv [").contains(" %, ");
        try (Stream<Path> brought = Files.list(folder("one"))) {
            assertThat(brought.filter(file -> file.toString().endsWith("wanted.mkv")))
                    .singleElement()
                    .satisfies(file -> assertThat(file)
                            .hasSameBinaryContentAs(folder("two").resolve("wanted.mkv")));
        }
        List<Long> after = givenByOthers();
        assertThat(after.get(0)).as("two has given some").isGreaterThan(before.get(0));
        assertThat(after.get(1)).as("three has given some").isGreaterThan(before.get(1));
    }

    private static List<Long> givenByOthers() {
        return PEERS.subList(1, 3).stream().map(SharingPeer::givenBytes).toList();
    }

    @Test
    void downloads_a_file_by_its_hash_or_the_beginning_of_it() throws Exception {
        String hash = hash("hashed.mkv");

        assertThat(type(false, "download " + hash.substring(0, 12), "download " + hash))
                .filteredOn(line -> line.contains("hashed.mkv, 3.0 MB, SHA-256 verified"))
                .hasSize(2);
    }

    @Test
    void uploads_and_shares_and_connects() throws Exception {
        Path poem = Files.writeString(temp.resolve("my poem.txt"), "a poem");

        List<String> lines = type(
                false,
                "upload " + poem + " two",
                "share " + poem,
                "connect " + PEERS.get(1).address());

        assertThat(lines).startsWith("uploaded my poem.txt to two", "shared my poem.txt", "connected to two");
        assertThat(folder("one").resolve("my poem.txt")).hasContent("a poem");
        assertThat(folder("two").resolve("my poem.txt")).hasContent("a poem");
    }

    @Test
    void says_what_is_wrong_and_goes_on() throws Exception {
        Path large = Files.write(temp.resolve("large.bin"), new byte[101]);
        Path taken = Files.writeString(temp.resolve("notes.txt"), "other notes");
        Path hidden = Files.writeString(temp.resolve(".hidden"), "hidden");

        List<String> lines = type(
                false,
                "sing",
                "sing\u001b[2J",
                "list",
                "list everything",
                "connect",
                "connect nowhere",
                "connect 127.0.0.1:1",
                "download",
                "download nothing",
                "download " + "x".repeat(2_000),
                "search " + "x".repeat(2_000),
                "upload",
                "upload x",
                "upload " + temp.resolve("missing") + " two",
                "upload " + temp + " two",
                "upload " + taken + " nobody",
                "upload " + large + " two",
                "upload " + taken + " three",
                "upload " + hidden + " two",
                "share",
                "share " + hidden,
                "share a\0b",
                "",
                "help");

        assertThat(lines)
                .startsWith(
                        "unknown command sing; help lists those there are",
                        "unknown command sing?[2J; help lists those there are",
                        "list: list peers, or list files",
                        "list: list peers, or list files",
                        "connect: not an address (host:port, [v6]:port, unix:/path or inproc:name): ''",
                        "connect: not an address (host:port, [v6]:port, unix:/path or inproc:name): 'nowhere'",
                        "connect: no edge to 127.0.0.1:1: REFUSED",
                        "download: nobody shares ",
                        "download: nobody shares nothing",
                        "download: a pattern has at most 1024 bytes",
                        "search: a pattern has at most 1024 bytes",
                        "upload: upload FILE PEER",
                        "upload: upload FILE PEER",
                        "upload: no such file: " + temp.resolve("missing"),
                        "upload: no such file: " + temp,
                        "upload: no peer nobody is online",
                        "upload: REFUSED: a file has at most 100 bytes here",
                        "upload: EXISTS: it has another file of that name",
                        "upload: no receiver would take this name: '.hidden'",
                        "share: no such file: ",
                        "share: no peer would take this name: letters, digits, space and . _ - are allowed,"
                                + " no dot in front, no device of Windows",
                        "share: Nul character not allowed: a?b",
                        "connect HOST:PORT     connects to a peer");
        assertThat(folder("three").resolve("notes.txt")).hasContent("notes");
    }
}
