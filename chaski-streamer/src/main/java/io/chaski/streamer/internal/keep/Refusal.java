package io.chaski.streamer.internal.keep;

import java.util.Optional;

/** Why a keeper does not keep a message. The numbers travel and never change their meaning. */
enum Refusal {
    /** Its disk is full. */
    DISK_FULL(1),
    /** The message is larger than its store, or a stream, takes. */
    TOO_LARGE(2),
    /** It has another message of this number. */
    CONFLICT(3),
    /** It has given the message up already. */
    GIVEN_UP(4),
    /** The message has no envelope, or is from the future. */
    MALFORMED(5),
    /** Too much waits for its disk: worth another attempt. */
    BUSY(6),
    /** Its store does not work, or knows as many sources as it may, or the keeper may not keep now. */
    FAILED(7);

    private final int number;

    Refusal(int number) {
        this.number = number;
    }

    /** As it travels. */
    int number() {
        return number;
    }

    /** Whether the same message may be taken later. */
    boolean isPassing() {
        return this == DISK_FULL || this == BUSY || this == FAILED;
    }

    static Optional<Refusal> of(int number) {
        for (Refusal each : values()) {
            if (each.number == number) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
