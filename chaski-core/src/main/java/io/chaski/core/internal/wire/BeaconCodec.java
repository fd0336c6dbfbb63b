package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of beacons, see {@code docs/protocol.md}. A beacon is no {@link Datagram}: it is read at the port of the group
 * only, and nothing else is read there, so that no question can be asked of a whole LAN. Stateless.
 */
public final class BeaconCodec {

    /** Size of every beacon. */
    public static final int BYTES = DatagramCodec.HEADER_BYTES + 2 * Long.BYTES + Short.BYTES;

    /** Among the types of datagrams, so that no packet is ever both. */
    private static final int BEACON = 7;

    private BeaconCodec() {}

    /**
     * Appends a beacon.
     *
     * @param beacon what to write
     * @param out has room for {@link #BYTES} bytes, or can grow
     */
    public static void encode(Beacon beacon, ByteBuf out) {
        out.writeByte(DatagramCodec.MAGIC);
        out.writeByte(ProtocolVersion.CURRENT);
        out.writeByte(BEACON);
        out.writeLong(beacon.cluster());
        out.writeLong(beacon.token());
        out.writeShort(beacon.port());
    }

    /**
     * Reads a packet, all of it.
     *
     * @param packet its bytes; the indexes stay where they are
     * @return null if it is no beacon; anybody can send packets, so that is no exception
     */
    public static @Nullable Beacon decode(ByteBuf packet) {
        int at = packet.readerIndex();
        boolean isBeacon = packet.readableBytes() == BYTES
                && packet.getUnsignedByte(at) == DatagramCodec.MAGIC
                && packet.getUnsignedByte(at + 1) == ProtocolVersion.CURRENT
                && packet.getUnsignedByte(at + 2) == BEACON;
        if (!isBeacon) {
            return null;
        }
        at += DatagramCodec.HEADER_BYTES;
        int port = packet.getUnsignedShort(at + 2 * Long.BYTES);
        return port == 0 ? null : new Beacon(packet.getLong(at), packet.getLong(at + Long.BYTES), port);
    }
}
