package io.chaski.streamer.file;

import java.util.Objects;

/** What a receiver makes of an offer. Immutable. */
public sealed interface FileDecision {

    /**
     * The file is wanted.
     *
     * @param nameClash what to do if something has its name
     */
    record Accept(NameClash nameClash) implements FileDecision {
        /** Checks that nothing is missing. */
        public Accept {
            Objects.requireNonNull(nameClash, "nameClash");
        }
    }

    /**
     * The file is not wanted.
     *
     * @param reason for the sender, at most 256 characters; what is longer is cut
     */
    record Refuse(String reason) implements FileDecision {
        /** Checks that nothing is missing. */
        public Refuse {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** Wanted, unless something else has the name: nothing is lost by default. */
    static FileDecision accept() {
        return accept(NameClash.REFUSE);
    }

    /**
     * Wanted.
     *
     * @param nameClash what to do if something has its name
     */
    static FileDecision accept(NameClash nameClash) {
        return new Accept(nameClash);
    }

    /**
     * Not wanted.
     *
     * @param reason for the sender
     */
    static FileDecision refuse(String reason) {
        return new Refuse(reason);
    }
}
