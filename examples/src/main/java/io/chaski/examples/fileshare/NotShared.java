package io.chaski.examples.fileshare;

/** A file was not taken into the shared directory; nothing in it has changed. */
final class NotShared extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why. */
    enum Reason {
        /** No peer would take a file of this name. */
        BAD_NAME,
        /** There is a file of this name. */
        TAKEN,
        /** It is larger than the limit. */
        TOO_LARGE
    }

    private final Reason reason;

    NotShared(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
