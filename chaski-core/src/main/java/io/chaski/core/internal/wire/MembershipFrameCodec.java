package io.chaski.core.internal.wire;

import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.ForwardJoin;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import io.chaski.core.internal.wire.MembershipFrame.ProbeAck;
import io.chaski.core.internal.wire.MembershipFrame.Redirect;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.MembershipFrame.ShuffleReply;
import org.jspecify.annotations.Nullable;

/** Bytes of {@link MembershipFrame}s. Java evaluates arguments from left to right: the order of the fields. */
final class MembershipFrameCodec implements MembershipFrame.Handler {

    private final WireWriter out;

    MembershipFrameCodec(WireWriter out) {
        this.out = out;
    }

    /** The frame, or null if there is no such type. */
    static @Nullable MembershipFrame read(int type, WireReader in) {
        return switch (type) {
            case FrameType.JOIN -> new Join(in.varint31(), DescriptorCodec.read(in));
            case FrameType.REDIRECT -> new Redirect(in.varint31(), DescriptorCodec.readList(in));
            case FrameType.FORWARD_JOIN -> new ForwardJoin(in.varint31(), DescriptorCodec.read(in), in.i8());
            case FrameType.NEIGHBOR ->
                new Neighbor(
                        in.varint31(),
                        readPriority(in),
                        in.i32(),
                        DescriptorCodec.read(in),
                        DescriptorCodec.readList(in));
            case FrameType.NEIGHBOR_ACK -> new NeighborAck(in.varint31(), in.i32(), DescriptorCodec.readList(in));
            case FrameType.NEIGHBOR_NACK ->
                new NeighborNack(in.varint31(), in.i32(), in.bool(), DescriptorCodec.readList(in));
            case FrameType.DISCONNECT ->
                new Disconnect(in.varint31(), in.i32(), in.bool(), DescriptorCodec.readList(in));
            case FrameType.SHUFFLE ->
                new Shuffle(in.varint31(), DescriptorCodec.read(in), DescriptorCodec.readList(in), in.u8());
            case FrameType.SHUFFLE_REPLY -> new ShuffleReply(in.varint31(), DescriptorCodec.readList(in));
            case FrameType.PROBE ->
                new Probe(in.varint31(), in.i64(), DescriptorCodec.read(in), DescriptorCodec.readList(in));
            case FrameType.PROBE_ACK ->
                new ProbeAck(
                        in.varint31(), in.i64(), in.bool(), DescriptorCodec.read(in), DescriptorCodec.readList(in));
            default -> null;
        };
    }

    @Override
    public void onJoin(Join join) {
        out.varint(join.topic());
        DescriptorCodec.write(out, join.joiner());
    }

    @Override
    public void onRedirect(Redirect redirect) {
        out.varint(redirect.topic());
        DescriptorCodec.writeList(out, redirect.others());
    }

    @Override
    public void onForwardJoin(ForwardJoin join) {
        out.varint(join.topic());
        DescriptorCodec.write(out, join.joiner());
        out.i8(join.hopsLeft());
    }

    @Override
    public void onNeighbor(Neighbor neighbor) {
        out.varint(neighbor.topic());
        out.u8(
                switch (neighbor.priority()) {
                    case LOW -> 0;
                    case HIGH -> 1;
                    case OFFER -> 2;
                    case HEAL -> 3;
                });
        out.i32(neighbor.generation());
        DescriptorCodec.write(out, neighbor.sender());
        DescriptorCodec.writeList(out, neighbor.others());
    }

    private static Priority readPriority(WireReader in) {
        return switch (in.u8(0, 3)) {
            case 0 -> Priority.LOW;
            case 1 -> Priority.HIGH;
            case 2 -> Priority.OFFER;
            default -> Priority.HEAL;
        };
    }

    @Override
    public void onNeighborAck(NeighborAck ack) {
        out.varint(ack.topic());
        out.i32(ack.generation());
        DescriptorCodec.writeList(out, ack.others());
    }

    @Override
    public void onNeighborNack(NeighborNack nack) {
        out.varint(nack.topic());
        out.i32(nack.generation());
        out.bool(nack.subscribed());
        DescriptorCodec.writeList(out, nack.others());
    }

    @Override
    public void onDisconnect(Disconnect disconnect) {
        out.varint(disconnect.topic());
        out.i32(disconnect.generation());
        out.bool(disconnect.alive());
        DescriptorCodec.writeList(out, disconnect.others());
    }

    @Override
    public void onShuffle(Shuffle shuffle) {
        out.varint(shuffle.topic());
        DescriptorCodec.write(out, shuffle.origin());
        DescriptorCodec.writeList(out, shuffle.sample());
        out.u8(shuffle.hopsLeft());
    }

    @Override
    public void onShuffleReply(ShuffleReply reply) {
        out.varint(reply.topic());
        DescriptorCodec.writeList(out, reply.sample());
    }

    @Override
    public void onProbe(Probe probe) {
        out.varint(probe.topic());
        out.i64(probe.token());
        DescriptorCodec.write(out, probe.sender());
        DescriptorCodec.writeList(out, probe.sample());
    }

    @Override
    public void onProbeAck(ProbeAck ack) {
        out.varint(ack.topic());
        out.i64(ack.token());
        out.bool(ack.subscribed());
        DescriptorCodec.write(out, ack.sender());
        DescriptorCodec.writeList(out, ack.sample());
    }
}
