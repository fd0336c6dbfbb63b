package io.chaski.streamer.file;

import io.chaski.core.NodeId;
import java.util.Map;
import java.util.Objects;

/**
 * A file that a node would send. Immutable.
 *
 * @param topic the topic it was pushed on; empty for a file that was fetched
 * @param sender who offers it
 * @param senderName label of the sender when it made the offer
 * @param name its name, or its path below a directory that was pushed: 1 to 16 segments separated by {@code /}. A segment
 *     is 1 to 255 bytes of UTF-8 in normalisation form C, of letters, digits, {@code . _ -} and space; it does not begin
 *     with a dot, nor end with a dot or a space, and is no device of Windows. Only in {@link FileEvent.Refused} with
 *     {@link FileProblem#BAD_NAME} it is anything else, with what is not of these characters replaced by {@code ?}
 * @param size in bytes, 0 or more
 * @param hash SHA-256 of the content, 64 hexadecimal digits in lower case
 * @param metadata what the sender says about it, at most 32 pairs of 4 KiB in all
 */
public record FileOffer(
        String topic,
        NodeId sender,
        String senderName,
        String name,
        long size,
        String hash,
        Map<String, String> metadata) {

    /** Checks that nothing is missing and copies the metadata. */
    public FileOffer {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(senderName, "senderName");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(hash, "hash");
        metadata = Map.copyOf(metadata);
        if (size < 0) {
            throw new IllegalArgumentException("size must be 0 or more: " + size);
        }
    }
}
