package io.chaski.streamer.internal.keep;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.TopicStore;

/**
 * Where a page of the history begins. Immutable.
 *
 * @param after the place before it; of no meaning if the last ones are wanted
 * @param last how many of the last messages are wanted; 0 if the place counts
 */
public record HistoryPlace(HistoryPosition after, int last) {

    /** Most messages of a page. */
    public static final int MAX_MESSAGES = 1_024;

    /** Checks the range. */
    public HistoryPlace {
        if (last < 0 || last > MAX_MESSAGES) {
            throw new IllegalArgumentException("the last 1 to " + MAX_MESSAGES + " messages, not " + last);
        }
    }

    HistoryPosition in(TopicStore store) {
        return last > 0 ? store.beforeLast(last) : after;
    }

    void writeTo(FieldWriter out) {
        out.u16(last).i64(after.timestamp().packed());
        KeeperFrame.write(out, after.source()).i64(after.sequence());
    }

    static HistoryPlace readFrom(FieldReader in) throws MalformedFieldsException {
        int last = in.u16();
        HybridTimestamp timestamp = HybridTimestamp.ofPacked(in.i64());
        var source = KeeperFrame.readSource(in);
        long sequence = in.i64();
        if (last > MAX_MESSAGES || sequence < 0) {
            throw new MalformedFieldsException("no place in a history");
        }
        return new HistoryPlace(new HistoryPosition(timestamp, source, sequence), last);
    }
}
