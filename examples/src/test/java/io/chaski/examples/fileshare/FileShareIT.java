package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.FreePorts;
import io.chaski.examples.process.RunningExample;
import io.chaski.streamer.file.FileExchange;
import java.io.IOException;
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

    private static final int FILM_BYTES = 3_000_000;

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
        Files.writeString(folder("one").resolve("hello.txt"), "hello");
        String hash = FileExchange.hash(film, "SHA-256");
        List<Integer> places = FreePorts.find(2);
        String first = "127.0.0.1:" + places.get(0);
        String second = "127.0.0.1:" + places.get(1);
        Path properties = Files.writeString(temp.resolve("peer.properties"), "bootstrap = " + first + ", " + second);
        Path json = Files.writeString(
                temp.resolve("peer.json"), "{\"bootstrap\": [\"" + first + "\", \"" + second + "\"]}");

        try (RunningExample one = peer("one", properties, "--rest", "0")) {
            one.await("nobody answers: this peer is a bootstrap, at " + first);
            String web = one.await("REST and web page at (\\S+)").group(1);
            try (RunningExample two = peer("two", json);
                    RunningExample six = peerAfter(two, "welcome by one: 1 online, 2 files$", "six", json);
                    RunningExample three = peer("three", properties);
                    RunningExample four = peer("four", json);
                    RunningExample five = peer("five", json)) {
                two.await("^six is online$");
                six.kill();
                List<RunningExample> others = List.of(three, four, five);
                for (RunningExample other : others) {
                    other.await("welcome by ");
                    one.await(" is online");
                }
                five.type("list peers");
                five.await(" online$");
                until(five, "search *", "\\d+ files?", "3 files");
                until(
                        five,
                        "list files",
                        "film.mkv, .*",
                        "film.mkv, 3.0 MB, " + hash.substring(0, 12) + ", at (three two|two three)");
                until(five, "search notes*", "notes.txt, .*|0 files", "notes.txt, 5 B, \\w+, at four");

                five.type("download " + hash.substring(0, 12));
                five.await("downloaded (same )?film.mkv, 3.0 MB, SHA-256 verified, of 2 holders");
                five.type("share " + temp.resolve("peer.json"));
                five.await("shared peer.json");
                until(
                        five,
                        "upload " + film + " four",
                        "uploaded film.mkv to four|no peer four",
                        "uploaded film.mkv to four");
                four.await("five has uploaded film.mkv, 3.0 MB");
                assertThat(folder("four").resolve("film.mkv")).hasBinaryContent(content);
                assertThat(get(web + "api/files/" + hash)).isEqualTo(content);
                assertThat(text(get(web + "api/files?search=*.json"))).contains("\"holders\":[\"five\"]");

                four.type("exit");
                assertThat(four.exitValue()).isZero();
                two.awaitAll("^four is offline$", "^six is offline$"); // who has crashed, when its lease has ended
                for (RunningExample left : List.of(one, three, five)) {
                    left.await("^four is offline$");
                }
                assertThat(text(get(web + "api/peers"))).contains("\"name\":\"four\",\"online\":false");
                assertThat(text(get(web + "api/files?search=notes.txt"))).isEqualTo("[]");

                for (RunningExample holder : List.of(two, three)) {
                    holder.type("exit");
                    holder.await("given to others: [1-9].* [kM]B"); // who was quicker has given more
                }
            }
        }
    }

    /** What newcomers know of others, and of who has which file, comes within a round trip or two of their welcome. */
    private static void until(RunningExample peer, String command, String answers, String wanted)
            throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            peer.type(command);
            if (peer.await(answers).group().matches(wanted)) {
                return;
            }
        }
        throw new AssertionError("never: " + wanted + "\n" + peer.output());
    }

    private RunningExample peerAfter(RunningExample before, String line, String name, Path config)
            throws IOException, InterruptedException {
        before.await(line);
        return peer(name, config);
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
}
