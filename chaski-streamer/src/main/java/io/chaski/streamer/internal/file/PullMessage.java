package io.chaski.streamer.internal.file;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * What is said on the stream that a file is pulled over, one stream for a file and a source. The opener says WHICH, then GET
 * for each chunk it wants and BOOK when it wants to know what the source has by now. The source answers WHICH with LIST, if
 * it was asked for, and BOOK; a GET with the PIECEs of the chunk in order, or LACKS; each in the order of the requests.
 * Immutable.
 */
sealed interface PullMessage {

    /** Name of the stream protocol. */
    String PROTOCOL = "chaski/files/pull/1";

    /** One frame with {@link #PIECE_HEADER_BYTES} and the content. */
    int MAX_PIECE_BYTES = (64 << 10) - PullMessage.PIECE_HEADER_BYTES;

    /** Kind, chunk, offset. */
    int PIECE_HEADER_BYTES = 1 + Integer.BYTES + Integer.BYTES;

    /** As many requests a source keeps in mind. */
    int MAX_REQUESTS = 16;

    /** The file that the stream is about: all of its manifest, because anybody can claim another list for a hash. */
    record Which(Manifest manifest, boolean withList) implements PullMessage {
        static final int KIND = 1;
    }

    /** One chunk, please. */
    record Get(int chunk) implements PullMessage {
        static final int KIND = 2;
    }

    /** What do you have? */
    record AskBook() implements PullMessage {
        static final int KIND = 3;
    }

    /** The chunks that the source has, as the bytes of a bit set; none at all for those of a complete file. */
    record Book(boolean isComplete, ByteBuffer chunks) implements PullMessage {
        static final int KIND = 4;

        static Book of(Manifest manifest, BitSet has) {
            boolean isComplete = has.cardinality() == manifest.chunks();
            return new Book(isComplete, isComplete ? ByteBuffer.allocate(0) : ByteBuffer.wrap(has.toByteArray()));
        }

        /** The chunks, without those that the file does not have. */
        BitSet of(Manifest manifest) {
            BitSet has = new BitSet(manifest.chunks());
            if (isComplete) {
                has.set(0, manifest.chunks());
            } else {
                has.or(BitSet.valueOf(chunks.duplicate()));
                has.clear(manifest.chunks(), Math.max(manifest.chunks(), has.length()));
            }
            return has;
        }
    }

    /** The list of chunks. */
    record ChunkHashes(ByteBuffer encoded) implements PullMessage {
        static final int KIND = 5;
    }

    /** A part of a chunk. */
    record Piece(int chunk, int offset, ByteBuffer content) implements PullMessage {
        static final int KIND = 6;
    }

    /** The source does not have the chunk. */
    record Lacks(int chunk) implements PullMessage {
        static final int KIND = 7;
    }

    default byte[] encode() {
        BoundedWriter out = new BoundedWriter();
        if (this instanceof Which which) {
            Announcement.write(out.u8(Which.KIND), which.manifest()).u8(which.withList() ? 1 : 0);
        } else if (this instanceof Get get) {
            out.u8(Get.KIND).i32(get.chunk());
        } else if (this instanceof AskBook) {
            out.u8(AskBook.KIND);
        } else if (this instanceof Book book) {
            out.u8(Book.KIND).u8(book.isComplete() ? 1 : 0).raw(bytes(book.chunks()));
        } else if (this instanceof ChunkHashes list) {
            out.u8(ChunkHashes.KIND).raw(bytes(list.encoded()));
        } else if (this instanceof Piece piece) {
            out.u8(Piece.KIND).i32(piece.chunk()).i32(piece.offset()).raw(bytes(piece.content()));
        } else if (this instanceof Lacks lacks) {
            out.u8(Lacks.KIND).i32(lacks.chunk());
        }
        return out.message();
    }

    /** The header of a piece in front of room for its content, which is then filled in place. */
    static byte[] piece(int chunk, int offset, int length) {
        byte[] message = new byte[PIECE_HEADER_BYTES + length];
        ByteBuffer.wrap(message).put((byte) Piece.KIND).putInt(chunk).putInt(offset);
        return message;
    }

    /**
     * Reads a message.
     *
     * @param message not changed afterwards: contents are not copied
     * @throws IllegalArgumentException if it is not one
     */
    static PullMessage decode(byte[] message) {
        BoundedReader in = new BoundedReader(message);
        PullMessage read = switch (in.u8()) {
            case Which.KIND -> new Which(Announcement.manifest(in), in.u8() != 0);
            case Get.KIND -> new Get(in.i32());
            case AskBook.KIND -> new AskBook();
            case Book.KIND -> book(in);
            case ChunkHashes.KIND -> new ChunkHashes(in.restInPlace().slice());
            case Piece.KIND -> new Piece(in.i32(), in.i32(), in.restInPlace().slice());
            case Lacks.KIND -> new Lacks(in.i32());
            default -> throw new IllegalArgumentException("no such kind");
        };
        if (!(read instanceof ChunkHashes || read instanceof Piece)) {
            in.requireEnd();
        }
        return read;
    }

    private static Book book(BoundedReader in) {
        boolean isComplete = in.u8() != 0;
        byte[] chunks = in.rest();
        if (chunks.length > Manifest.MAX_CHUNKS / Byte.SIZE) {
            throw new IllegalArgumentException("a book of " + chunks.length + " bytes");
        }
        return new Book(isComplete, ByteBuffer.wrap(chunks));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
