package io.chaski.remote;

import io.chaski.core.NodeId;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * How a service is served. Immutable.
 *
 * @param callers which nodes may call it, and learn its methods; all by default. Asked for each call, and when
 *     somebody asks what is served, on threads of the library; must not wait for calls. If it throws, the answer is no
 */
public record ServeOptions(Predicate<NodeId> callers) {

    /** Everybody may call. */
    public static final ServeOptions DEFAULTS = new ServeOptions(caller -> true);

    /** Checks that nothing is missing. */
    public ServeOptions {
        Objects.requireNonNull(callers, "callers");
    }

    /**
     * Only some nodes may call.
     *
     * @param callers says which
     */
    public static ServeOptions onlyFor(Predicate<NodeId> callers) {
        return new ServeOptions(callers);
    }
}
