package io.chaski.streamer.internal.storage;

/**
 * What the limits are compared with; entries that have expired and are not yet removed count.
 *
 * @param entries number of entries
 * @param bytes keys in UTF-8 and encoded values
 */
public record Totals(long entries, long bytes) {

    static final Totals NOTHING = new Totals(0, 0);

    Totals plus(long moreEntries, long moreBytes) {
        return new Totals(entries + moreEntries, bytes + moreBytes);
    }
}
