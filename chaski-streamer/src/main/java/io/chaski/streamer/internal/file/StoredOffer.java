package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import java.util.Arrays;
import java.util.Optional;

/**
 * What is kept beside an unfinished file, to go on with it after a restart. It never changes: which chunks are there is not
 * written down, but read from the unfinished file itself, by their hashes. So it cannot claim a chunk that a crash has
 * swallowed. Immutable.
 *
 * @param incoming what was offered
 * @param list the hashes of its chunks
 */
record StoredOffer(Incoming incoming, ChunkList list) {

    private static final int VERSION = 1;
    private static final int MAX_TOPIC_BYTES = 255;
    private static final int MAX_NAME_BYTES = 128;

    /** Larger ones were not written by this class. */
    static final int MAX_BYTES = Manifest.MAX_CHUNKS * Sha256.BYTES + (64 << 10);

    Manifest manifest() {
        return incoming.manifest();
    }

    byte[] encode() {
        Announcement.Offer offer = incoming.offer();
        BoundedWriter out = new BoundedWriter().u8(VERSION).text(incoming.topic());
        out.i64(incoming.sender().high()).i64(incoming.sender().low()).text(incoming.senderName());
        out.i64(offer.pushId());
        Announcement.write(out, offer.manifest()).text(offer.name()).pairs(offer.metadata());
        byte[] body = out.raw(list.encoded()).message();
        return new BoundedWriter().hash(Sha256.of(body)).raw(body).message();
    }

    /** Reads it back; empty if a crash has cut it, or anything else has changed it. */
    static Optional<StoredOffer> decode(byte[] stored) {
        if (stored.length < Sha256.BYTES) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOfRange(stored, Sha256.BYTES, stored.length);
        if (!new BoundedReader(stored).hash().equals(Sha256.of(body))) {
            return Optional.empty();
        }
        BoundedReader in = new BoundedReader(body);
        if (in.u8() != VERSION) {
            return Optional.empty();
        }
        String topic = in.text(MAX_TOPIC_BYTES);
        NodeId sender = new NodeId(in.i64(), in.i64());
        String senderName = in.text(MAX_NAME_BYTES);
        Announcement.Offer offer = new Announcement.Offer(
                in.i64(),
                Announcement.manifest(in),
                in.text(FileNames.MAX_PATH_BYTES),
                in.pairs(Announcement.MAX_PAIRS, Announcement.MAX_PAIR_BYTES));
        return ChunkList.verified(in.rest(), offer.manifest())
                .map(list -> new StoredOffer(new Incoming(topic, sender, senderName, offer), list));
    }
}
