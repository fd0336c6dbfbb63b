package io.chaski.examples.fileshare;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.chaski.core.Address;
import io.chaski.core.ChaskiException;
import io.chaski.core.codec.PayloadCodec;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a peer does, over HTTP: for scripts, and for the page in a browser. {@code openapi.json} beside it describes it. It listens on
 * loopback only, and answers nobody who calls it by another name, and no page of anybody else's, since a browser says whose page it
 * is that asks. Who is slow or silent loses its connection.
 */
final class RestGateway implements AutoCloseable {

    /** A download holds one until the file is there; there are fewer of these, see {@link FileRoutes}. Who comes beyond waits. */
    private static final int THREADS = 16;

    /** More than a browser and some scripts open; what others hold open takes no more than this. */
    static final int MAX_CONNECTIONS = 100;

    /** Far more than a program of the same machine needs for a head, or for 64 KiB. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    static { // the server reads it once, for all servers of the process; that a head has at most 380 KiB is its default
        System.setProperty("jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS));
    }

    private static final System.Logger LOG = System.getLogger(RestGateway.class.getName());

    private final HttpServer server;
    private final ExecutorService threads;
    private final Patience patience;
    private final FileRoutes files;

    private RestGateway(HttpServer server, ExecutorService threads, Patience patience, SharingPeer peer) {
        this.server = server;
        this.threads = threads;
        this.patience = patience;
        this.files = new FileRoutes(peer, patience);
    }

    /**
     * Opens it.
     *
     * @param port 0 for a free one
     */
    static RestGateway open(int port, SharingPeer peer) throws IOException {
        return open(port, peer, PATIENCE);
    }

    /** Opens one that waits for its clients as long as it is told. */
    static RestGateway open(int port, SharingPeer peer, Duration patience) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "rest");
            thread.setDaemon(true);
            return thread;
        });
        RestGateway gateway = new RestGateway(server, threads, new Patience(patience), peer);
        server.setExecutor(exchange -> threads.execute(() -> gateway.carryOut(exchange)));
        server.createContext("/", gateway::handle);
        server.start();
        return gateway;
    }

    /** Where it is. */
    String address() {
        InetSocketAddress at = server.getAddress();
        return "http://" + at.getAddress().getHostAddress() + ":" + at.getPort() + "/";
    }

    /** From the first byte of the request, which the server reads on the same thread. */
    private void carryOut(Runnable exchange) {
        patience.begin();
        try {
            exchange.run();
        } finally {
            patience.end();
        }
    }

    private void handle(HttpExchange request) {
        try (request) {
            patience.end(); // the head is there
            answer(request);
            patience.begin(); // the rest of what the client sends is looked at, and thrown away
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.DEBUG, "nobody waits for the answer any more", gone);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange request) throws IOException, InterruptedException {
        try {
            requireOwnName(request.getRequestHeaders());
            route(request);
        } catch (HttpProblem problem) {
            problem.headers().forEach(request.getResponseHeaders()::set);
            sendError(request, problem.status(), String.valueOf(problem.getMessage()));
        } catch (ChaskiException failed) {
            sendError(request, 502, "the peers could not do it: " + failed.reason());
        } catch (EOFException cutShort) {
            sendError(request, 400, String.valueOf(cutShort.getMessage()));
        } catch (IOException failed) {
            if (request.getResponseCode() >= 0) {
                throw failed;
            }
            LOG.log(System.Logger.Level.WARNING, "cannot read or write a shared file", failed);
            sendError(request, 500, "this peer cannot read or write its files");
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "a request failed", bug);
            sendError(request, 500, "something is wrong here");
        }
    }

    /** A name that somebody else has pointed at this machine would make its pages ours. */
    private static void requireOwnName(Headers headers) throws HttpProblem {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        String name =
                hosts.size() == 1 ? hosts.get(0).replaceFirst(":\\d*$", "").replaceFirst("^\\[(.*)]$", "$1") : "";
        if (!isOwn(name)) {
            throw new HttpProblem(403, "this gateway is for programs of its own machine");
        }
    }

    private static boolean isOwn(String name) {
        try {
            return Address.tcp(name, 0).isLocal();
        } catch (IllegalArgumentException noName) {
            return false;
        }
    }

    /** A browser says for which page it asks; even an answer that the page may not read would have brought a file here. */
    private static void requireOwnPage(Headers headers) throws HttpProblem {
        String own = "http://" + headers.getFirst("Host");
        String site = Optional.ofNullable(headers.getFirst("Sec-Fetch-Site")).orElse("none");
        if (!Optional.ofNullable(headers.getFirst("Origin")).orElse(own).equals(own)
                || !site.equals("none") && !site.equals("same-origin")) {
            throw new HttpProblem(403, "this gateway is for its own page, and no other one");
        }
    }

    private void route(HttpExchange request) throws HttpProblem, IOException, InterruptedException {
        RestPath path = RestPath.of(request.getRequestURI());
        if (path.isApi()) {
            requireOwnPage(request.getRequestHeaders());
        }
        switch (path.first()) {
            case "api/peers" -> {
                path.requireEnd();
                requireMethod(request, "GET");
                sendJson(request, 200, files.peers(), FileRoutes.PEERS);
            }
            case "api/files" -> {
                requireMethod(request, "GET");
                if (path.second().isEmpty()) {
                    sendJson(request, 200, files.search(path.parameter("search")), FileRoutes.FILES);
                } else {
                    files.download(request, path.second());
                }
            }
            case "api/uploads" -> {
                requireMethod(request, "PUT");
                FileInfo stored = files.upload(request, path.second());
                request.getResponseHeaders().set("Location", "/api/files/" + stored.hash());
                sendJson(request, 201, stored, FileInfo.class);
            }
            default -> {
                path.requireEnd();
                requireMethod(request, "GET");
                sendPage(request, path.first());
            }
        }
    }

    private static void requireMethod(HttpExchange request, String method) throws HttpProblem {
        if (!request.getRequestMethod().equals(method)) {
            throw new HttpProblem(405, "only " + method + " is possible here", Map.of("Allow", method));
        }
    }

    private void sendPage(HttpExchange request, String name) throws HttpProblem, IOException {
        Page page = Page.of(name).orElseThrow(() -> new HttpProblem(404, "there is nothing here"));
        try (InputStream content = RestGateway.class.getResourceAsStream(page.resource())) {
            if (content == null) {
                throw new IllegalStateException("no resource " + page.resource());
            }
            request.getResponseHeaders()
                    .set(
                            "Content-Security-Policy",
                            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
            send(request, 200, page.type(), content.readAllBytes());
        }
    }

    private void sendError(HttpExchange request, int status, String message) throws IOException {
        if (request.getResponseCode() < 0) { // otherwise the answer has begun, and only its end can tell
            sendJson(request, status, Map.of("error", message), Map.class);
        }
    }

    private void sendJson(HttpExchange request, int status, Object value, Type type) throws IOException {
        send(request, status, "application/json", PayloadCodec.json().encode(value, type));
    }

    private void send(HttpExchange request, int status, String type, byte[] body) throws IOException {
        request.getResponseHeaders().set("Content-Type", type);
        request.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        patience.begin();
        boolean isHead = request.getRequestMethod().equals("HEAD"); // which is refused, without a body
        request.sendResponseHeaders(status, isHead ? -1 : body.length);
        if (!isHead) {
            try (OutputStream to = request.getResponseBody()) { // sent before what is left of the request is looked at
                to.write(body);
            }
        }
    }

    /** Ends it; what is being downloaded breaks off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        patience.close();
    }
}
