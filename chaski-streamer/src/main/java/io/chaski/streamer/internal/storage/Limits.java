package io.chaski.streamer.internal.storage;

/**
 * What may be kept.
 *
 * @param maxEntries most entries
 * @param maxBytes most bytes of keys and values
 */
public record Limits(long maxEntries, long maxBytes) {}
