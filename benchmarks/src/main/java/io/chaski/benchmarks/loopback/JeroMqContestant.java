package io.chaski.benchmarks.loopback;

import java.util.List;
import java.util.function.UnaryOperator;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * XPUB and SUB over TCP, one I/O thread each. Their queues are unbounded, or they would drop what the window lets through. A
 * round trip is DEALER and ROUTER: who waits reads its own socket.
 */
final class JeroMqContestant implements Contestant {

    private static final int UNBOUNDED = 0;

    /** The machine may be busy; shorter than the driver waits for the sender. */
    private static final int SUBSCRIBED_LIMIT_MILLIS = 50_000;

    private static final int ANSWER_LIMIT_MILLIS = 20_000;

    /** Between two looks whether it is to end. */
    private static final int LOOK_MILLIS = 100;

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
        // The process ends, and the reader has the socket.
        return Listening.at(address, () -> {});
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

    @Override
    public Listening echo() {
        return answering(request -> request);
    }

    /**
     * Listens on loopback, and answers what arrives on a thread of its own.
     *
     * @param answer to a request
     */
    static Listening answering(UnaryOperator<byte[]> answer) {
        ZContext context = new ZContext();
        ZMQ.Socket socket = context.createSocket(SocketType.ROUTER);
        socket.setReceiveTimeOut(LOOK_MILLIS);
        String address = ANY_PORT + ":" + socket.bindToRandomPort(ANY_PORT);
        OwnedSocket owned = new OwnedSocket(context, () -> {
            byte[] caller = socket.recv();
            if (caller != null) {
                byte[] request = socket.recv();
                socket.sendMore(caller);
                socket.send(answer.apply(request));
            }
        });
        return Listening.at(address, owned);
    }

    /**
     * A socket that is connected to who {@linkplain #answering answers}. It waits for 20 s at most.
     *
     * @param context closes it
     */
    static ZMQ.Socket dealer(ZContext context, String address) {
        ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
        socket.setReceiveTimeOut(ANSWER_LIMIT_MILLIS);
        socket.setSendTimeOut(ANSWER_LIMIT_MILLIS);
        socket.connect(address);
        return socket;
    }

    /**
     * Sends, and blocks until the answer is there.
     *
     * @throws IllegalStateException if there is none for 20 s
     */
    static byte[] call(ZMQ.Socket dealer, byte[] request) {
        dealer.send(request);
        byte[] answer = dealer.recv();
        if (answer == null) {
            throw new IllegalStateException("no answer for 20 s");
        }
        return answer;
    }

    @Override
    public RoundTrip roundTrip(String address) {
        ZContext context = new ZContext();
        ZMQ.Socket socket = dealer(context, address);
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) {
                return JeroMqContestant.call(socket, request);
            }

            @Override
            public void close() {
                context.close();
            }
        };
    }
}
