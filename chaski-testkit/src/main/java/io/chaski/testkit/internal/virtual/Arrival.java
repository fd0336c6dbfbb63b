package io.chaski.testkit.internal.virtual;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameType;
import org.jspecify.annotations.Nullable;

/** Something under way on one direction of a connection. */
abstract class Arrival implements Event {

    private final Lane lane;

    Arrival(Lane lane) {
        this.lane = lane;
    }

    @Override
    public final void happen() {
        lane.onArrival(this);
    }

    final Lane lane() {
        return lane;
    }

    /** The receiving end gets it. */
    abstract void reach(VirtualSocket to);

    /** Bytes it takes on the wire. */
    int size() {
        return 0;
    }

    /** Whether a receiver without this connection answers with a reset. */
    boolean isAnswered() {
        return true;
    }

    /** The third packet of TCP's handshake: the connection reaches the application that accepts. */
    static final class Opened extends Arrival {
        Opened(Lane lane) {
            super(lane);
        }

        @Override
        void reach(VirtualSocket to) {
            to.accept();
        }
    }

    /** Any frame but a message. */
    static final class OfFrame extends Arrival {
        private final Frame frame;
        private boolean isWeighed;
        private int size;
        private long hash;

        OfFrame(Lane lane, Frame frame) {
            super(lane);
            this.frame = frame;
        }

        Frame frame() {
            return frame;
        }

        @Override
        void reach(VirtualSocket to) {
            to.onFrame(this);
        }

        @Override
        int size() {
            weigh();
            return size;
        }

        /** A number for all that it says. */
        long hash() {
            weigh();
            return hash;
        }

        /** Whoever asks for one of the two asks for the other as well, as a rule, and to encode it takes longer than both. */
        private void weigh() {
            if (!isWeighed) {
                FrameWeight weight = lane().network().weight();
                size = weight.of(frame);
                hash = weight.hashOfLast();
                isWeighed = true;
            }
        }
    }

    /** A message. */
    static final class OfData extends Arrival {
        private final int source;
        private final long seq;
        private final int hop;
        private final int hopLimit;
        private final int flags;
        private final ArrayPayload body;

        OfData(Lane lane, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
            super(lane);
            this.source = source;
            this.seq = seq;
            this.hop = hop;
            this.hopLimit = hopLimit;
            this.flags = flags;
            this.body = body;
        }

        int source() {
            return source;
        }

        @Override
        void reach(VirtualSocket to) {
            long content = FrameWeight.hashOf(source, seq, hop, hopLimit, flags, body);
            SocketHandler handler = to.receiving(TraceKind.DATA, FrameType.DATA, content);
            if (handler != null) {
                handler.onData(source, seq, hop, hopLimit, flags, body);
            }
        }

        @Override
        int size() {
            return lane().network().weight().ofData(body);
        }
    }

    /** Part of something that takes long to send. */
    static final class Part extends Arrival {
        Part(Lane lane) {
            super(lane);
        }

        @Override
        void reach(VirtualSocket to) {
            to.onBytes();
        }

        @Override
        boolean isAnswered() {
            return false;
        }
    }

    /** The end of the connection: after everything that was sent, or torn down. */
    static final class Ended extends Arrival {
        private final CloseReason reason;

        Ended(Lane lane, CloseReason reason) {
            super(lane);
            this.reason = reason;
        }

        @Override
        void reach(VirtualSocket to) {
            to.end(reason);
        }

        @Override
        boolean isAnswered() {
            return false;
        }
    }

    /** A datagram, which has no lane. */
    record OfDatagram(VirtualNetwork network, Machine from, Machine to, Datagram datagram, int bytes, long hash)
            implements Event {
        @Override
        public void happen() {
            if (!network.isBlocked(from, to)) {
                to.whenAwake(this::arrive);
            }
        }

        private void arrive() {
            Machine.@Nullable DatagramHandler handler = to.datagramHandler();
            if (handler != null) {
                network.trace(to, TraceKind.DATAGRAM, hash ^ (long) from.index() << Byte.SIZE);
                handler.onDatagram(from.address(), datagram, bytes);
            }
        }
    }
}
