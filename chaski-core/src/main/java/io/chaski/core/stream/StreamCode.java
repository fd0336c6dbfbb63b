package io.chaski.core.stream;

/** Why a stream was reset. The numbers travel and never change their meaning. */
public enum StreamCode {
    /** The other side lost interest. */
    CANCELLED(1),
    /** The deadline of the exchange has passed; whether the other side acted is not known. */
    DEADLINE_EXCEEDED(2),
    /** The other side does not serve this protocol. */
    NO_SUCH_PROTOCOL(3),
    /** The other side serves the protocol but refused this stream. */
    REFUSED(4),
    /** A limit was reached, such as the number of open streams. */
    LIMIT(5),
    /** More was sent than had been granted. */
    FLOW_CONTROL(6),
    /** A message was larger than the receiver accepts. */
    TOO_LARGE(7),
    /** The edge ended; whether the other side acted is not known. As a code of the other side it arrives as {@link #APPLICATION}. */
    EDGE_CLOSED(8),
    /**
     * No edge to the node exists and none could be made, or the one that was there ended, because nobody used it, while the
     * stream was on its way; the other side has seen nothing. As a code of the other side it arrives as {@link #APPLICATION}.
     */
    PEER_UNREACHABLE(9),
    /** The other side's handler failed. */
    INTERNAL(10),
    /** An application's own reason; its text is in the message. */
    APPLICATION(11);

    private final int number;

    StreamCode(int number) {
        this.number = number;
    }

    /** The number on the wire, 1 or more. */
    public int number() {
        return number;
    }

    /**
     * The code with this number; {@link #APPLICATION} for a number of a later version.
     *
     * @param number as read from the wire
     */
    public static StreamCode ofNumber(int number) {
        for (StreamCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return APPLICATION;
    }
}
