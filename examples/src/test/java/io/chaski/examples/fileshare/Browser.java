package io.chaski.examples.fileshare;

import static org.awaitility.Awaitility.await;

import io.chaski.core.codec.PayloadCodec;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Chromium without a window that shows one page, and is told what to do by its DevTools protocol. It is killed at the end. */
final class Browser implements AutoCloseable {

    /** Far more than anything takes on a machine that has much else to do. */
    static final Duration LIMIT = Duration.ofSeconds(100);

    private static final PayloadCodec JSON = PayloadCodec.json();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private @Nullable WebSocket page;
    private int requests;

    private Browser(Process process) {
        this.process = process;
    }

    /** Where one is on this machine, if there is one. */
    static Optional<Path> find() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts it.
     *
     * @param program where it is
     * @param home of its own: nothing that it writes is anywhere else
     * @param address of the page
     */
    static Browser open(Path program, Path home, String address) throws Exception {
        Path profile = home.resolve("profile");
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox", // has none for root and in containers, and the page is ours
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--no-proxy-server",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        address)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("output.txt").toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("TMPDIR", home.toString());
        Browser browser = new Browser(builder.start());
        try {
            browser.connect(profile.resolve("DevToolsActivePort"), address);
        } catch (Exception | AssertionError e) {
            browser.close();
            throw e;
        }
        return browser;
    }

    private void connect(Path portFile, String address) throws Exception {
        await("a browser that can be talked to")
                .atMost(LIMIT)
                .until(() ->
                        Files.exists(portFile) && Files.readAllLines(portFile).size() > 1);
        URI pages =
                URI.create("http://127.0.0.1:" + Files.readAllLines(portFile).get(0) + "/json/list");
        String door = await("the page").atMost(LIMIT).until(() -> door(pages, address), found -> !found.isEmpty());
        page = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create(door), new Answers())
                .get(100, TimeUnit.SECONDS);
    }

    private static String door(URI pages, String address) throws IOException, InterruptedException {
        String list = HTTP.send(HttpRequest.newBuilder(pages).build(), BodyHandlers.ofString())
                .body();
        List<?> all = (List<?>) JSON.decode(list.getBytes(StandardCharsets.UTF_8), Object.class);
        return all.stream()
                .map(Browser::object)
                .filter(each -> address.equals(each.get("url")))
                .map(each -> String.valueOf(each.get("webSocketDebuggerUrl")))
                .findFirst()
                .orElse("");
    }

    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                answers.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    /** Gives the browser a command of its protocol, and returns what it answers. */
    Map<String, Object> send(String method, Map<String, Object> parameters) throws Exception {
        int request = ++requests;
        Map<String, Object> command = Map.of("id", request, "method", method, "params", parameters);
        WebSocket socket = page;
        if (socket == null) {
            throw new IllegalStateException("not connected");
        }
        socket.sendText(new String(JSON.encode(command, Map.class), StandardCharsets.UTF_8), true)
                .get(100, TimeUnit.SECONDS);
        while (true) {
            String text = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("no answer to " + method);
            }
            Map<String, Object> answer = object(JSON.decode(text.getBytes(StandardCharsets.UTF_8), Object.class));
            if (Integer.valueOf(request).equals(answer.get("id"))) {
                if (!answer.containsKey("result")) {
                    throw new AssertionError(method + ": " + text);
                }
                return object(answer.get("result"));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) value;
    }

    /** The text that an expression of the page is. */
    String text(String expression) throws Exception {
        Map<String, Object> answer =
                send("Runtime.evaluate", Map.of("expression", "String(" + expression + ")", "returnByValue", true));
        if (answer.containsKey("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer);
        }
        return String.valueOf(object(answer.get("result")).get("value"));
    }

    /** Clicks with the mouse in the middle of what an expression of the page is. */
    void click(String element) throws Exception {
        String middle = text("(e => { e.scrollIntoView(); const at = e.getBoundingClientRect();"
                + " return (at.x + at.width / 2) + ' ' + (at.y + at.height / 2); })(" + element + ")");
        List<Double> at = new ArrayList<>();
        for (String number : middle.split(" ", -1)) {
            at.add(Double.valueOf(number));
        }
        for (String what : List.of("mousePressed", "mouseReleased")) {
            send(
                    "Input.dispatchMouseEvent",
                    Map.of("type", what, "x", at.get(0), "y", at.get(1), "button", "left", "clickCount", 1));
        }
    }

    /** Has a file chosen, as a person would with the dialogue that a click opens. */
    void choose(String selector, Path file) throws Exception {
        Object root = object(send("DOM.getDocument", Map.of()).get("root")).get("nodeId");
        Object input = send("DOM.querySelector", Map.of("nodeId", Objects.requireNonNull(root), "selector", selector))
                .get("nodeId");
        send(
                "DOM.setFileInputFiles",
                Map.of("nodeId", Objects.requireNonNull(input), "files", List.of(file.toString())));
    }

    /** Ends it with all processes that it has, which write into its home until then. */
    @Override
    public void close() throws Exception {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            each.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
