package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.FilePush;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is said about files on a topic. One byte for the kind, then the fields. Immutable. */
sealed interface Announcement {

    /** In front of the topic's name: what is said about files is none of the business of its other subscribers. */
    String TOPIC_PREFIX = "files/";

    int MAX_PAIRS = 32;
    int MAX_PAIR_BYTES = 4_096;
    int MAX_PROBLEM_BYTES = 64;
    int MAX_DETAIL_CHARACTERS = 256;

    /** Four bytes of UTF-8 for each character at most. */
    int MAX_DETAIL_BYTES = 4 * MAX_DETAIL_CHARACTERS;

    /**
     * A file is offered. Said again whenever somebody asks.
     *
     * @param pushId tells this push from another one of the same file
     */
    record Offer(long pushId, Manifest manifest, String name, Map<String, String> metadata) implements Announcement {
        static final int KIND = 1;

        /** Copies the metadata. */
        public Offer {
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    /** What has become of an offer at the one who says it. Whoever accepts will have chunks to give. */
    record Status(long pushId, Manifest manifest, FilePush.State state, String problem, String detail)
            implements Announcement {
        static final int KIND = 2;

        static Status of(long pushId, Manifest manifest, FilePush.State state) {
            return new Status(pushId, manifest, state, "", "");
        }
    }

    /** What is offered? */
    record Ask() implements Announcement {
        static final int KIND = 3;
    }

    /** Who has a file, or parts of it? */
    record Want(Manifest manifest) implements Announcement {
        static final int KIND = 4;
    }

    /** The one who says it has the file, or parts of it. */
    record Have(Manifest manifest) implements Announcement {
        static final int KIND = 5;
    }

    /** An offer is taken back. */
    record Withdraw(long pushId) implements Announcement {
        static final int KIND = 6;
    }

    /** The message. */
    default byte[] encode() {
        BoundedWriter out = new BoundedWriter();
        if (this instanceof Offer offer) {
            out.u8(Offer.KIND).i64(offer.pushId());
            write(out, offer.manifest()).text(offer.name()).pairs(offer.metadata());
        } else if (this instanceof Status status) {
            write(out.u8(Status.KIND).i64(status.pushId()), status.manifest()).u8(number(status.state()));
            out.text(status.problem()).text(cut(status.detail()));
        } else if (this instanceof Ask) {
            out.u8(Ask.KIND);
        } else if (this instanceof Want want) {
            write(out.u8(Want.KIND), want.manifest());
        } else if (this instanceof Have have) {
            write(out.u8(Have.KIND), have.manifest());
        } else if (this instanceof Withdraw withdraw) {
            out.u8(Withdraw.KIND).i64(withdraw.pushId());
        }
        return out.message();
    }

    /** Refuses what no receiver would read. */
    static void requirePairs(Map<String, String> metadata) {
        int bytes = 0;
        for (Map.Entry<String, String> pair : metadata.entrySet()) {
            bytes += pair.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += pair.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (metadata.size() > MAX_PAIRS || bytes > MAX_PAIR_BYTES) {
            throw new IllegalArgumentException("metadata has at most " + MAX_PAIRS + " pairs of " + MAX_PAIR_BYTES
                    + " bytes in all, not " + metadata.size() + " of " + bytes);
        }
    }

    private static String cut(String detail) {
        return detail.length() <= MAX_DETAIL_CHARACTERS ? detail : detail.substring(0, MAX_DETAIL_CHARACTERS);
    }

    /**
     * Reads a message.
     *
     * @return empty for a kind of a later version
     * @throws IllegalArgumentException if it is anything else
     */
    static Optional<Announcement> decode(byte[] message) {
        BoundedReader in = new BoundedReader(message);
        Announcement read = switch (in.u8()) {
            case Offer.KIND ->
                new Offer(
                        in.i64(), manifest(in), in.text(FileNames.MAX_PATH_BYTES), in.pairs(MAX_PAIRS, MAX_PAIR_BYTES));
            case Status.KIND ->
                new Status(
                        in.i64(),
                        manifest(in),
                        state(in.u8()),
                        in.text(MAX_PROBLEM_BYTES),
                        cut(in.text(MAX_DETAIL_BYTES)));
            case Ask.KIND -> new Ask();
            case Want.KIND -> new Want(manifest(in));
            case Have.KIND -> new Have(manifest(in));
            case Withdraw.KIND -> new Withdraw(in.i64());
            default -> null;
        };
        if (read == null) {
            return Optional.empty();
        }
        in.requireEnd();
        return Optional.of(read);
    }

    static BoundedWriter write(BoundedWriter out, Manifest manifest) {
        return out.hash(manifest.hash()).i64(manifest.size()).hash(manifest.listHash());
    }

    static Manifest manifest(BoundedReader in) {
        return new Manifest(in.hash(), in.i64(), in.hash());
    }

    private static int number(FilePush.State state) {
        return switch (state) {
            case ACCEPTED -> 1;
            case REFUSED -> 2;
            case COMPLETED -> 3;
            case FAILED -> 4;
        };
    }

    private static FilePush.State state(int number) {
        return switch (number) {
            case 1 -> FilePush.State.ACCEPTED;
            case 2 -> FilePush.State.REFUSED;
            case 3 -> FilePush.State.COMPLETED;
            case 4 -> FilePush.State.FAILED;
            default -> throw new IllegalArgumentException("no such state: " + number);
        };
    }
}
