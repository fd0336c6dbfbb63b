package io.chaski.remote;

import io.chaski.core.stream.StreamOptions;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Which headers an application may send with a call. Stateless. */
final class CallHeaderRules {

    /** Headers of the library itself begin like this. */
    private static final String RESERVED = "chaski-";

    private CallHeaderRules() {}

    static void check(Map<String, String> headers) {
        if (headers.isEmpty()) {
            return;
        }
        StreamOptions.Builder options = StreamOptions.builder();
        headers.forEach(options::header);
        var unused = options.build();
        int bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (header.getKey().toLowerCase(Locale.ROOT).startsWith(RESERVED)) {
                throw new IllegalArgumentException("headers that begin with " + RESERVED + " are those of the library");
            }
            bytes += header.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += header.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (headers.size() > CallOptions.MAX_HEADERS || bytes > CallOptions.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("at most " + CallOptions.MAX_HEADERS + " headers with "
                    + CallOptions.MAX_HEADER_BYTES + " bytes in all");
        }
    }
}
