package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.TypeRef;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.streamer.file.FileExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway of one of two peers, asked by friends and by others. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RestGatewayTest {

    private static final int LIMIT_BYTES = 1_000;
    private static final byte[] SONG = new byte[700_000];

    @TempDir
    static Path temp;

    private static SharingPeer here;
    private static SharingPeer there;
    private static RestGateway gateway;
    private static HttpClient client;
    private static String song;

    @BeforeAll
    static void start() throws Exception {
        new Random(1).nextBytes(SONG);
        Files.write(Files.createDirectories(temp.resolve("there")).resolve("a song.ogg"), SONG);
        Files.writeString(Files.createDirectories(temp.resolve("here")).resolve("notes.txt"), "notes");
        song = FileExchange.hash(temp.resolve("there/a song.ogg"), "SHA-256");
        here = peer("here", List.of());
        there = peer("there", List.of(here.address()));
        gateway = RestGateway.open(0, here);
        client = HttpClient.newHttpClient();
        soon(() -> here.search("*.ogg").size() == 1);
    }

    private static SharingPeer peer(String name, List<Address> bootstrap) throws Exception {
        return SharingPeer.start(
                new Settings(
                        name,
                        Address.tcp("127.0.0.1", 0),
                        bootstrap,
                        temp.resolve(name),
                        Optional.empty(),
                        LIMIT_BYTES),
                notice -> {});
    }

    @AfterAll
    static void stop() {
        gateway.close();
        there.close();
        here.close();
    }

    private static void soon(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(gateway.address() + path)).timeout(Duration.ofSeconds(60));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(to(path));
    }

    private static HttpResponse<String> put(String path, byte[] body) throws Exception {
        return send(to(path).PUT(BodyPublishers.ofByteArray(body)));
    }

    private static HttpResponse<byte[]> song(String range) throws Exception {
        return client.send(to("api/files/" + song).header("Range", range).build(), BodyHandlers.ofByteArray());
    }

    /** What a client that keeps no rules sends, and the first line of what it hears. */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(gateway.address()).getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.lines().findFirst().orElse("");
        }
    }

    private static List<String> sharedHere() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("here"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Nested
    class Friends {

        @Test
        void see_the_peers() throws Exception {
            HttpResponse<String> answer = get("api/peers");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(answer.body())
                    .contains("\"name\":\"here\",\"online\":true")
                    .contains("\"name\":\"there\",\"online\":true");
        }

        @Test
        void find_files() throws Exception {
            assertThat(get("api/files?search=a%20song.*").body())
                    .startsWith("[{\"name\":\"a song.ogg\",\"size\":700000,\"hash\":\"" + song + "\",\"holders\":[")
                    .contains("\"there\"")
                    .endsWith("]}]");
            assertThat(get("api/files?search=a+song.ogg").body()).contains(song);
            assertThat(get("api/files?search=").body()).contains("\"notes.txt\"", "\"a song.ogg\"");
            assertThat(get("api/files").body()).contains("\"notes.txt\"", "\"a song.ogg\"");
            assertThat(get("api/files?search=nothing").body()).isEqualTo("[]");
        }

        @Test
        void download_a_file_of_another_peer_and_parts_of_it() throws Exception {
            HttpResponse<byte[]> whole = client.send(to("api/files/" + song).build(), BodyHandlers.ofByteArray());

            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(whole.body()).isEqualTo(SONG);
            assertThat(whole.headers().firstValue("ETag")).contains('"' + song + '"');
            assertThat(whole.headers().firstValue("Content-Disposition"))
                    .contains("attachment; filename*=UTF-8''a%20song.ogg");

            HttpResponse<byte[]> part = song("bytes=699990-");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.headers().firstValue("Content-Range")).contains("bytes 699990-699999/700000");
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(SONG, 699_990, 700_000));
            assertThat(song("bytes=5-5").body()).containsExactly(SONG[5]);
        }

        @Test
        void upload_a_file_that_all_peers_find() throws Exception {
            byte[] content = "a poem".getBytes(StandardCharsets.UTF_8);
            HttpResponse<String> answer = put("api/uploads/my%20poem.txt", content);

            assertThat(answer.statusCode()).isEqualTo(201);
            String location = answer.headers().firstValue("Location").orElseThrow();
            assertThat(get(location.substring(1)).body()).isEqualTo("a poem");
            soon(() -> there.search("my poem.txt").size() == 1);
            assertThat(put("api/uploads/empty.txt", new byte[0]).statusCode()).isEqualTo(201);
            assertThat(get(put("api/uploads/nothing.txt", new byte[0])
                                    .headers()
                                    .firstValue("Location")
                                    .orElseThrow()
                                    .substring(1))
                            .body())
                    .isEmpty();
            assertThat(put("api/uploads/largest.bin", new byte[LIMIT_BYTES]).statusCode())
                    .isEqualTo(201);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "index.html", "page.js", "page.css", "openapi.json"})
        void get_a_page_that_loads_nothing_from_elsewhere(String page) throws Exception {
            HttpResponse<String> answer = get(page);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isNotEmpty().doesNotContain("http://", "https://");
            assertThat(answer.headers().firstValue("Content-Security-Policy")).contains("default-src 'self'");
        }

        @Test
        void find_each_answer_in_the_description() throws Exception {
            Map<String, Map<String, Map<String, Object>>> paths =
                    paths(get("openapi.json").body());
            assertThat(paths).hasSize(4);
            for (String path : paths.keySet()) {
                for (String method : paths.get(path).keySet()) {
                    String asked = path.replaceAll("\\{.*}", "x").substring(1);
                    HttpRequest.Builder request =
                            to(asked).method(method.toUpperCase(Locale.ROOT), BodyPublishers.ofString("x"));
                    Map<?, ?> responses =
                            (Map<?, ?>) paths.get(path).get(method).get("responses");
                    assertThat(responses.keySet().stream().map(String::valueOf))
                            .as(method + " " + path)
                            .contains(Integer.toString(send(request).statusCode()));
                }
            }
        }

        @SuppressWarnings("unchecked")
        private Map<String, Map<String, Map<String, Object>>> paths(String description) {
            Map<String, Object> all = (Map<String, Object>) PayloadCodec.json()
                    .decode(description.getBytes(StandardCharsets.UTF_8), new TypeRef<Map<String, Object>>() {}.type());
            return (Map<String, Map<String, Map<String, Object>>>) all.get("paths");
        }
    }

    /** Each hears a clear no, and nothing is lost or left behind. */
    @Nested
    class Others {

        @ParameterizedTest
        @CsvSource({
            "GET, nowhere, 404",
            "GET, api, 404",
            "GET, api/, 404",
            "GET, api/peers/7, 404",
            "GET, api/files/a/b, 404",
            "GET, Settings.class, 404",
            "GET, ..%2f..%2fetc%2fpasswd, 404",
            "GET, api/files/..%2f..%2fetc%2fpasswd, 400",
            "GET, api/files/notes.txt, 400",
            "GET, api/files/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, 404",
            "GET, api/files?colour=red, 400",
            "GET, api/files?search=a&search=b, 400",
            "POST, api/files, 405",
            "DELETE, api/peers, 405",
            "HEAD, api/files, 405",
            "OPTIONS, api/uploads/x, 405",
            "GET, api/uploads/x, 405",
            "PUT, index.html, 405",
        })
        void ask_for_what_there_is_not(String method, String path, int status) throws Exception {
            HttpResponse<String> answer = send(to(path).method(method, BodyPublishers.noBody()));

            assertThat(answer.statusCode()).isEqualTo(status);
            if (!method.equals("HEAD")) {
                assertThat(answer.body()).startsWith("{\"error\":\"");
            }
            assertThat(answer.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
        }

        @Test
        void ask_with_a_pattern_that_is_too_long() throws Exception {
            assertThat(get("api/files?search=" + "x".repeat(1_025)).statusCode())
                    .isEqualTo(400);
        }

        @ParameterizedTest
        @ValueSource(strings = {"bytes=700000-", "bytes=5-4", "bytes=a-b", "bytes=0-1,3-4", "items=0-1"})
        void ask_for_parts_that_the_file_has_not(String range) throws Exception {
            HttpResponse<byte[]> answer = song(range);

            assertThat(answer.statusCode()).isEqualTo(416);
            assertThat(answer.headers().firstValue("Content-Range")).contains("bytes */700000");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "..%2fout.txt",
                    "%2e%2e",
                    "%2fetc%2fout.txt",
                    "..%5cout.txt",
                    "C:out.txt",
                    ".hidden",
                    "a%00b",
                    "CON",
                    "%ff",
                    ""
                })
        void upload_under_names_that_lead_elsewhere(String name) throws Exception {
            List<String> before = sharedHere();

            assertThat(put("api/uploads/" + name, new byte[10]).statusCode()).isEqualTo(400);

            assertThat(sharedHere()).isEqualTo(before);
            assertThat(temp.resolve("out.txt")).doesNotExist();
        }

        @Test
        void upload_in_place_of_a_file_that_is_there() throws Exception {
            assertThat(put("api/uploads/notes.txt", new byte[10]).statusCode()).isEqualTo(409);
            assertThat(temp.resolve("here/notes.txt")).hasContent("notes");
        }

        @Test
        void upload_more_than_the_limit() throws Exception {
            List<String> before = sharedHere();

            assertThat(put("api/uploads/large.bin", new byte[LIMIT_BYTES + 1]).statusCode())
                    .isEqualTo(413);
            assertThat(raw(head("PUT /api/uploads/large.bin", "Content-Length: 99999999999")))
                    .as("announced, and nothing of it read")
                    .contains(" 413 ");
            assertThat(raw(head("PUT /api/uploads/large.bin", "Transfer-Encoding: chunked") + "800\r\n"
                            + "x".repeat(2_048) + "\r\n"))
                    .as("in chunks, without an announcement")
                    .contains(" 413 ");

            assertThat(sharedHere()).isEqualTo(before);
        }

        @Test
        void go_away_in_the_middle_of_an_upload() throws Exception {
            List<String> before = sharedHere();

            raw(head("PUT /api/uploads/half.bin", "Content-Length: 100") + "half");
            raw(head("PUT /api/uploads/half.bin", "Transfer-Encoding: chunked") + "64\r\nhalf");

            soon(() -> sharedHere().equals(before));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GARBAGE\r\n\r\n",
                    "GET\r\n\r\n",
                    "GET /api/files/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
                    "PUT /api/uploads/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
                })
        void send_what_is_no_request(String request) throws Exception {
            assertThat(raw(request)).contains(" 400 ");
        }

        @Test
        void send_a_body_without_a_length() throws Exception {
            assertThat(raw("PUT /api/uploads/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .contains(" 411 ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.1.5", "", "[::"})
        void come_by_a_name_that_is_not_ours(String host) throws Exception {
            assertThat(raw("GET /api/peers HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .contains(" 403 ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"localhost", "localhost:80", "127.0.0.1:80", "[::1]:80"})
        void come_by_a_name_that_is_ours(String host) throws Exception {
            assertThat(raw("GET /api/peers HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .contains(" 200 ");
        }

        private String head(String request, String length) {
            return request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + length + "\r\n\r\n";
        }
    }
}
