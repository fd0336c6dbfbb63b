package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What is said on a stream to a keeper, in big endian, a type in front; the stream's headers say for what topic, and what the
 * stream is for ({@link Role}). Immutable.
 */
sealed interface KeeperFrame {

    /** A stream carries messages of 1 MiB, and something has to be said besides. */
    int MAX_BODY_BYTES = (1 << 20) - 64;

    /** Bodies of one frame together, unless it is a single one: a quarter of the window of a stream. */
    int FRAME_BYTES = 64 << 10;

    /** Most messages of a frame; empty ones have a size as well. */
    int MAX_ITEMS = 1_024;

    /** Most sources of a frame, which is 600 KB then. */
    int MAX_SOURCES = 1_024;

    /** Most intervals of one source: whoever has more says less, and is sent something twice or later. */
    int MAX_INTERVALS = 32;

    /** No publisher comes that far, and whoever counts on from here, or has {@link Reading#PASSED}, does not overflow. */
    long MAX_SEQUENCE = Long.MAX_VALUE / 2;

    /** As it travels. */
    byte[] encode();

    /** A message of a source; the body holds its envelope. Immutable, the body included. */
    final class Item {
        private final Source source;
        private final long sequence;
        private final byte[] body;

        Item(Source source, long sequence, byte[] body) {
            this.source = source;
            this.sequence = sequence;
            this.body = body;
        }

        Source source() {
            return source;
        }

        long sequence() {
            return sequence;
        }

        /** Not to be changed. */
        byte[] body() {
            return body;
        }

        @Override
        public String toString() {
            return source + "/" + sequence;
        }
    }

    /** What a reader has, or wants nothing of. The keeper begins behind the last of these. */
    record Have(Map<Source, Sequences> sequences, boolean isLast) implements KeeperFrame {
        static final int TYPE = 1;

        public Have {
            sequences = Collections.unmodifiableMap(new LinkedHashMap<>(sequences));
        }

        @Override
        public byte[] encode() {
            FieldWriter out = new FieldWriter().u8(TYPE).u8(isLast ? 1 : 0).u16(sequences.size());
            sequences.forEach((source, has) -> write(write(out, source), has));
            return out.toBytes();
        }
    }

    /** Messages, of a publisher or of a keeper. */
    record Messages(List<Item> items) implements KeeperFrame {
        static final int TYPE = 2;

        public Messages {
            items = List.copyOf(items);
        }

        @Override
        public byte[] encode() {
            FieldWriter out = new FieldWriter().u8(TYPE).u16(items.size());
            items.forEach(item -> write(out, item.source()).i64(item.sequence()).bytes32(item.body()));
            return out.toBytes();
        }
    }

    /** Messages that a reader will not get: they were given up, or nobody has brought them for long. */
    record Gone(Source source, Sequences.Interval interval) implements KeeperFrame {
        static final int TYPE = 3;

        @Override
        public byte[] encode() {
            return write(new FieldWriter().u8(TYPE), source)
                    .i64(interval.first())
                    .i64(interval.last())
                    .toBytes();
        }
    }

    /** A reader that wants no more than there is has got all of it. */
    record Done() implements KeeperFrame {
        static final int TYPE = 4;

        @Override
        public byte[] encode() {
            return new byte[] {TYPE};
        }
    }

    /** Messages of the publisher that are on the disk of a store. */
    record Kept(UUID store, long epoch, Sequences sequences) implements KeeperFrame {
        static final int TYPE = 5;

        @Override
        public byte[] encode() {
            FieldWriter out = new FieldWriter()
                    .u8(TYPE)
                    .i64(store.getMostSignificantBits())
                    .i64(store.getLeastSignificantBits())
                    .i64(epoch);
            return write(out, sequences).toBytes();
        }
    }

    /** A message of the publisher that this keeper will not have. */
    record Refused(long epoch, long sequence, Refusal why) implements KeeperFrame {
        static final int TYPE = 6;

        @Override
        public byte[] encode() {
            return new FieldWriter()
                    .u8(TYPE)
                    .i64(epoch)
                    .i64(sequence)
                    .u8(why.number())
                    .toBytes();
        }
    }

    /** Which part of the history a reader wants: once, and as the only frame. */
    record Ask(HistoryPlace from, int limit) implements KeeperFrame {
        static final int TYPE = 7;

        @Override
        public byte[] encode() {
            FieldWriter out = new FieldWriter().u8(TYPE).u16(limit);
            from.writeTo(out);
            return out.toBytes();
        }
    }

    /**
     * Reads a frame.
     *
     * @throws MalformedFieldsException if it is none, or claims more than it may
     */
    static KeeperFrame read(byte[] bytes) throws MalformedFieldsException {
        FieldReader in = new FieldReader(bytes);
        int type = in.u8();
        KeeperFrame frame = switch (type) {
            case Have.TYPE -> readHave(in);
            case Messages.TYPE -> readMessages(in);
            case Gone.TYPE -> readGone(in);
            case Done.TYPE -> new Done();
            case Kept.TYPE -> new Kept(new UUID(in.i64(), in.i64()), readEpoch(in), readSequences(in));
            case Refused.TYPE -> new Refused(readEpoch(in), in.i64(), readRefusal(in));
            case Ask.TYPE -> readAsk(in);
            default -> throw new MalformedFieldsException("an unknown type of frame: " + type);
        };
        in.end();
        return frame;
    }

    private static Have readHave(FieldReader in) throws MalformedFieldsException {
        boolean isLast = in.u8() != 0;
        int sources = checkCount(in.u16(), MAX_SOURCES, "sources");
        Map<Source, Sequences> have = new LinkedHashMap<>();
        for (int i = 0; i < sources; i++) {
            if (have.put(readSource(in), readSequences(in)) != null) {
                throw new MalformedFieldsException("a source twice");
            }
        }
        return new Have(have, isLast);
    }

    private static Messages readMessages(FieldReader in) throws MalformedFieldsException {
        int count = checkCount(in.u16(), MAX_ITEMS, "messages");
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Source source = readSource(in);
            long sequence = in.i64();
            if (sequence < 1 || sequence > MAX_SEQUENCE) {
                throw new MalformedFieldsException("a message with number " + sequence);
            }
            items.add(new Item(source, sequence, in.bytes(in.i32(), MAX_BODY_BYTES)));
        }
        return new Messages(items);
    }

    private static Gone readGone(FieldReader in) throws MalformedFieldsException {
        Source source = readSource(in);
        Sequences.Interval interval = readInterval(in, 0);
        if (interval.last() > MAX_SEQUENCE) {
            throw new MalformedFieldsException("a gap up to " + interval.last());
        }
        return new Gone(source, interval);
    }

    private static Ask readAsk(FieldReader in) throws MalformedFieldsException {
        int limit = in.u16();
        if (limit < 1 || limit > HistoryPlace.MAX_MESSAGES) {
            throw new MalformedFieldsException("a limit of " + limit);
        }
        return new Ask(HistoryPlace.readFrom(in), limit);
    }

    private static Refusal readRefusal(FieldReader in) throws MalformedFieldsException {
        int number = in.u8();
        return Refusal.of(number).orElseThrow(() -> new MalformedFieldsException("an unknown refusal: " + number));
    }

    /** What {@link #write(FieldWriter, Source)} writes. */
    static Source readSource(FieldReader in) throws MalformedFieldsException {
        return new Source(new NodeId(in.i64(), in.i64()), readEpoch(in));
    }

    private static long readEpoch(FieldReader in) throws MalformedFieldsException {
        long epoch = in.i64();
        if (epoch < 0) {
            throw new MalformedFieldsException("an epoch of " + epoch);
        }
        return epoch;
    }

    private static Sequences readSequences(FieldReader in) throws MalformedFieldsException {
        int count = checkCount(in.u16(), MAX_INTERVALS, "intervals");
        Sequences sequences = Sequences.NONE;
        long last = -1;
        for (int i = 0; i < count; i++) {
            Sequences.Interval interval = readInterval(in, last + 2); // those that touch would be one
            sequences = sequences.plus(interval.first(), interval.last());
            last = interval.last();
        }
        return sequences;
    }

    private static Sequences.Interval readInterval(FieldReader in, long least) throws MalformedFieldsException {
        long first = in.i64();
        long last = in.i64();
        // A last number of Long.MAX_VALUE has no successor, and no publisher comes that far.
        if (first < Math.max(1, least) || last < first || last == Long.MAX_VALUE) {
            throw new MalformedFieldsException("an interval from " + first + " to " + last);
        }
        return new Sequences.Interval(first, last);
    }

    private static int checkCount(int count, int most, String what) throws MalformedFieldsException {
        if (count > most) {
            throw new MalformedFieldsException(count + " " + what + ", where " + most + " may be");
        }
        return count;
    }

    /** Who publishes, in 24 bytes. */
    static FieldWriter write(FieldWriter out, Source source) {
        return out.i64(source.origin().high()).i64(source.origin().low()).i64(source.epoch());
    }

    private static FieldWriter write(FieldWriter out, Sequences sequences) {
        List<Sequences.Interval> intervals = sequences.intervals();
        if (intervals.size() > MAX_INTERVALS) {
            throw new IllegalArgumentException(intervals.size() + " intervals");
        }
        out.u16(intervals.size());
        intervals.forEach(each -> out.i64(each.first()).i64(each.last()));
        return out;
    }
}
