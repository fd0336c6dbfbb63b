package io.chaski.benchmarks.loopback;

import java.util.List;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * XPUB and SUB over TCP, one I/O thread each. Their queues are unbounded, or they would drop what the window lets through.
 */
final class JeroMqContestant implements Contestant {

    private static final int UNBOUNDED = 0;

    /** The machine may be busy; shorter than the driver waits for the sender. */
    private static final int SUBSCRIBED_LIMIT_MILLIS = 50_000;

    private static final String ANY_PORT = "tcp://127.0.0.1";

    @Override
    public Listening receiver(Tally tally) {
        ZContext context = new ZContext();
        ZMQ.Socket socket = context.createSocket(SocketType.SUB);
        socket.setHWM(UNBOUNDED);
        socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
        String address = ANY_PORT + ":" + socket.bindToRandomPort(ANY_PORT);
        Thread reader = new Thread(() -> read(socket, tally), "reader");
        reader.setDaemon(true);
        reader.start();
        return new Listening() {
            @Override
            public String address() {
                return address;
            }

            @Override
            public long dropped() {
                return 0;
            }

            @Override
            public void close() {
                // The process ends, and the reader has the socket.
            }
        };
    }

    private static void read(ZMQ.Socket socket, Tally tally) {
        try {
            for (byte[] message = socket.recv(); message != null; message = socket.recv()) {
                tally.onMessage(message);
            }
        } catch (ZMQException ended) {
            System.err.println("jeromq: " + ended.getMessage());
        }
    }

    @Override
    public OneWay oneWay(List<String> addresses) {
        ZContext context = new ZContext();
        ZMQ.Socket socket = context.createSocket(SocketType.XPUB);
        socket.setHWM(UNBOUNDED);
        socket.setXpubVerbose(true);
        addresses.forEach(socket::connect);
        socket.setReceiveTimeOut(SUBSCRIBED_LIMIT_MILLIS);
        for (int subscribed = 0; subscribed < addresses.size(); subscribed++) {
            if (socket.recv() == null) { // the word of a subscriber; who speaks before is not heard
                throw new IllegalStateException(subscribed + " of " + addresses.size() + " subscribers");
            }
        }
        return new OneWay() {
            @Override
            public void send(byte[] message) {
                socket.send(message.clone()); // it keeps the array
            }

            @Override
            public void close() {
                context.close();
            }
        };
    }
}
