package io.chaski.examples.fileshare;

import java.util.List;
import java.util.Optional;

/**
 * A file of the web page; there are these and no others, whatever a path says.
 *
 * @param resource its name
 * @param type its media type
 */
record Page(String resource, String type) {

    private static final List<Page> ALL = List.of(
            new Page("index.html", "text/html; charset=utf-8"),
            new Page("page.js", "text/javascript; charset=utf-8"),
            new Page("page.css", "text/css; charset=utf-8"),
            new Page("openapi.json", "application/json"));

    /** The page of a path without its slash; the first if the path is empty. */
    static Optional<Page> of(String path) {
        String name = path.isEmpty() ? ALL.get(0).resource() : path;
        return ALL.stream().filter(page -> page.resource().equals(name)).findFirst();
    }
}
