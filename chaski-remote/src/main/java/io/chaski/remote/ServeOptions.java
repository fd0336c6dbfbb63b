package io.chaski.remote;

import io.chaski.core.NodeId;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * How a service is served. Immutable.
 *
 * @param callers which nodes may call it, and learn its methods; all by default. Asked for each call, and when
 *     somebody asks what is served, on threads of the library; must not wait for calls. If it throws, the answer is no. It keeps
 *     strangers out only where nodes prove who they are; see {@link RemoteContext#caller()}
 * @param version which of several services of one name it is, as {@link Service#version()}; empty by default
 * @param isSchedulable whether callers may have this node run its methods at times of their choice, see {@link
 *     ChaskiRemote#schedule}; no by default, since that goes on when the caller is gone
 */
public record ServeOptions(Predicate<NodeId> callers, String version, boolean isSchedulable) {

    /** Everybody may call, and there is one version. */
    public static final ServeOptions DEFAULTS = builder().build();

    /** Checks that nothing is missing; the version is checked when something is served. */
    public ServeOptions {
        Objects.requireNonNull(callers, "callers");
        Objects.requireNonNull(version, "version");
    }

    /**
     * Only some nodes may call, as far as their ids can be believed; see {@link RemoteContext#caller()}.
     *
     * @param callers says which
     */
    public static ServeOptions onlyFor(Predicate<NodeId> callers) {
        return builder().callers(callers).build();
    }

    /** Everybody may call, now and at times of their choice. */
    public static ServeOptions schedulable() {
        return builder().schedulable().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects how a service is served. Not thread-safe. */
    public static final class Builder {
        private Predicate<NodeId> callers = caller -> true;
        private String version = "";
        private boolean isSchedulable;

        private Builder() {}

        /**
         * Only some nodes may call.
         *
         * @param which says which
         */
        public Builder callers(Predicate<NodeId> which) {
            this.callers = which;
            return this;
        }

        /**
         * Serves one of several versions, each an interface and an object of its own.
         *
         * @param text at most {@value Service#MAX_VERSION_BYTES} bytes of UTF-8 without control characters
         */
        public Builder version(String text) {
            this.version = text;
            return this;
        }

        /** Lets callers have this node run methods at times of their choice. */
        public Builder schedulable() {
            this.isSchedulable = true;
            return this;
        }

        /** The options. */
        public ServeOptions build() {
            return new ServeOptions(callers, version, isSchedulable);
        }
    }
}
