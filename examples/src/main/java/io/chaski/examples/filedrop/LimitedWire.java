package io.chaski.examples.filedrop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A way to the publisher on which only so many bytes reach the receiver. Then nothing comes any more, as if somebody had cut
 * the cable, and the receiver is in the middle for as long as the launcher wants, however fast the machine is.
 */
final class LimitedWire implements AutoCloseable {

    private static final int BUFFER_BYTES = 16 << 10;

    private final InetSocketAddress publisher;
    private final AtomicLong leftBytes;
    private final ServerSocket door;
    private final Queue<Socket> ends = new ConcurrentLinkedQueue<>();

    /** Opens it. */
    LimitedWire(InetSocketAddress publisher, long bytes) throws IOException {
        this.publisher = publisher;
        this.leftBytes = new AtomicLong(bytes);
        this.door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        begin(this::accept);
    }

    /** Where the receiver begins instead of at the publisher. */
    String address() {
        return InetAddress.getLoopbackAddress().getHostAddress() + ":" + door.getLocalPort();
    }

    /** One after the other; the only one who comes is the receiver. */
    private void accept() throws IOException {
        while (true) {
            Socket receiver = kept(door.accept());
            Socket ours = kept(new Socket(publisher.getAddress(), publisher.getPort()));
            begin(() -> receiver.getInputStream().transferTo(ours.getOutputStream()));
            begin(() -> passOn(ours.getInputStream(), receiver.getOutputStream()));
        }
    }

    private void passOn(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            long left = leftBytes.getAndAdd(-read);
            if (left < read) {
                return; // both ends stay open, and silent
            }
            to.write(buffer, 0, read);
        }
    }

    private Socket kept(Socket socket) {
        ends.add(socket);
        return socket;
    }

    /** Something that reads from a socket. */
    private interface Reading {
        void run() throws IOException;
    }

    private static void begin(Reading reading) {
        Thread thread = new Thread(
                () -> {
                    try {
                        reading.run();
                    } catch (IOException closed) {
                        // The receiver was killed or the launcher has closed the wire: there is nobody to pass anything
                        // on to.
                    }
                },
                "wire");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket end : ends) {
            end.close();
        }
    }
}
