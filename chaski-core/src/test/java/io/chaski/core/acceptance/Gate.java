package io.chaski.core.acceptance;

import io.chaski.core.Address;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to a TCP address that can be shut: then the connections through it are cut, and whoever connects waits, connected
 * and without an answer, until it is opened again.
 */
final class Gate implements AutoCloseable {

    private final Address target;
    private final ServerSocket listener;
    private final List<Socket> ends = new ArrayList<>();
    private final List<Socket> held = new ArrayList<>();
    private boolean isShut;

    /**
     * An open gate on the host of the address.
     *
     * @param target where it leads
     */
    Gate(Address target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getByName(target.host()));
        inBackground(this::acceptAll);
    }

    /** Where it listens. */
    Address address() {
        return target.withPort(listener.getLocalPort());
    }

    /** Cuts what passes and lets nobody through. */
    synchronized void shut() throws IOException {
        isShut = true;
        closeAll(ends);
    }

    /** How many wait at the shut gate, those included that have given up. */
    synchronized int waiting() {
        return held.size();
    }

    /** Lets everybody through, those who wait first. */
    synchronized void open() throws IOException {
        isShut = false;
        for (Socket waiting : held) {
            pass(waiting);
        }
        held.clear();
    }

    private void acceptAll() throws IOException {
        while (true) {
            accept(listener.accept());
        }
    }

    private synchronized void accept(Socket from) throws IOException {
        if (isShut) {
            held.add(from);
        } else {
            pass(from);
        }
    }

    private void pass(Socket from) throws IOException {
        Socket to = new Socket(target.host(), target.port());
        ends.addAll(List.of(from, to));
        inBackground(() -> pump(from, to));
        inBackground(() -> pump(to, from));
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        }
    }

    private interface Transfer {
        void run() throws IOException;
    }

    /** A thread whose work ends when its sockets are closed, from either side. */
    private static void inBackground(Transfer transfer) {
        Thread thread = new Thread(
                () -> {
                    try {
                        transfer.run();
                    } catch (IOException closed) {
                        // This is how it ends.
                    }
                },
                "gate");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public synchronized void close() throws IOException {
        listener.close();
        closeAll(ends);
        closeAll(held);
    }
}
