package io.chaski.core.internal.wire;

import io.chaski.core.internal.wire.StreamFrame.Credit;
import io.chaski.core.internal.wire.StreamFrame.End;
import io.chaski.core.internal.wire.StreamFrame.Open;
import io.chaski.core.internal.wire.StreamFrame.Reset;
import io.chaski.core.internal.wire.StreamFrame.StreamData;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bytes of {@link StreamFrame}s. */
final class StreamFrameCodec implements StreamFrame.Handler {

    private static final int LAST = 1;
    private static final int PAYLOAD = 2;
    private static final int MORE = 2;

    private final WireWriter out;

    StreamFrameCodec(WireWriter out) {
        this.out = out;
    }

    /** The frame, or null if there is no such type. */
    static @Nullable StreamFrame read(int type, WireReader in) {
        return switch (type) {
            case FrameType.OPEN -> readOpen(in);
            case FrameType.STREAM_DATA -> readStreamData(in);
            case FrameType.CREDIT -> new Credit(in.varint(), in.varint(1, Long.MAX_VALUE));
            case FrameType.END -> new End(in.varint());
            case FrameType.RESET -> new Reset(in.varint(), in.varint31(), in.text(0, WireLimits.MAX_REASON_BYTES));
            default -> null;
        };
    }

    @Override
    public void onOpen(Open open) {
        ArrayPayload payload = open.payload();
        out.varint(open.stream());
        out.varint(open.protocol());
        out.u8((open.last() ? LAST : 0) | (payload != null ? PAYLOAD : 0));
        out.varint(open.deadlineMillis());
        HeadersCodec.write(out, open.headers());
        if (payload != null) {
            out.payload(payload);
        }
    }

    private static Open readOpen(WireReader in) {
        long stream = in.varint();
        int protocol = in.varint31();
        int flags = in.flags(LAST | PAYLOAD);
        long deadlineMillis = in.varint();
        Map<String, String> headers = HeadersCodec.read(in);
        ArrayPayload payload = (flags & PAYLOAD) != 0 ? ArrayPayload.owning(in.rest()) : null;
        return new Open(stream, protocol, headers, deadlineMillis, (flags & LAST) != 0, payload);
    }

    @Override
    public void onStreamData(StreamData data) {
        out.varint(data.stream());
        out.u8((data.last() ? LAST : 0) | (data.more() ? MORE : 0));
        out.payload(data.payload());
    }

    private static StreamData readStreamData(WireReader in) {
        long stream = in.varint();
        int flags = in.flags(LAST | MORE);
        return new StreamData(stream, (flags & MORE) != 0, (flags & LAST) != 0, ArrayPayload.owning(in.rest()));
    }

    @Override
    public void onCredit(Credit credit) {
        out.varint(credit.stream());
        out.varint(credit.bytes(), 1, Long.MAX_VALUE);
    }

    @Override
    public void onEnd(End end) {
        out.varint(end.stream());
    }

    @Override
    public void onReset(Reset reset) {
        out.varint(reset.stream());
        out.varint(reset.code(), 0, Integer.MAX_VALUE);
        out.sentence(reset.reason(), WireLimits.MAX_REASON_BYTES);
    }
}
