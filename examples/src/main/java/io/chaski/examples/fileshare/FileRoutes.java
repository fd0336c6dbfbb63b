package io.chaski.examples.fileshare;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.chaski.core.TypeRef;
import io.chaski.examples.fileshare.SharingPeer.LocalFile;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** What the gateway answers about peers and files. Thread-safe. */
final class FileRoutes {

    static final Type PEERS = new TypeRef<List<PeerView>>() {}.type();
    static final Type FILES = new TypeRef<List<FoundFile>>() {}.type();

    private static final int BUFFER_BYTES = 64 << 10;

    /** Some threads are left for what is answered at once. */
    static final int MAX_DOWNLOADS = 12;

    /** Each is there within seconds, if there are not many, or when a person looks again. */
    private static final String RETRY_SECONDS = "10";

    private final Semaphore downloads = new Semaphore(MAX_DOWNLOADS);
    private final SharingPeer peer;
    private final Patience patience;

    FileRoutes(SharingPeer peer, Patience patience) {
        this.peer = peer;
        this.patience = patience;
    }

    /** A peer, in JSON. */
    record PeerView(String id, String name, boolean online) {}

    List<PeerView> peers() {
        return peer.peers().stream()
                .map(known -> new PeerView(known.id().toString(), known.name(), known.isOnline()))
                .toList();
    }

    /** Files whose names match; all of them if nothing is asked for. */
    List<FoundFile> search(String pattern) throws HttpProblem, InterruptedException {
        try {
            return peer.search(pattern.isEmpty() ? "*" : pattern);
        } catch (IllegalArgumentException tooLong) {
            throw new HttpProblem(400, String.valueOf(tooLong.getMessage()));
        }
    }

    /** Brings a file here, if it is not, and sends it or a part of it. */
    void download(HttpExchange request, String hash) throws HttpProblem, IOException, InterruptedException {
        if (!FileInfo.HASH.matcher(hash).matches()) {
            throw new HttpProblem(400, "a file is asked for by its hash, 64 hexadecimal digits in lower case");
        }
        Optional<LocalFile> own = peer.ownFile(hash); // which nobody has to be asked for
        LocalFile local = own.isPresent() ? own.get() : bring(hash);
        long size = local.size();
        Path path = local.path();
        if (Files.size(path) != size) {
            throw new HttpProblem(404, "the file is being changed at this moment");
        }
        String tag = '"' + hash + '"';
        Optional<ByteRange> range = range(request.getRequestHeaders(), tag, size);
        Headers headers = request.getResponseHeaders();
        headers.set("Content-Type", "application/octet-stream");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set(
                "Content-Disposition", "attachment; filename*=UTF-8''" + encoded(String.valueOf(path.getFileName())));
        headers.set("Accept-Ranges", "bytes");
        headers.set("ETag", tag);
        ByteRange part = range.orElse(new ByteRange(0, size - 1));
        range.ifPresent(sent -> headers.set("Content-Range", "bytes " + sent.first() + "-" + sent.last() + "/" + size));
        request.sendResponseHeaders(range.isPresent() ? 206 : 200, part.length() == 0 ? -1 : part.length());
        send(path, part, request.getResponseBody());
    }

    /** What was asked for; nothing of it counts if it was asked for another content. */
    private static Optional<ByteRange> range(Headers headers, String tag, long size) throws HttpProblem {
        String condition = Optional.ofNullable(headers.getFirst("If-Range")).orElse(tag);
        return condition.equals(tag) ? ByteRange.parse(headers.getFirst("Range"), size) : Optional.empty();
    }

    private LocalFile bring(String hash) throws HttpProblem, InterruptedException {
        if (!downloads.tryAcquire()) {
            throw new HttpProblem(
                    503,
                    "this peer brings " + MAX_DOWNLOADS + " files at this moment",
                    Map.of("Retry-After", RETRY_SECONDS));
        }
        try {
            return bringNow(hash);
        } finally {
            downloads.release();
        }
    }

    private LocalFile bringNow(String hash) throws HttpProblem, InterruptedException {
        FoundFile file = peer.find(hash).orElseThrow(() -> new HttpProblem(404, "nobody shares this file"));
        try {
            return peer.download(file.hash(), event -> {});
        } catch (TransferFailedException failed) {
            switch (failed.problem()) {
                case NOT_FOUND -> throw new HttpProblem(404, "nobody shares this file any more");
                case EXISTS -> throw new HttpProblem(409, "this peer has another file of that name: " + file.name());
                default -> throw failed;
            }
        }
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    private void send(Path path, ByteRange part, OutputStream to) throws IOException {
        patience.begin();
        try (InputStream content = Files.newInputStream(path)) {
            content.skipNBytes(part.first());
            byte[] buffer = new byte[BUFFER_BYTES];
            long left = part.length();
            while (left > 0) {
                int read = content.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    throw new IOException("the file has become shorter"); // less than announced: the client notices
                }
                to.write(buffer, 0, read);
                patience.moved(read);
                left -= read;
            }
        }
    }

    /** Takes a file into the shared directory. What is refused is refused before it is read, if that is known by then. */
    FileInfo upload(HttpExchange request, String name) throws HttpProblem, IOException {
        try {
            peer.requireFree(name);
            return peer.store(name, body(request));
        } catch (NotShared refused) {
            int status = switch (refused.reason()) {
                case BAD_NAME -> 400;
                case TAKEN -> 409;
                case TOO_LARGE -> 413;
            };
            throw new HttpProblem(status, String.valueOf(refused.getMessage()));
        }
    }

    private InputStream body(HttpExchange request) throws HttpProblem, NotShared {
        Headers headers = request.getRequestHeaders();
        @Nullable String length = headers.getFirst("Content-Length");
        if (headers.containsKey("Transfer-Encoding")) {
            return new UploadBody(request.getRequestBody(), 0, patience);
        }
        if (length == null) {
            throw new HttpProblem(411, "the length of the file is needed");
        }
        long bytes = Long.parseLong(length); // the server has refused what is no number
        if (bytes > peer.uploadLimitBytes()) {
            throw SharedFolder.tooLarge(peer.uploadLimitBytes());
        }
        return new UploadBody(request.getRequestBody(), bytes, patience);
    }
}
