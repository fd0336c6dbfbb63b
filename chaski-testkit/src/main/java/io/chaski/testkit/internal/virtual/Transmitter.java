package io.chaski.testkit.internal.virtual;

import io.chaski.core.internal.wire.PartFrame;
import io.chaski.core.internal.wire.PartScheduler;
import io.chaski.core.internal.wire.WireLimits;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a narrow path: one thing after the other, and large messages in parts between which others pass, in the
 * order that the runtime's own connections keep.
 */
final class Transmitter {

    /** How often the receiver of something that takes long is told that bytes come; no more than a hundred times. */
    private static final long PART_NANOS = 2_000_000_000L;

    private static final int MAX_PARTS = 100;

    private final Lane lane;
    private final Deque<Leaving> next = new ArrayDeque<>();
    private final PartScheduler<Arrival> parts =
            new PartScheduler<>(WireLimits.DEFAULT_MAX_FRAME, Transmitter::bytesInParts);

    /** How many were ever put into {@link #next}, and have left it. */
    private long added;

    private long left;

    /** Bytes of others that have left since the last part. */
    private long bytesSincePart;

    private long partBytes;
    private long toldNanos;
    private boolean isBusy;

    /** All of something, or a part of it. */
    private record Leaving(Arrival item, int bytes, boolean isLast) {
        static Leaving whole(Arrival item) {
            return new Leaving(item, item.size(), true);
        }

        static Leaving of(PartScheduler.Piece<Arrival> piece) {
            boolean isWhole = piece.slot() < 0;
            return isWhole ? whole(piece.item()) : new Leaving(piece.item(), piece.size(), piece.isLast());
        }
    }

    Transmitter(Lane lane) {
        this.lane = lane;
    }

    private static int bytesInParts(Arrival item) {
        return item instanceof Arrival.OfData && PartScheduler.isInParts(item.size()) ? item.size() : 0;
    }

    /** Whether something is leaving now, so that others wait. */
    boolean isBusy() {
        return isBusy;
    }

    /** Hears of what leaves at once. */
    void pass(Arrival item) {
        if (item instanceof Arrival.OfFrame framed) {
            parts.placeOf(framed.frame());
        }
    }

    void add(Arrival item) {
        if (item instanceof Arrival.OfData data) {
            if (bytesInParts(data) > 0 || parts.isWaiting(data.source())) {
                parts.add(parts.topicOf(data.source()), data, added);
                partBytes += bytesInParts(data);
            } else {
                addNext(Leaving.whole(data));
            }
        } else if (item instanceof Arrival.OfFrame framed) {
            addFrame(framed);
        } else {
            putPartsBefore();
            addNext(Leaving.whole(item));
        }
    }

    private void addNext(Leaving leaving) {
        next.add(leaving);
        added++;
    }

    /** Begins to send unless it does. */
    void start() {
        if (!isBusy) {
            transmit();
        }
    }

    /** Bytes of large messages that wait. */
    long partBytes() {
        return partBytes;
    }

    private void addFrame(Arrival.OfFrame framed) {
        switch (parts.placeOf(framed.frame())) {
            case NEXT -> addNext(Leaving.whole(framed));
            case BEHIND_ITS_TOPIC -> parts.add(PartScheduler.topicOf(framed.frame()), framed, added);
            case LAST -> {
                putPartsBefore();
                addNext(Leaving.whole(framed));
            }
        }
    }

    /** What follows comes behind all that waits. */
    private void putPartsBefore() {
        for (PartScheduler.Piece<Arrival> piece = nextPart(Long.MAX_VALUE);
                piece != null;
                piece = nextPart(Long.MAX_VALUE)) {
            addNext(Leaving.of(piece));
        }
    }

    private PartScheduler.@Nullable Piece<Arrival> nextPart(long afterOthers) {
        PartScheduler.Piece<Arrival> piece = parts.next(afterOthers);
        partBytes -= piece == null ? 0 : piece.size();
        return piece;
    }

    /** Others and parts take turns, as many bytes of one as of the other. */
    private void transmit() {
        if (next.isEmpty() || bytesSincePart >= PartFrame.PART_BYTES) {
            PartScheduler.Piece<Arrival> piece = nextPart(left);
            if (piece != null) {
                bytesSincePart = 0;
                transmit(Leaving.of(piece));
                return;
            }
        }
        Leaving whole = next.poll();
        if (whole == null) {
            isBusy = false;
        } else {
            left++;
            bytesSincePart += whole.bytes;
            transmit(whole);
        }
    }

    private void transmit(Leaving leaving) {
        if (!isBusy) {
            isBusy = true;
            toldNanos = lane.network().nowNanos();
        }
        long bytesPerSecond = lane.bytesPerSecond();
        long nanos = bytesPerSecond == 0 ? 0 : leaving.bytes * 1_000_000_000L / bytesPerSecond;
        tellOfParts(nanos);
        lane.network().after(nanos, () -> {
            lane.unqueue(leaving.bytes);
            if (leaving.isLast) {
                lane.leave(leaving.item);
            } else {
                tellOfPart();
            }
            transmit();
        });
    }

    /** Each part would be told of as often as bytes come; every other second is enough for whoever waits for them. */
    private void tellOfPart() {
        long now = lane.network().nowNanos();
        if (now - toldNanos >= PART_NANOS) {
            toldNanos = now;
            lane.leavePart();
        }
    }

    private void tellOfParts(long nanos) {
        long everyNanos = Math.max(PART_NANOS, nanos / MAX_PARTS);
        for (long atNanos = everyNanos; atNanos < nanos; atNanos += everyNanos) {
            lane.network().after(atNanos, lane::leavePart);
        }
    }
}
