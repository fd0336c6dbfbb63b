package io.chaski.remote;

import io.chaski.core.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A way to a TCP address on which everything takes longer, in both directions. */
final class DelayedWire implements AutoCloseable {

    private final Address target;
    private final Duration oneWay;
    private final ServerSocket listener;
    private final Queue<Socket> ends = new ConcurrentLinkedQueue<>();
    private final ExecutorService readers = Executors.newCachedThreadPool();

    /** One thread, so that bytes stay in their order. */
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();

    DelayedWire(Address target, Duration oneWay) throws IOException {
        this.target = target;
        this.oneWay = oneWay;
        this.listener = new ServerSocket(0, 50, InetAddress.getByName(target.host()));
        readers.execute(this::accept);
    }

    /** Where it begins. */
    Address address() {
        return Address.tcp(target.host(), listener.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket from = listener.accept();
                Socket to = new Socket(target.host(), target.port());
                ends.add(from);
                ends.add(to);
                readers.execute(() -> pump(from, to));
                readers.execute(() -> pump(to, from));
            }
        } catch (IOException closed) {
            return; // the end of the test
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 16];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                byte[] bytes = Arrays.copyOf(buffer, read);
                var unused = writer.schedule(() -> write(to, bytes), oneWay.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (IOException cut) {
            return; // one of the two nodes sees it as well
        }
    }

    /** A failure is that of a connection that was cut. */
    private static Void write(Socket to, byte[] bytes) throws IOException {
        to.getOutputStream().write(bytes);
        return null;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket end : ends) {
            end.close();
        }
        readers.shutdownNow();
        writer.shutdownNow();
    }
}
