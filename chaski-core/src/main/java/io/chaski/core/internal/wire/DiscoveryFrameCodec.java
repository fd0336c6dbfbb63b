package io.chaski.core.internal.wire;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.DiscoveryFrame.Found;
import io.chaski.core.internal.wire.DiscoveryFrame.Register;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes of {@link DiscoveryFrame}s. */
final class DiscoveryFrameCodec implements DiscoveryFrame.Handler {

    /** More than the active view of one node is of no use to who asks. */
    private static final int MAX_WANTED = MembershipFrame.MAX_DESCRIPTORS;

    /** Soft state that is not refreshed within the hour is not soft. */
    private static final int MAX_LEASE_SECONDS = 3_600;

    private final WireWriter out;

    DiscoveryFrameCodec(WireWriter out) {
        this.out = out;
    }

    /** The frame, or null if there is no such type. */
    static @Nullable DiscoveryFrame read(int type, WireReader in) {
        return switch (type) {
            case FrameType.FIND -> readFind(in);
            case FrameType.FOUND -> new Found(in.nodeId(), in.i64(), DescriptorCodec.readList(in));
            case FrameType.REGISTER -> readRegister(in);
            default -> null;
        };
    }

    @Override
    public void onFind(Find find) {
        out.nodeId(find.request());
        out.i64(find.topicHash());
        DescriptorCodec.write(out, find.origin());
        out.u8(find.hopsLeft());
        out.bool(find.flood());
        out.u8(find.want(), 1, MAX_WANTED);
    }

    private static Find readFind(WireReader in) {
        NodeId request = in.nodeId();
        long topicHash = in.i64();
        Descriptor origin = DescriptorCodec.read(in);
        return new Find(request, topicHash, origin, in.u8(), in.bool(), in.u8(1, MAX_WANTED));
    }

    @Override
    public void onFound(Found found) {
        out.nodeId(found.request());
        out.i64(found.topicHash());
        DescriptorCodec.writeList(out, found.members());
    }

    @Override
    public void onRegister(Register register) {
        DescriptorCodec.write(out, register.member());
        DescriptorCodec.writeLongs(out, register.topicHashes(), Register.MAX_TOPICS);
        out.varint(register.leaseSeconds(), 1, MAX_LEASE_SECONDS);
    }

    static Register readRegister(WireReader in) {
        Descriptor member = DescriptorCodec.read(in);
        List<Long> topicHashes = DescriptorCodec.readLongs(in, Register.MAX_TOPICS);
        return new Register(member, topicHashes, (int) in.varint(1, MAX_LEASE_SECONDS));
    }
}
