package io.chaski.streamer.internal.durable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that can be read of a store.
 *
 * @param history the messages, in the order of the history
 * @param bySource the messages of each source, by sequence
 * @param holdings what the store says that it has
 * @param cursors of each consumer
 */
record StoreView(
        List<KeptMessage> history,
        Map<Source, List<KeptMessage>> bySource,
        Map<Source, Holding> holdings,
        Map<String, Map<Source, Long>> cursors) {

    /** Less than most stores have, so that reads go on from the last message. */
    private static final int READ_BYTES = 40_000;

    /** One page of a read. */
    private interface Pages {
        List<KeptMessage> after(KeptMessage last) throws IOException;
    }

    static StoreView of(Contents contents) throws IOException {
        List<KeptMessage> history = all(
                contents.history(HistoryPosition.START, READ_BYTES),
                last -> contents.history(last.position(), READ_BYTES));
        Map<Source, List<KeptMessage>> bySource = new TreeMap<>();
        for (Source source : contents.holdings().keySet()) {
            bySource.put(
                    source,
                    all(
                            contents.read(source, 1, Long.MAX_VALUE, READ_BYTES),
                            last -> contents.read(source, last.sequence() + 1, Long.MAX_VALUE, READ_BYTES)));
        }
        Map<String, Map<Source, Long>> cursors = new TreeMap<>();
        for (String consumer : contents.positions().consumers()) {
            cursors.put(consumer, contents.positions().cursor(consumer));
        }
        return new StoreView(history, bySource, contents.holdings(), cursors);
    }

    static StoreView of(TopicStore store) throws IOException {
        List<KeptMessage> history = all(
                store.history(HistoryPosition.START, READ_BYTES), last -> store.history(last.position(), READ_BYTES));
        Map<Source, List<KeptMessage>> bySource = new TreeMap<>();
        for (Source source : store.holdings().keySet()) {
            bySource.put(
                    source,
                    all(
                            store.read(source, 1, Long.MAX_VALUE, READ_BYTES),
                            last -> store.read(source, last.sequence() + 1, Long.MAX_VALUE, READ_BYTES)));
        }
        Map<String, Map<Source, Long>> cursors = new TreeMap<>();
        for (String consumer : store.consumers()) {
            cursors.put(consumer, store.cursor(consumer));
        }
        return new StoreView(history, bySource, store.holdings(), cursors);
    }

    private static List<KeptMessage> all(List<KeptMessage> first, Pages pages) throws IOException {
        List<KeptMessage> all = new ArrayList<>();
        List<KeptMessage> page = first;
        while (!page.isEmpty()) {
            all.addAll(page);
            page = pages.after(page.get(page.size() - 1));
        }
        return all;
    }
}
