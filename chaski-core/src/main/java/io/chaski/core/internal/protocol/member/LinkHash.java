package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.TopicRef;

/**
 * What PING says of one link, whoever are its ends: members, a publisher and a member, a relay and its client. Both ends
 * come to the same number, and sums of such numbers differ when any link differs. Stateless.
 */
public final class LinkHash {

    private LinkHash() {}

    /**
     * The hash of a link; never 0, which means that there is none.
     *
     * @param topic the topic it carries
     * @param generation as its ends have agreed
     */
    public static long of(TopicRef topic, int generation) {
        return mix(topic.hash() ^ generation);
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return (mixed ^ mixed >>> 31) | 1;
    }
}
