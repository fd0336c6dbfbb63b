package io.chaski.core.internal.wire;

import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustRequest;
import io.chaski.core.internal.wire.TrustFrame.TrustState;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of frames about signed documents. */
final class TrustFrameCodec {

    /** A kind and two numbers of a byte each. */
    private static final int MIN_EDITION_BYTES = 3;

    private TrustFrameCodec() {}

    static void write(TrustFrame frame, WireWriter out) {
        if (frame instanceof TrustState state) {
            out.count(state.editions().size(), TrustFrame.MAX_KINDS);
            state.editions().forEach(edition -> write(edition, out));
        } else if (frame instanceof TrustRequest request) {
            out.u8(request.kind());
        } else if (frame instanceof TrustUpdate update) {
            write(update.edition(), out);
            out.varint(update.size());
            out.varint(update.offset());
            out.payload(update.bytes());
        }
    }

    private static void write(Edition edition, WireWriter out) {
        out.u8(edition.kind());
        out.varint(edition.number());
        out.varint(edition.renewal());
    }

    static @Nullable TrustFrame read(int type, WireReader in) {
        return switch (type) {
            case FrameType.TRUST_STATE -> readState(in);
            case FrameType.TRUST_REQUEST -> new TrustRequest(in.u8());
            case FrameType.TRUST_UPDATE ->
                new TrustUpdate(readEdition(in), in.varint31(), in.varint31(), ArrayPayload.owning(in.rest()));
            default -> null;
        };
    }

    private static TrustState readState(WireReader in) {
        int count = in.count(TrustFrame.MAX_KINDS, MIN_EDITION_BYTES);
        List<Edition> editions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            editions.add(readEdition(in));
        }
        return new TrustState(editions);
    }

    private static Edition readEdition(WireReader in) {
        int kind = in.u8();
        long number = in.varint();
        return new Edition(kind, number, in.varint());
    }
}
