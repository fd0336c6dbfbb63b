package io.chaski.core.internal.wire;

import io.chaski.core.internal.wire.TreeFrame.Advert;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import io.chaski.core.internal.wire.TreeFrame.NoHave;
import io.chaski.core.internal.wire.TreeFrame.Prune;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of {@link TreeFrame}s. A run of messages is its first number and how many follow it, so that a run of one
 * costs three bytes while numbers are small.
 */
final class TreeFrameCodec implements TreeFrame.Handler {

    private static final int MIN_RANGE_BYTES = 3;
    private static final int MIN_ADVERT_BYTES = MIN_RANGE_BYTES + 1;
    private static final int MIN_SEEN_BYTES = 4;
    private static final int MIN_GAP_BYTES = 2;

    // Flags of TOPIC_CREDIT.
    private static final int LIMITED = 1;
    private static final int QUESTION = 2;
    private static final int PASSED_ON = 4;
    private static final int CUT = 8;
    private static final int OWING = 16;

    private final WireWriter out;

    TreeFrameCodec(WireWriter out) {
        this.out = out;
    }

    /** The frame, or null if there is no such type. */
    static @Nullable TreeFrame read(int type, WireReader in) {
        return switch (type) {
            case FrameType.I_HAVE -> new IHave(in.varint31(), readAdverts(in));
            case FrameType.GRAFT -> new Graft(in.varint31(), in.bool(), readRanges(in));
            case FrameType.PRUNE -> new Prune(in.varint31());
            case FrameType.NO_HAVE -> new NoHave(in.varint31(), readRanges(in));
            case FrameType.DIGEST -> new Digest(in.varint31(), in.bool(), readSeen(in));
            case FrameType.TOPIC_CREDIT -> readTopicCredit(in);
            default -> null;
        };
    }

    @Override
    public void onIHave(IHave iHave) {
        out.varint(iHave.topic());
        out.count(iHave.adverts().size(), TreeFrame.MAX_RANGES);
        for (Advert advert : iHave.adverts()) {
            out.varint(advert.source());
            writeRun(advert.from(), advert.to());
            out.u8(advert.minHop());
        }
    }

    private static List<Advert> readAdverts(WireReader in) {
        int count = in.count(TreeFrame.MAX_RANGES, MIN_ADVERT_BYTES);
        List<Advert> adverts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int source = in.varint31();
            long from = in.varint();
            adverts.add(new Advert(source, from, readTo(in, from), in.u8()));
        }
        return adverts;
    }

    @Override
    public void onGraft(Graft graft) {
        out.varint(graft.topic());
        out.bool(graft.eager());
        writeRanges(graft.ranges());
    }

    @Override
    public void onPrune(Prune prune) {
        out.varint(prune.topic());
    }

    @Override
    public void onNoHave(NoHave noHave) {
        out.varint(noHave.topic());
        writeRanges(noHave.ranges());
    }

    @Override
    public void onDigest(Digest digest) {
        out.varint(digest.topic());
        out.bool(digest.replyWanted());
        out.count(digest.seen().size(), TreeFrame.MAX_RANGES);
        for (Seen seen : digest.seen()) {
            out.varint(seen.source());
            out.varint(seen.oldestKept());
            out.varint(seen.maxSeq());
            out.count(seen.gaps().size(), TreeFrame.MAX_GAPS);
            for (Range gap : seen.gaps()) {
                if (gap.source() != seen.source()) {
                    throw new IllegalArgumentException("gap of source " + gap.source() + " among " + seen.source());
                }
                writeRun(gap.from(), gap.to());
            }
        }
    }

    private static List<Seen> readSeen(WireReader in) {
        int count = in.count(TreeFrame.MAX_RANGES, MIN_SEEN_BYTES);
        List<Seen> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int source = in.varint31();
            long oldestKept = in.varint();
            long maxSeq = in.varint();
            int gapCount = in.count(TreeFrame.MAX_GAPS, MIN_GAP_BYTES);
            List<Range> gaps = new ArrayList<>(gapCount);
            for (int j = 0; j < gapCount; j++) {
                long from = in.varint();
                gaps.add(new Range(source, from, readTo(in, from)));
            }
            all.add(new Seen(source, oldestKept, maxSeq, gaps));
        }
        return all;
    }

    @Override
    public void onTopicCredit(TopicCredit credit) {
        out.varint(credit.topic());
        out.u8((credit.isLimited() ? LIMITED : 0)
                | (credit.isQuestion() ? QUESTION : 0)
                | (credit.isPassedOn() ? PASSED_ON : 0)
                | (credit.isCut() ? CUT : 0)
                | (credit.isOwing() ? OWING : 0));
        out.varint(credit.granted());
        out.varint(credit.sent());
    }

    private static TopicCredit readTopicCredit(WireReader in) {
        int topic = in.varint31();
        int flags = in.flags(LIMITED | QUESTION | PASSED_ON | CUT | OWING);
        return new TopicCredit(
                topic,
                (flags & LIMITED) != 0,
                (flags & QUESTION) != 0,
                (flags & OWING) != 0,
                (flags & PASSED_ON) != 0,
                (flags & CUT) != 0,
                in.varint(),
                in.varint());
    }

    private void writeRanges(List<Range> ranges) {
        out.count(ranges.size(), TreeFrame.MAX_RANGES);
        for (Range range : ranges) {
            out.varint(range.source());
            writeRun(range.from(), range.to());
        }
    }

    private static List<Range> readRanges(WireReader in) {
        int count = in.count(TreeFrame.MAX_RANGES, MIN_RANGE_BYTES);
        List<Range> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int source = in.varint31();
            long from = in.varint();
            ranges.add(new Range(source, from, readTo(in, from)));
        }
        return ranges;
    }

    private void writeRun(long from, long to) {
        out.varint(from);
        out.varint(to - from);
    }

    private static long readTo(WireReader in, long from) {
        return from + in.varint(0, Long.MAX_VALUE - from);
    }
}
