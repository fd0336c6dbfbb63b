package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameDecoder;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.FrameSink;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A peer that says what the test wants, over a plain socket: it has the library's codec and none of its manners. It
 * reads only when it is asked for something. For one thread.
 */
final class HostilePeer implements AutoCloseable {

    /**
     * The victim speaks within milliseconds; its longest deadline is the lease, which is 8 s, and four times that on a
     * machine that is late itself.
     */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Which topic and which source the aliases of {@link #joinTopic} and {@link #announceSource} stand for. */
    static final int TOPIC_ALIAS = 1;

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Socket socket;
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
    private final Deque<Frame> heard = new ArrayDeque<>();
    private final Descriptor self;
    private ByteBuf unread = Unpooled.buffer();
    private final List<byte[]> dataHeard = new ArrayList<>();
    private boolean isEnded;

    /** What the victim last said of the links on this edge. Who keeps saying otherwise loses them. */
    private long topicLinksHash;

    private HostilePeer(Socket socket, Descriptor self) {
        this.socket = socket;
        this.self = self;
    }

    /** Connects as a node of its own that nobody can dial. */
    static HostilePeer connect(Address victim) {
        return connect(victim, descriptor(new NodeId(0xbad, NUMBERS.incrementAndGet()), 1));
    }

    /** Connects as somebody. */
    static HostilePeer connect(Address victim, Descriptor self) {
        try {
            Socket socket = new Socket(victim.host(), victim.port());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return new HostilePeer(socket, self);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Descriptor descriptor(NodeId id, long epoch, Address... addresses) {
        return new Descriptor(id, epoch, List.of(addresses), addresses.length > 0, false, false, TopicSummary.NONE, 0);
    }

    Descriptor self() {
        return self;
    }

    /** Its end of the connection, as the victim sees it. */
    Address local() {
        return Address.tcp(socket.getLocalAddress().getHostAddress(), socket.getLocalPort());
    }

    Hello hello() {
        return new Hello(
                1, 1, Siege.CLUSTER, "mallory", self, 42, WireLimits.DEFAULT_MAX_FRAME, 0, System.currentTimeMillis());
    }

    // ---- manners

    /** Shakes hands as a node should. */
    HostilePeer greet() {
        return greet(hello());
    }

    HostilePeer greet(Hello hello) {
        send(hello);
        await(HelloAck.class);
        send(new HelloAck(1, 0, 1, 2));
        return this;
    }

    /** Becomes a neighbour of the victim in a topic, as a node without a link does. */
    HostilePeer joinTopic(String topic) {
        send(new InternTopic(TOPIC_ALIAS, topic), new Neighbor(TOPIC_ALIAS, Priority.HIGH, 1, self, List.of()));
        await(NeighborAck.class);
        return this;
    }

    /** Names a publisher of the topic that {@link #joinTopic} has joined. */
    HostilePeer announceSource(int alias, NodeId origin, long epoch) {
        send(new InternSource(alias, TOPIC_ALIAS, origin, epoch, 0));
        return this;
    }

    /** Sends a PING and waits for its PONG: everything sent before has been handled then. */
    HostilePeer awaitHandled() {
        long token = NUMBERS.incrementAndGet();
        send(new Ping(token, topicLinksHash, 0));
        topicLinksHash = await(Pong.class, pong -> pong.token() == token).topicLinksHash();
        return this;
    }

    /** Shows that it is alive and still agrees on its links, and does not wait for an answer. */
    void beat() {
        send(new Ping(NUMBERS.incrementAndGet(), topicLinksHash, 0));
    }

    /** Becomes a neighbour in a topic whose source 1 it is itself. */
    HostilePeer talkOn(Topic<?> topic) {
        return joinTopic(topic.name()).announceSource(1, self.id(), self.epoch());
    }

    // ---- what is said

    void send(Frame... frames) {
        ByteBuf bytes = Unpooled.buffer();
        for (Frame frame : frames) {
            encoder.encode(frame, bytes);
        }
        write(ByteBufUtil.getBytes(bytes));
    }

    void sendData(int source, long seq, int hop, int hopLimit, ArrayPayload body) {
        ByteBuf bytes = Unpooled.buffer();
        encoder.encodeData(source, seq, hop, hopLimit, 0, body, bytes);
        write(ByteBufUtil.getBytes(bytes));
    }

    void sendData(int source, long seq, byte[] body) {
        sendData(source, seq, 1, 128, ArrayPayload.owning(body));
    }

    /** Sends bytes, written in hexadecimal with spaces where they help. */
    void sendHex(String hex) {
        write(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }

    /** Sends a frame whose length is right and whose type and fields are these. */
    void sendFrame(String typeAndFields) {
        byte[] fields = ByteBufUtil.decodeHexDump(typeAndFields.replace(" ", ""));
        write(ByteBufUtil.getBytes(Unpooled.buffer().writeInt(fields.length).writeBytes(fields)));
    }

    void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closedByVictim) {
            isEnded = true; // what it has said before is still there to be read
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its side of the connection. */
    void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tears the connection down as a crash does. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what is heard

    <F extends Frame> F await(Class<F> type) {
        return await(type, frame -> true);
    }

    /** The next frame of a type that fits; others before it are forgotten. */
    <F extends Frame> F await(Class<F> type, Predicate<F> fits) {
        while (true) {
            Frame frame = next();
            assertThat(frame)
                    .as("frame of type %s before the end", type.getSimpleName())
                    .isNotNull();
            if (type.isInstance(frame) && fits.test(type.cast(frame))) {
                return type.cast(frame);
            }
            assertThat(frame)
                    .as("frame while waiting for %s", type.getSimpleName())
                    .isNotInstanceOf(Goodbye.class);
        }
    }

    /** The reason that the victim gives before it closes, which it must do at once. */
    CloseReason awaitGoodbye() {
        Goodbye goodbye = await(Goodbye.class);
        assertThat(next()).as("frame behind GOODBYE").isNull();
        return goodbye.reason();
    }

    /** Everything that comes before the victim closes. */
    List<Frame> awaitEnd() {
        List<Frame> all = new ArrayList<>();
        for (Frame frame = next(); frame != null; frame = next()) {
            all.add(frame);
        }
        return all;
    }

    /** How many frames of a type come before everything that was sent so far has been handled. */
    long countUntilHandled(Class<? extends Frame> type) {
        long token = NUMBERS.incrementAndGet();
        send(new Ping(token, 0, 0));
        long count = 0;
        while (true) {
            Frame frame = next();
            assertThat(frame).as("frame before the end").isNotNull().isNotInstanceOf(Goodbye.class);
            if (frame instanceof Pong pong && pong.token() == token) {
                return count;
            }
            count += type.isInstance(frame) ? 1 : 0;
        }
    }

    /** How many messages with such a body have been heard so far. */
    long dataHeard(Predicate<byte[]> body) {
        return dataHeard.stream().filter(body).count();
    }

    /** Reads one byte, however long it takes. */
    void readOneByte() {
        try {
            socket.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Frame next() {
        try {
            while (heard.isEmpty()) {
                if (!read()) {
                    return null;
                }
            }
            return heard.poll();
        } catch (IOException e) {
            throw new UncheckedIOException("waiting for a frame", e);
        }
    }

    private boolean read() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] chunk = new byte[16 << 10];
        int count;
        try {
            count = in.read(chunk);
        } catch (SocketException reset) {
            count = -1;
        }
        if (count < 0) {
            isEnded = true;
            return false;
        }
        unread.writeBytes(chunk, 0, count);
        decoder.decode(unread, new Ears());
        unread = Unpooled.buffer().writeBytes(unread);
        return true;
    }

    boolean isEnded() {
        return isEnded;
    }

    private final class Ears implements FrameSink {
        @Override
        public void onFrame(Frame frame) {
            heard.add(frame);
        }

        @Override
        public void onSkipped(int type) {
            throw new AssertionError("the victim sent a frame of unknown type " + type);
        }

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
            dataHeard.add(body.toByteArray());
        }
    }
}
