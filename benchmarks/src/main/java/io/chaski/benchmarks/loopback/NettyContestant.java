package io.chaski.benchmarks.loopback;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * The limit: nothing but Netty. Frames are {@code u32 length | payload}; the calling thread hands a message to the event
 * loop once through a {@link CoalescingQueue}, however many get it; the receiving side reads it straight from the read buffer,
 * or copies it and hands it over once more.
 * Socket options are those of a node.
 */
final class NettyContestant implements Contestant {

    private final NettyWire wire;
    private final boolean isHanded;

    /**
     * Two sides, or three.
     *
     * @param wire between them
     */
    NettyContestant(NettyWire wire) {
        this(wire, false);
    }

    /**
     * Two sides, or three.
     *
     * @param wire between them
     * @param isHanded whether a receiver copies each message and hands it to a thread, see {@link HandedTally}
     */
    NettyContestant(NettyWire wire, boolean isHanded) {
        this.wire = wire;
        this.isHanded = isHanded;
    }

    @Override
    public Listening receiver(Tally tally) throws InterruptedException, SSLException {
        if (!isHanded) {
            return wire.listen(() -> new TallyHandler(tally));
        }
        HandedTally handed = HandedTally.to(tally);
        return new Handing(wire.listen(handed::handler), handed);
    }

    private record Handing(Listening listening, HandedTally handed) implements Listening {

        @Override
        public String address() {
            return listening.address();
        }

        @Override
        public long dropped() {
            return listening.dropped();
        }

        @Override
        public void close() throws Exception {
            listening.close();
            handed.close();
        }
    }

    @Override
    public Listening relay(String address) throws InterruptedException, SSLException {
        EventLoop loop = wire.loop("relay");
        Channel target = wire.dial(loop, address);
        return wire.listen(loop, () -> new ForwardingHandler(target));
    }

    @Override
    public Listening echo() throws InterruptedException, SSLException {
        return wire.listen(EchoHandler::new);
    }

    @Override
    public OneWay oneWay(List<String> addresses) throws InterruptedException, SSLException {
        EventLoop loop = wire.loop("sender");
        CoalescingQueue queue = new CoalescingQueue(loop, addresses.size());
        for (int i = 0; i < addresses.size(); i++) {
            wire.dial(loop, addresses.get(i), queue.outlet(i));
        }
        return new OneWay() {
            @Override
            public void send(byte[] message) {
                queue.add(message.clone()); // the caller keeps its array, as it does when it publishes
            }

            @Override
            public void close() {
                NettyWire.end(loop);
            }
        };
    }

    @Override
    public RoundTrip roundTrip(String address) throws InterruptedException, SSLException {
        EventLoop loop = wire.loop("caller");
        CoalescingQueue queue = new CoalescingQueue(loop, 1);
        AnswerHandler answers = new AnswerHandler();
        wire.dial(loop, address, queue.outlet(0), answers);
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) {
                return answers.call(() -> queue.add(request));
            }

            @Override
            public void close() {
                NettyWire.end(loop);
            }
        };
    }
}
