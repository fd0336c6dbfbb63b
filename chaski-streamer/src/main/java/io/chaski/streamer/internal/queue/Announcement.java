package io.chaski.streamer.internal.queue;

import io.chaski.core.Address;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is said on the topic of all queues: kind (1 byte), length of the queue's name (1), the name, number of addresses (1), and of each
 * its length (1) and text. Immutable.
 *
 * @param kind what is said
 * @param queue of which queue
 * @param addresses where a worker can be reached; of others none
 */
record Announcement(Kind kind, String queue, List<Address> addresses) {

    /** The first four count when a node is dialled. */
    static final int MAX_ADDRESSES = 4;

    private static final int MAX_TEXT_BYTES = 255;

    /** What is said, with its number on the wire. */
    enum Kind {
        /** A worker is there, and will be for a while. */
        WORKS(1),
        /** A worker goes. */
        LEAVES(2),
        /** A submitter wants to know who works. */
        WHO(3),
        /** A worker takes no more jobs, and is there until it has finished those that it has. */
        DRAINS(4);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        /** The kind of a number; fails if there is none. */
        private static Kind ofNumber(int number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no kind: " + number);
        }
    }

    /** That a worker is there, one way or the other. */
    static Announcement there(Kind kind, String queue, List<Address> addresses) {
        List<Address> some = addresses.stream()
                .filter(address -> utf8(address.toString()).length <= MAX_TEXT_BYTES)
                .limit(MAX_ADDRESSES)
                .toList();
        return new Announcement(kind, queue, some);
    }

    static Announcement of(Kind kind, String queue) {
        return new Announcement(kind, queue, List.of());
    }

    byte[] encode() {
        List<byte[]> texts =
                addresses.stream().map(address -> utf8(address.toString())).toList();
        byte[] name = utf8(queue);
        int bytes = 3
                + name.length
                + texts.stream().mapToInt(text -> 1 + text.length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(bytes)
                .put((byte) kind.number)
                .put((byte) name.length)
                .put(name)
                .put((byte) texts.size());
        texts.forEach(text -> buffer.put((byte) text.length).put(text));
        return buffer.array();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What was said, or nothing if it cannot be read. */
    static Optional<Announcement> decode(byte[] message) {
        ByteBuffer from = ByteBuffer.wrap(message);
        try {
            Kind kind = Kind.ofNumber(from.get());
            String queue = text(from);
            int count = from.get();
            if (count < 0 || count > MAX_ADDRESSES) {
                return Optional.empty();
            }
            List<Address> addresses = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                addresses.add(Address.parse(text(from)));
            }
            return Optional.of(new Announcement(kind, queue, List.copyOf(addresses)));
        } catch (BufferUnderflowException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static String text(ByteBuffer from) {
        byte[] text = new byte[Byte.toUnsignedInt(from.get())];
        from.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
