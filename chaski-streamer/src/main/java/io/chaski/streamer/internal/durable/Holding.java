package io.chaski.streamer.internal.durable;

/**
 * What a store has of one source.
 *
 * @param kept what can be read
 * @param trimmed what was kept and was given up by the retention; of very many gaps the lowest count as given up as well
 */
public record Holding(Sequences kept, Sequences trimmed) {}
