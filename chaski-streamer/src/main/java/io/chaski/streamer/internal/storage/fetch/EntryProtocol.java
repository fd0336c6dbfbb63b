package io.chaski.streamer.internal.storage.fetch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is said on a stream about one key. The question is in the headers of the stream, which has a deadline.
 *
 * <pre>
 *   asker                            owner
 *     | --- key, take --------------> |   may reset the stream: refused
 *     | <-- offer, or nothing ------- |   nothing: not found
 *     | --- WANTED -----------------> |   only one of several owners hears it
 *     | <-- the value, in pieces ---- |   the end with the last, unless it is to be taken
 *     | --- ARRIVED ----------------> |   removes the entry if it still is the one that was sent
 *     | <-- YOURS or GONE ----------- |
 * </pre>
 *
 * An entry that is taken is removed before the asker is told, and the asker has it only when it is told: if anything
 * breaks before, it stays with the owner; if the last word is lost, nobody has it. Never two.
 */
final class EntryProtocol {

    /** Name of the protocol. */
    static final String PROTOCOL = "chaski/storage/1";

    static final String KEY_HEADER = "key";
    static final String TAKE_HEADER = "take";

    /** A piece of the value: a quarter of the first window, so that the next is under way while one is dealt with. */
    static final int PIECE_BYTES = 64 << 10;

    static final byte[] NOTHING = {};

    private static final byte WANTED = 1;
    private static final byte ARRIVED = 2;
    private static final byte YOURS = 3;
    private static final byte GONE = 4;

    private static final int MAX_CONTENT_TYPE_BYTES = 255;

    private EntryProtocol() {}

    static byte[] wanted() {
        return new byte[] {WANTED};
    }

    static byte[] arrived() {
        return new byte[] {ARRIVED};
    }

    static byte[] verdict(boolean isYours) {
        return new byte[] {isYours ? YOURS : GONE};
    }

    static boolean isWanted(byte[] message) {
        return is(WANTED, message);
    }

    static boolean isArrived(byte[] message) {
        return is(ARRIVED, message);
    }

    static boolean isYours(byte[] message) {
        return is(YOURS, message);
    }

    static boolean isGone(byte[] message) {
        return is(GONE, message);
    }

    private static boolean is(byte word, byte[] message) {
        return message.length == 1 && message[0] == word;
    }

    /**
     * What the owner has.
     *
     * @param lengthBytes size of the value
     * @param remainingMillis how long it has still to live; {@link Long#MAX_VALUE} for ever
     * @param contentType how it is encoded
     */
    record Offer(int lengthBytes, long remainingMillis, String contentType) {

        byte[] encode() {
            byte[] type = contentType.getBytes(StandardCharsets.US_ASCII);
            return ByteBuffer.allocate(Integer.BYTES + Long.BYTES + type.length)
                    .putInt(lengthBytes)
                    .putLong(remainingMillis)
                    .put(type)
                    .array();
        }

        /** The offer in a message, or empty if there is none in it. */
        static Optional<Offer> decode(byte[] message) {
            int typeBytes = message.length - Integer.BYTES - Long.BYTES;
            if (typeBytes < 1 || typeBytes > MAX_CONTENT_TYPE_BYTES) {
                return Optional.empty();
            }
            ByteBuffer buffer = ByteBuffer.wrap(message);
            Offer offer = new Offer(
                    buffer.getInt(),
                    buffer.getLong(),
                    StandardCharsets.US_ASCII.decode(buffer).toString());
            boolean isSound = offer.lengthBytes >= 0
                    && offer.remainingMillis >= 0
                    && offer.contentType.chars().allMatch(c -> c > ' ' && c < 0x7f);
            return isSound ? Optional.of(offer) : Optional.empty();
        }
    }
}
