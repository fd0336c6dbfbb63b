package io.chaski.examples.fileshare;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a request is about: {@code /api/<first>/<second>?query}, or {@code /<first>}. A slash that was written as {@code %2f} is part of
 * a segment.
 *
 * @param first segment, with {@code api/} in front if that was so
 * @param second segment, decoded; empty if there is none
 * @param query as it was sent; empty if there is none
 */
record RestPath(String first, String second, String query) {

    private static final String API = "/api/";

    static RestPath of(URI uri) throws HttpProblem {
        String path = Optional.ofNullable(uri.getRawPath()).orElse("");
        String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
        if (!path.startsWith("/")) {
            throw new HttpProblem(400, "a path begins with a slash");
        }
        if (!path.startsWith(API)) {
            return new RestPath(decoded(path.substring(1)), "", query);
        }
        String[] segments = path.substring(API.length()).split("/", -1);
        if (segments.length > 2) {
            throw new HttpProblem(404, "there is nothing here");
        }
        return new RestPath("api/" + decoded(segments[0]), segments.length < 2 ? "" : decoded(segments[1]), query);
    }

    /** What the server has let through is well-formed. In a path a plus is a plus. */
    private static String decoded(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Whether it is a path of programs, and not one of the page. */
    boolean isApi() {
        return ("/" + first).startsWith(API);
    }

    /** Checks that there is no second segment. */
    void requireEnd() throws HttpProblem {
        if (!second.isEmpty()) {
            throw new HttpProblem(404, "there is nothing here");
        }
    }

    /**
     * The value of the only parameter that there may be.
     *
     * @param name of it
     * @return empty if there is none
     */
    String parameter(String name) throws HttpProblem {
        if (query.isEmpty()) {
            return "";
        }
        if (!query.startsWith(name + "=") || query.contains("&")) {
            throw new HttpProblem(400, "the only parameter is " + name);
        }
        return URLDecoder.decode(query.substring(name.length() + 1), StandardCharsets.UTF_8);
    }
}
