package io.chaski.core.internal.netty;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;

/** What this machine can do with multicast, found out with the sockets of the JDK, so that a failure of ours is one of ours. */
public final class Multicast {

    private static final int PATIENCE_MILLIS = 2_000;

    private Multicast() {}

    /** The loopback interface. */
    public static NetworkInterface loopback() throws IOException {
        return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    }

    /** Address of a group. */
    static InetSocketAddress group(String literal, int port) throws IOException {
        return new InetSocketAddress(
                InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal)), port);
    }

    /** Whether sockets of this machine hear each other on an interface. */
    public static boolean isHeard(NetworkInterface network, String literal) {
        try (MulticastSocket ear = new MulticastSocket(0);
                MulticastSocket voice = new MulticastSocket()) {
            InetSocketAddress group = group(literal, ear.getLocalPort());
            ear.joinGroup(group, network);
            ear.setSoTimeout(PATIENCE_MILLIS);
            voice.setNetworkInterface(network);
            voice.send(new DatagramPacket(new byte[1], 1, group));
            ear.receive(new DatagramPacket(new byte[1], 1));
            return true;
        } catch (IOException impossible) {
            return false;
        }
    }
}
