package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.RSocketWire;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.util.DefaultPayload;
import io.rsocket.util.EmptyPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * RSocket over TCP with its defaults. One way is a request-stream, as a subscriber would have it: who listens asks whoever connects for
 * the stream, without a limit, and the publisher's thread fills it through a sink. The window bounds what is on the way. A round trip is
 * a request and its response.
 */
final class RSocketContestant implements Contestant {

    private final RSocketWire wire;

    /**
     * Two sides.
     *
     * @param wire between them
     */
    RSocketContestant(RSocketWire wire) {
        this.wire = wire;
    }

    @Override
    public Listening receiver(Tally tally) throws SSLException {
        return listen((setup, publisher) -> {
            var unused = publisher
                    .requestStream(EmptyPayload.INSTANCE)
                    .subscribe(message -> tally.onMessage(bytes(message)), RSocketContestant::ended);
            return Mono.just(new RSocket() {});
        });
    }

    /** The table counts what is missing; this tells why. */
    private static void ended(Throwable failure) {
        System.err.println("a stream of RSocket has ended: " + failure);
    }

    @Override
    public Listening echo() throws SSLException {
        return listen(SocketAcceptor.forRequestResponse(Mono::just));
    }

    private Listening listen(SocketAcceptor acceptor) throws SSLException {
        CloseableChannel server = wire.listen(acceptor);
        return Listening.at(Integer.toString(server.address().getPort()), server::dispose);
    }

    @Override
    public OneWay oneWay(List<String> addresses) throws SSLException {
        List<Sinks.Many<Payload>> sinks = new ArrayList<>();
        List<RSocket> sockets = new ArrayList<>();
        for (String address : addresses) {
            Sinks.Many<Payload> sink = Sinks.many().unicast().onBackpressureBuffer(); // until the stream is asked for
            sinks.add(sink);
            sockets.add(wire.dial(address, SocketAcceptor.forRequestStream(request -> sink.asFlux())));
        }
        return new OneWay() {
            @Override
            public void send(byte[] message) {
                byte[] copy = message.clone(); // RSocket keeps the array until it is written
                sinks.forEach(sink -> sink.emitNext(DefaultPayload.create(copy), Sinks.EmitFailureHandler.FAIL_FAST));
            }

            @Override
            public void close() {
                sinks.forEach(sink -> sink.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST));
                sockets.forEach(RSocket::dispose);
            }
        };
    }

    @Override
    public RoundTrip roundTrip(String address) throws SSLException {
        RSocket socket = wire.dial(address, SocketAcceptor.with(new RSocket() {}));
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) {
                return RSocketWire.await(
                        socket.requestResponse(DefaultPayload.create(request)).map(RSocketContestant::bytes));
            }

            @Override
            public void close() {
                socket.dispose();
            }
        };
    }

    private static byte[] bytes(Payload message) {
        ByteBuffer data = message.getData();
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        message.release();
        return bytes;
    }
}
