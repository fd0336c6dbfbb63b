package io.chaski.remote;

import java.util.List;
import java.util.Objects;

/**
 * A service or a function that this node serves. Who may call it is not told. Immutable.
 *
 * @param name what callers call it
 * @param version which of several interfaces of that name; empty if there is only one
 * @param methods signatures with remote names, those of services inside included, sorted: {@code double constants.pi()}
 */
public record OwnService(String name, String version, List<String> methods) {

    /** Copies the list. */
    public OwnService {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        methods = List.copyOf(methods);
    }
}
