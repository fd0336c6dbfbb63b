package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import io.chaski.examples.process.RunningExample;
import io.chaski.streamer.file.FileExchange;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FileShareIT {

    private static final int FILM_BYTES = 5_000_000;

    @TempDir
    Path temp;

    /** */
    @Test
    void five_peers_share_files_and_the_first_that_finds_nobody_is_where_the_others_begin() throws Exception {
        byte[] content = new byte[FILM_BYTES];
        new Random(1).nextBytes(content);
        Path film = Files.write(folder("two").resolve("film.mkv"), content);
        Files.write(folder("three").resolve("same film.mkv"), content);
        Files.writeString(folder("four").resolve("notes.txt"), "notes");
        String hash = FileExchange.hash(film, "SHA-256");
        List<Integer> places = freePorts();
        String first = "127.0.0.1:" + places.get(0);
        String second = "127.0.0.1:" + places.get(1);
        Path properties = Files.writeString(temp.resolve("peer.properties"), "bootstrap = " + first + ", " + second);
        Path json = Files.writeString(
                temp.resolve("peer.json"), "{\"bootstrap\": [\"" + first + "\", \"" + second + "\"]}");

        try (RunningExample one = peer("one", properties, "--rest", "0")) {
            one.await("nobody answers: this peer is a bootstrap, at " + first);
            String web = one.await("REST and web page at (\\S+)").group(1);
            try (RunningExample two = peer("two", json);
                    RunningExample three = peer("three", properties);
                    RunningExample four = peer("four", json);
                    RunningExample five = peer("five", json, "--upload-limit", "1000")) {
                List<RunningExample> others = List.of(two, three, four, five);
                for (RunningExample other : others) {
                    other.await("welcome by ");
                    one.await(" is online");
                }
                five.type("list peers");
                five.await(" online$");
                awaitFound(five, "search *", "2 files");
                five.type("list files");
                five.await("film.mkv, 5.0 MB, " + hash.substring(0, 12) + ", at (three two|two three)$");
                five.await("notes.txt, 5 B, \\w+, at four$");

                five.type("download " + hash.substring(0, 12));
                five.await("downloaded (same )?film.mkv, 5.0 MB, SHA-256 verified, from 2 holders");
                five.type("share " + temp.resolve("peer.json"));
                five.await("shared peer.json");
                five.type("upload " + film + " four");
                five.await("uploaded film.mkv to four");
                four.await("five has uploaded film.mkv, 5.0 MB");
                assertThat(folder("four").resolve("film.mkv")).hasBinaryContent(content);
                four.type("upload " + film + " five");
                four.await("upload: REFUSED: a file has at most 1000 bytes here");
                five.type("download nothing");
                five.await("download: nobody shares nothing");
                five.type("sing");
                five.await("unknown command sing");

                assertThat(get(web + "api/files/" + hash)).isEqualTo(content);
                assertThat(text(get(web + "api/files?search=*.json"))).contains("\"holders\":[\"five\"]");

                four.type("exit");
                assertThat(four.exitValue()).isZero();
                for (RunningExample left : List.of(one, two, three, five)) {
                    left.await("^four is offline$");
                }
                assertThat(text(get(web + "api/peers"))).contains("\"name\":\"four\",\"online\":false");
                assertThat(text(get(web + "api/files?search=notes.txt"))).isEqualTo("[]");
            }
        }
    }

    /** What newcomers know of services comes within a round trip or two of their welcome. */
    private static void awaitFound(RunningExample peer, String command, String answer) throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            peer.type(command);
            if (peer.await("\\d+ files").group().equals(answer)) {
                return;
            }
        }
        throw new AssertionError("not found: " + answer + "\n" + peer.output());
    }

    @Test
    void says_how_it_is_used_when_an_option_makes_no_sense() throws Exception {
        ExampleProcess example = ExampleProcess.run(FileShare.class, Duration.ofSeconds(100), "--name", "one");

        assertThat(example.exitValue()).isEqualTo(2);
        assertThat(example.output()).contains("--shared is needed").contains(Settings.USAGE);
    }

    private RunningExample peer(String name, Path config, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("--name", name, "--shared", folder(name).toString(), "--config", config.toString()));
        arguments.addAll(List.of(more));
        return RunningExample.start(FileShare.class, name, arguments.toArray(String[]::new));
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(temp.resolve(name));
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static byte[] get(String address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(Duration.ofSeconds(60))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofByteArray())
                .body();
    }

    private static List<Integer> freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) {
            return List.of(one.getLocalPort(), other.getLocalPort());
        }
    }
}
