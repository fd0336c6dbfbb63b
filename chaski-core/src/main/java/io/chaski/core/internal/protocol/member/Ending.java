package io.chaski.core.internal.protocol.member;

import io.chaski.core.CloseReason;

/** What the end of an edge says about the node at its other end. */
enum Ending {
    /** It crashed, hangs, or is cut off: it is probed until it speaks again. */
    VANISHED,
    /** It left in good order, or does not behave: it is forgotten. */
    GONE,
    /** It is there, only this edge was not needed any more: it stays known. */
    PARTED,
    /** One of the two has no room for this edge: it stays known, and others are asked first. */
    CROWDED;

    static Ending of(CloseReason reason) {
        return switch (reason) {
            case RESET, SILENT, END_OF_STREAM, SLOW_CONSUMER, HELLO_TIMEOUT, INTERNAL, TLS -> VANISHED;
            case REQUESTED, DUPLICATE, SUPERSEDED, IDLE, EXPIRED -> PARTED;
            case FULL -> CROWDED;
            case LEAVING,
                    DUPLICATE_ID,
                    SELF,
                    CLUSTER,
                    VERSION,
                    MAX_FRAME,
                    IDENTITY,
                    UNTRUSTED,
                    HELLO_EXPECTED,
                    HELLO_REPEATED,
                    FRAME_SIZE,
                    MALFORMED,
                    UNSUPPORTED,
                    PROTOCOL,
                    CONTROL_FLOOD,
                    LIMIT -> GONE;
        };
    }
}
