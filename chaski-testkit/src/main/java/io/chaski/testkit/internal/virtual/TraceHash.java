package io.chaski.testkit.internal.virtual;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Fingerprint of a run: two runs with the same value have, for all practical purposes, seen the same inputs at the
 * same times, to the byte. It is made of numbers only, never of hash codes, which may differ between virtual machines.
 */
public final class TraceHash {

    private long value;

    /**
     * Adds one step of the run.
     *
     * @param time when
     * @param what who and what, in any encoding that is the same in each run
     */
    public void mix(long time, long what) {
        value = spread(value ^ spread(time) + what);
    }

    /** The fingerprint of everything up to now. */
    public long value() {
        return value;
    }

    /**
     * A number for some bytes.
     *
     * @param bytes all that remain; their position stays where it is
     */
    public static long of(ByteBuffer bytes) {
        ByteBuffer left = bytes.duplicate();
        long hash = left.remaining();
        while (left.remaining() >= Long.BYTES) {
            hash = spread(hash ^ left.getLong());
        }
        long last = 0;
        while (left.hasRemaining()) {
            last = last << Byte.SIZE | left.get() & 0xff;
        }
        return spread(hash ^ last);
    }

    /**
     * A number for a text.
     *
     * @param text any
     */
    public static long of(String text) {
        return of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Spreads each bit over all bits (the finaliser of SplitMix64: Steele, Lea, Flood, OOPSLA 2014). */
    static long spread(long bits) {
        long mixed = bits + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
