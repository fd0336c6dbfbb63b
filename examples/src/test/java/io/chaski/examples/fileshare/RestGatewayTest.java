package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.remote.ChaskiRemote;
import io.chaski.streamer.file.FileExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

    private static final OpenApi DESCRIPTION = description();

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

    /** All that is promised was seen above, but for disks and peers that fail in the middle, and what no good client can send. */
    @AfterAll
    static void assertThatAllOfTheDescriptionIsTrue() {
        assertThat(DESCRIPTION.unseen())
                .containsExactly(
                        "get /api/files/{hash} 500", "get /api/files/{hash} 502", "put /api/uploads/{name} 411");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        there.close();
        here.close();
    }

    private static OpenApi description() {
        try {
            return new OpenApi();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void soon(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(gateway.address() + path)).timeout(Duration.ofSeconds(60));
    }

    private static HttpResponse<byte[]> bytes(HttpRequest.Builder builder) throws Exception {
        HttpRequest request = builder.build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        check(request, answer, new String(answer.body(), StandardCharsets.UTF_8));
        return answer;
    }

    private static HttpResponse<String> send(HttpRequest.Builder builder) throws Exception {
        HttpRequest request = builder.build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        check(request, answer, answer.body());
        return answer;
    }

    private static void check(HttpRequest request, HttpResponse<?> answer, String body) {
        Map<String, String> headers = new HashMap<>();
        answer.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        check(request.method(), request.uri().getRawPath(), new OpenApi.Answer(answer.statusCode(), headers, body));
    }

    private static void check(String method, String path, OpenApi.Answer answer) {
        if (path.startsWith("/api") && !method.equals("HEAD")) {
            DESCRIPTION.check(method, path, answer);
        }
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(to(path));
    }

    private static HttpResponse<String> put(String path, byte[] body) throws Exception {
        return send(to(path).PUT(BodyPublishers.ofByteArray(body)));
    }

    private static HttpResponse<byte[]> song(String range) throws Exception {
        return bytes(to("api/files/" + song).header("Range", range));
    }

    private static Socket connect(RestGateway to) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), URI.create(to.address()).getPort());
    }

    /** What a client that keeps no rules sends, and the first line of what it hears; nothing if it is cut off. */
    private static String raw(String request) throws IOException {
        try (Socket socket = connect(gateway)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.lines().findFirst().orElse("");
        } catch (SocketException reset) {
            return "";
        }
    }

    private static String head(String request, String header) {
        return request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + "\r\n\r\n";
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
            HttpResponse<byte[]> whole = bytes(to("api/files/" + song));

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

        @ParameterizedTest
        @ValueSource(strings = {"bytes=0-1,3-4", "bytes=0-9,0-9,0-9", "items=0-1"})
        void are_given_the_whole_file_when_they_ask_for_several_parts_or_other_units(String range) throws Exception {
            assertThat(song(range).statusCode()).isEqualTo(200);
            assertThat(song(range).body()).isEqualTo(SONG);
        }

        @Test
        void go_on_with_a_part_only_if_they_have_the_beginning_of_the_same_content() throws Exception {
            HttpRequest.Builder rest = to("api/files/" + song).header("Range", "bytes=699990-");

            assertThat(bytes(rest.copy().header("If-Range", '"' + song + '"')).statusCode())
                    .isEqualTo(206);
            assertThat(bytes(rest.copy().header("If-Range", "\"another\"")).body())
                    .isEqualTo(SONG);
            assertThat(bytes(rest.copy().header("If-Range", "Wed, 21 Oct 2015 07:28:00 GMT"))
                            .statusCode())
                    .isEqualTo(200);
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
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'self';"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"Origin: http://localhost:80", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none"})
        void are_the_page_of_the_gateway_and_a_person_who_types_its_address(String header) throws Exception {
            assertThat(raw("GET /api/peers HTTP/1.1\r\nHost: localhost:80\r\n" + header
                            + "\r\nConnection: close\r\n\r\n"))
                    .contains(" 200 ");
        }

        @Test
        void come_to_the_page_from_anywhere_but_see_it_in_no_frame() throws Exception {
            assertThat(raw(head("GET /", "Sec-Fetch-Site: cross-site"))).contains(" 200 ");
            assertThat(get("").headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'");
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
        @ValueSource(strings = {"bytes=700000-", "bytes=5-4", "bytes=a-b", "bytes=-0"})
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
        void download_what_a_link_in_the_directory_leads_to() throws Exception {
            Path secret = Files.writeString(temp.resolve("secret.txt"), "secret");
            Path link = Files.createSymbolicLink(temp.resolve("here/link.txt"), secret);
            Path folder = Files.createSymbolicLink(temp.resolve("here/up"), temp);
            try {
                assertThat(get("api/files?search=*").body()).doesNotContain("link.txt", "secret.txt");
                assertThat(get("api/files/" + FileExchange.hash(secret, "SHA-256"))
                                .statusCode())
                        .isEqualTo(404);
                assertThat(put("api/uploads/link.txt", new byte[1]).statusCode())
                        .isEqualTo(409);
                assertThat(secret).hasContent("secret");
            } finally {
                Files.delete(link);
                Files.delete(folder);
            }
        }

        @Test
        void download_what_has_the_name_of_another_file() throws Exception {
            Files.writeString(temp.resolve("here/taken.txt"), "here");
            Path other = Files.writeString(temp.resolve("there/taken.txt"), "there");

            HttpResponse<String> answer = get("api/files/" + FileExchange.hash(other, "SHA-256"));

            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).contains("another file of that name");
            assertThat(temp.resolve("here/taken.txt")).hasContent("here");
        }

        /** A node that is no peer of ours, and tells of files what it likes. */
        private static ChaskiNode stranger(FileManagement files) {
            ChaskiNode node = ChaskiNode.builder()
                    .cluster("file-share")
                    .bootstrap(here.address())
                    .start();
            ChaskiRemote.on(node).serve("file-management", FileManagement.class, files);
            return node;
        }

        @Test
        void say_another_size_of_a_file_than_it_has() throws Exception {
            FileInfo lie = new FileInfo("a lie.ogg", 1, song);
            try (ChaskiNode liar = stranger(new FileManagement() {
                @Override
                public List<FileInfo> search(String pattern) {
                    return List.of(lie, lie, lie);
                }

                @Override
                public Optional<FileInfo> find(String hash) {
                    return Optional.of(lie);
                }
            })) {
                soon(() ->
                        here.search("*").stream().anyMatch(file -> file.name().equals("a lie.ogg")));

                assertThat(song("bytes=699990-").body()).hasSize(10);
                assertThat(here.search("* song.ogg"))
                        .filteredOn(file -> file.size() == 700_000)
                        .singleElement()
                        .satisfies(file -> assertThat(file.name()).isEqualTo("a song.ogg"));
                assertThat(here.search("*"))
                        .filteredOn(file -> file.size() == 1)
                        .singleElement()
                        .satisfies(file -> assertThat(file.holders()).hasSize(1));
            }
        }

        @Test
        void say_nothing_where_a_list_should_be() throws Exception {
            List<List<FileInfo>> said = new CopyOnWriteArrayList<>();
            try (ChaskiNode liar = stranger(new FileManagement() {
                @Override
                public List<FileInfo> search(String pattern) {
                    List<FileInfo> none = Collections.singletonList(null);
                    said.add(none);
                    return said.size() % 2 == 0 ? null : none;
                }

                @Override
                public Optional<FileInfo> find(String hash) {
                    return null;
                }
            })) {
                soon(() -> {
                    assertThat(here.search("* song.ogg")).isNotEmpty();
                    return said.size() > 3;
                });

                assertThat(song("bytes=699990-").body()).hasSize(10);
            }
        }

        @Test
        void ask_for_more_files_at_a_time_than_are_brought() throws Exception {
            CountDownLatch asked = new CountDownLatch(1);
            try (ChaskiNode silent = stranger(new FileManagement() {
                @Override
                public List<FileInfo> search(String pattern) {
                    return List.of(new FileInfo("silence.ogg", 1, song));
                }

                @Override
                public Optional<FileInfo> find(String hash) {
                    awaitQuietly(asked);
                    return Optional.empty();
                }
            })) {
                soon(() -> here.search("silence.ogg").size() == 1);
                List<CompletableFuture<Integer>> answers = new ArrayList<>();
                try {
                    soon(
                            () -> { // the others hear something when they have waited long enough
                                List<CompletableFuture<Integer>> some = downloads(20);
                                answers.addAll(some);
                                return CompletableFuture.anyOf(some.toArray(CompletableFuture[]::new))
                                        .join()
                                        .equals(503);
                            });
                } finally {
                    asked.countDown();
                }
                assertThat(answers.stream().map(CompletableFuture::join)).containsOnly(404, 503);
            }
        }

        private static void awaitQuietly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
        }

        /** The status of each. They are of different files, which nobody has. */
        private static List<CompletableFuture<Integer>> downloads(int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> to("api/files/" + String.format("%064x", i)).build())
                    .map(request -> client.sendAsync(request, BodyHandlers.ofString())
                            .thenApply(answer -> {
                                check(request, answer, answer.body());
                                return answer.statusCode();
                            }))
                    .toList();
        }

        @Test
        void use_a_peer_whose_directory_has_gone() throws Exception {
            try (SharingPeer gone = peer("gone", List.of());
                    RestGateway itsGateway = RestGateway.open(0, gone)) {
                Files.delete(temp.resolve("gone"));
                HttpResponse<String> answer =
                        send(HttpRequest.newBuilder(URI.create(itsGateway.address() + "api/uploads/x"))
                                .timeout(Duration.ofSeconds(60))
                                .PUT(BodyPublishers.ofString("x")));

                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(answer.body()).contains("cannot read or write its files");
            }
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
        @ValueSource(
                strings = {
                    "evil.example",
                    "evil.example:80",
                    "127.0.0.1.evil.example",
                    "192.168.1.5",
                    "",
                    "[::",
                    "local\u0007host"
                })
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

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Origin: http://evil.example",
                    "Origin: http://localhost:81",
                    "Origin: https://localhost:80",
                    "Origin: null",
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: same-site",
                    "Host: localhost:80",
                    "Host: evil.example"
                })
        void send_pages_of_their_own_to_ask(String header) throws Exception {
            List<String> before = sharedHere();
            String rest = " HTTP/1.1\r\nHost: localhost:80\r\n" + header + "\r\nConnection: close\r\n";

            assertThat(raw("GET /api/peers" + rest + "\r\n")).contains(" 403 ");
            assertThat(raw("GET /api/files/" + song + rest + "\r\n")).contains(" 403 ");
            assertThat(raw("PUT /api/uploads/evil.txt" + rest + "Content-Length: 1\r\n\r\nx"))
                    .contains(" 403 ");

            assertThat(sharedHere()).isEqualTo(before);
        }

        @ParameterizedTest
        @CsvSource({"GET, api/peers", "GET, api/files", "GET, api/files/x", "PUT, api/uploads/x"})
        void are_asked_whose_page_they_are_wherever_they_ask(String method, String path) throws Exception {
            assertThat(send(to(path).method(method, BodyPublishers.ofString("x"))
                                    .header("Origin", "null"))
                            .statusCode())
                    .isEqualTo(403);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "GET /api/peers HTTP/1.1\r\nHost: local",
                    "PUT /api/uploads/half.bin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
                    "GET /api/peers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
                })
        void begin_what_they_never_end(String beginning) throws Exception {
            List<String> before = sharedHere();
            List<Socket> stalled = new ArrayList<>();
            try (RestGateway impatient = RestGateway.open(0, here, Duration.ofMillis(200))) {
                for (int i = 0; i < 20; i++) { // more than it has threads
                    Socket socket = connect(impatient);
                    stalled.add(socket);
                    socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
                }
                assertThat(send(HttpRequest.newBuilder(URI.create(impatient.address() + "api/peers"))
                                        .timeout(Duration.ofSeconds(60)))
                                .statusCode())
                        .isEqualTo(200);
                for (Socket socket : stalled) {
                    assertThat(isClosed(socket)).isTrue();
                }
            } finally {
                for (Socket socket : stalled) {
                    socket.close();
                }
            }
            soon(() -> sharedHere().equals(before));
        }

        @Test
        void ask_for_a_file_and_do_not_take_it() throws Exception {
            Path file = Files.write(temp.resolve("here/large.bin"), new byte[20_000_000]); // more than a socket holds
            String request = "GET /api/files/" + FileExchange.hash(file, "SHA-256")
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            List<Socket> stalled = new ArrayList<>();
            try (RestGateway impatient = RestGateway.open(0, here, Duration.ofMillis(200))) {
                for (int i = 0; i < 16; i++) {
                    Socket socket = connect(impatient);
                    stalled.add(socket);
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                }
                assertThat(send(HttpRequest.newBuilder(URI.create(impatient.address() + "api/peers"))
                                        .timeout(Duration.ofSeconds(60)))
                                .statusCode())
                        .isEqualTo(200);
            } finally {
                for (Socket socket : stalled) {
                    socket.close();
                }
                Files.delete(file);
            }
        }

        @Test
        void hold_more_connections_than_there_may_be() throws Exception {
            List<Socket> held = new ArrayList<>();
            try {
                for (int i = 0; i <= RestGateway.MAX_CONNECTIONS; i++) {
                    held.add(connect(gateway));
                }
                assertThat(isClosed(held.get(RestGateway.MAX_CONNECTIONS))).isTrue();
            } finally {
                for (Socket socket : held) {
                    socket.close();
                }
            }
            soon(() -> raw("GET /api/peers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .contains(" 200 "));
        }

        @Test
        void send_more_headers_than_anybody_needs() throws Exception {
            String request = "GET /api/peers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

            assertThat(raw(request
                            + IntStream.range(0, 1_000)
                                    .mapToObj(i -> "X" + i + ": y\r\n")
                                    .collect(Collectors.joining()) + "\r\n"))
                    .doesNotContain(" 200 ");
            assertThat(raw(request + "X: " + "y".repeat(1_000_000) + "\r\n\r\n"))
                    .doesNotContain(" 200 ");
            assertThat(raw("GET /" + "y".repeat(1_000_000) + " HTTP/1.1\r\n\r\n"))
                    .doesNotContain(" 200 ");
        }

        private static boolean isClosed(Socket socket) throws IOException {
            socket.setSoTimeout(60_000);
            try {
                while (socket.getInputStream().read() >= 0) {
                    // an answer may come first
                }
                return true;
            } catch (SocketException reset) {
                return true;
            }
        }
    }
}
