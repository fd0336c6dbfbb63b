package io.chaski.ca.tls;

import io.chaski.core.Address;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A way to a node on which somebody keeps all bytes that pass: of connections in both directions, of datagrams towards the
 * node. It has one port for both, as a node has.
 */
final class RecordedWire implements AutoCloseable {

    private static final int MAX_PACKET_BYTES = 1 << 16;
    private static final int TRIES = 50;

    private final InetSocketAddress node;
    private final ServerSocket listener = new ServerSocket();
    private final DatagramSocket packets;
    private final ByteArrayOutputStream packetBytes = new ByteArrayOutputStream();
    private final Queue<ByteArrayOutputStream> connectionBytes = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> ends = new ConcurrentLinkedQueue<>();
    private final ExecutorService carriers = Executors.newCachedThreadPool();

    RecordedWire(Address node) throws IOException {
        this.node = new InetSocketAddress(node.host(), node.port());
        packets = bind();
        listener.bind(packets.getLocalSocketAddress());
        carriers.execute(this::accept);
        carriers.execute(this::carryPackets);
    }

    /** A port that nobody has, of either kind. */
    private static DatagramSocket bind() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        for (int i = 0; i < TRIES; i++) {
            DatagramSocket socket = new DatagramSocket(0, loopback);
            try (ServerSocket probe = new ServerSocket(socket.getLocalPort(), 1, loopback)) {
                return socket;
            } catch (BindException taken) {
                socket.close();
            }
        }
        throw new IOException("no port for both TCP and UDP");
    }

    /** Where it begins. */
    Address address() {
        return Address.tcp(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
    }

    /** Whether a text could be read from connections, as far as bytes have passed. */
    boolean showsInConnections(String text) {
        return connectionBytes.stream().anyMatch(bytes -> shows(bytes, text));
    }

    /** Whether a text could be read from datagrams. */
    boolean showsInPackets(String text) {
        return shows(packetBytes, text);
    }

    /** How many bytes have passed in datagrams. */
    int packetBytes() {
        return packetBytes.size();
    }

    private static boolean shows(ByteArrayOutputStream bytes, String ascii) {
        return bytes.toString(StandardCharsets.ISO_8859_1).contains(ascii);
    }

    private void accept() {
        try {
            while (true) {
                Socket from = listener.accept();
                Socket to = new Socket(node.getAddress(), node.getPort());
                ends.add(from);
                ends.add(to);
                carriers.execute(() -> carry(from, to));
                carriers.execute(() -> carry(to, from));
            }
        } catch (IOException closed) {
            return; // the end of the test
        }
    }

    private void carry(Socket from, Socket to) {
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        connectionBytes.add(recorded);
        byte[] buffer = new byte[MAX_PACKET_BYTES];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                recorded.write(buffer, 0, read);
                to.getOutputStream().write(buffer, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException cut) {
            return; // one of the two nodes sees it as well
        }
    }

    private void carryPackets() {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_PACKET_BYTES], MAX_PACKET_BYTES);
        try {
            while (true) {
                packet.setLength(MAX_PACKET_BYTES);
                packets.receive(packet);
                packetBytes.write(packet.getData(), 0, packet.getLength());
                packets.send(new DatagramPacket(packet.getData(), packet.getLength(), node));
            }
        } catch (IOException closed) {
            return; // the end of the test
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        packets.close();
        for (Socket end : ends) {
            end.close();
        }
        carriers.shutdownNow();
    }
}
