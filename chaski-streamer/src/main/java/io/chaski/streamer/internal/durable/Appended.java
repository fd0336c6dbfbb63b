package io.chaski.streamer.internal.durable;

/** What became of a message that was given to a store. */
public enum Appended {
    /** It is on disk. */
    STORED,
    /** It was on disk already, the same in every byte. */
    DUPLICATE,
    /** Another message with the same source and sequence is on disk, and stays. Its origin has said two things. */
    CONFLICT,
    /** It is older than what the store keeps, or the store had it and has given it up. It was not stored. */
    TRIMMED
}
