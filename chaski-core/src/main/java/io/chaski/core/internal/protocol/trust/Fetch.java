package io.chaski.core.internal.protocol.trust;

import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import io.chaski.core.internal.wire.TrustKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document on its way here: asked for, coming in parts, then being checked.
 *
 * <pre>
 *   asked --first part--> coming --last part--> checked
 * </pre>
 *
 * Nothing is allocated for parts that have not come. Confined to the node's event loop.
 */
final class Fetch {

    final TrustKind kind;
    final Neighbour from;
    final Timers.Timer deadline;
    private final List<ArrayPayload> come = new ArrayList<>();
    private @Nullable Edition edition;
    private int size;
    private int bytes;
    private boolean isBeingChecked;

    Fetch(TrustKind kind, Neighbour from, Timers.Timer deadline) {
        this.kind = kind;
        this.from = from;
        this.deadline = deadline;
    }

    /** What a part has brought. */
    enum Outcome {
        /** More has to come. */
        INCOMPLETE,
        /** It was the last one. */
        COMPLETE,
        /** It is none that can follow, or the document is too large. */
        BROKEN
    }

    Outcome add(TrustUpdate part) {
        if (edition == null) {
            edition = part.edition();
            size = part.size();
        }
        boolean isNext = part.edition().equals(edition)
                && part.size() == size
                && part.offset() == bytes
                && size <= kind.maxBytes();
        if (!isNext) {
            return Outcome.BROKEN;
        }
        come.add(part.bytes());
        bytes += part.bytes().size();
        isBeingChecked = bytes == size;
        return isBeingChecked ? Outcome.COMPLETE : Outcome.INCOMPLETE;
    }

    /** Whether all of it is here. */
    boolean isBeingChecked() {
        return isBeingChecked;
    }

    ArrayPayload document() {
        byte[] whole = new byte[bytes];
        int offset = 0;
        for (ArrayPayload part : come) {
            part.copyTo(whole, offset);
            offset += part.size();
        }
        return ArrayPayload.owning(whole);
    }
}
