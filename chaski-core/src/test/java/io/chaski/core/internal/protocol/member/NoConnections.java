package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Frame;
import org.jspecify.annotations.Nullable;

/** A way out that only events may take: whoever works with peers has no business with connections. */
abstract class NoConnections implements Outbox {

    @Override
    public void send(int link, Frame frame) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sendData(int link, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWritable(int link) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Address local(int link) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean datagram(Address to, Datagram datagram) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void dial(int link, Address to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close(int link) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void gap(Source source, long from, long to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void datagramReceived(NodeId from, ArrayPayload payload) {
        throw new UnsupportedOperationException();
    }
}
