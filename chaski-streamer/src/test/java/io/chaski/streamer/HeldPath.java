package io.chaski.streamer;

import io.chaski.core.Address;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The way to a node. It carries everything to the node, and from it, of all connections, as much as the test allows. */
final class HeldPath implements AutoCloseable {

    /** Little stays on the way when nothing more is carried. */
    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocket server;
    private final InetSocketAddress node;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private long allowedBytes;
    private long carriedBytes;

    HeldPath(Address to, long allowedBytes) throws IOException {
        this.allowedBytes = allowedBytes;
        node = new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port());
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        start("accepts", this::accept);
    }

    Address address() {
        return Address.parse("127.0.0.1:" + server.getLocalPort());
    }

    /** From now on it carries so much from the node in all. */
    synchronized void allow(long bytes) {
        allowedBytes = bytes;
        notifyAll();
    }

    /** What it has carried from the node. */
    synchronized long carriedBytes() {
        return carriedBytes;
    }

    /** How much the node may be asked for next, when so much more has been carried. */
    private synchronized int goOn(int read) throws InterruptedException {
        carriedBytes += read;
        while (carriedBytes >= allowedBytes) {
            wait();
        }
        return (int) Math.min(BUFFER_BYTES, allowedBytes - carriedBytes);
    }

    private void accept() throws IOException {
        while (true) {
            Socket fromPeer = server.accept();
            Socket toNode = new Socket();
            sockets.add(fromPeer);
            sockets.add(toNode);
            toNode.setReceiveBufferSize(BUFFER_BYTES);
            toNode.connect(node);
            start("to the node", () -> carry(fromPeer, toNode, false));
            start("from the node", () -> carry(toNode, fromPeer, true));
        }
    }

    private void carry(Socket from, Socket to, boolean isHeld) throws IOException, InterruptedException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            int read = 0;
            while (read >= 0) {
                out.write(buffer, 0, read);
                read = in.read(buffer, 0, isHeld ? goOn(read) : BUFFER_BYTES);
            }
        }
    }

    /** What a thread of the path does. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String what, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException closed) {
                        // The path has ended, and with it what it carries.
                    }
                },
                "path " + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
