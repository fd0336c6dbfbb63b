package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.testkit.internal.virtual.SocketHandler;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a virtual connection as the runtime sees it. The queue of unsent bytes, its water marks and limits are the
 * network's. Confined to the thread of the test.
 */
final class VirtualConnection implements Connection, SocketHandler {

    private final VirtualTransports transports;
    private final VirtualLoop loop;
    private final VirtualSocket socket;
    private @Nullable ConnectionHandler handler;

    VirtualConnection(VirtualTransports transports, VirtualLoop loop, VirtualSocket socket) {
        this.transports = transports;
        this.loop = loop;
        this.socket = socket;
    }

    void handledBy(@Nullable ConnectionHandler newHandler) {
        handler = newHandler;
        if (newHandler == null) {
            transports.ended(this);
        }
    }

    boolean hasHandler() {
        return handler != null;
    }

    // ---- what the runtime says

    @Override
    public Address remote() {
        return socket.remote();
    }

    @Override
    public Address local() {
        return socket.local();
    }

    @Override
    public void send(Frame frame) {
        socket.send(frame);
    }

    @Override
    public void sendData(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        socket.sendData(source, seq, hop, hopLimit, flags, body);
    }

    @Override
    public boolean isWritable() {
        return socket.isWritable();
    }

    @Override
    public void flush() {
        // What was sent is on its way; virtual system calls cost nothing.
    }

    @Override
    public void close() {
        transports.ended(this);
        socket.close();
    }

    // ---- what the network says

    @Override
    public void onFrame(Frame frame) {
        tell(told -> told.onFrame(frame));
    }

    @Override
    public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        tell(told -> told.onData(source, seq, hop, hopLimit, flags, body));
    }

    @Override
    public void onBytes() {
        tell(ConnectionHandler::onBytes);
    }

    @Override
    public void onWritability(boolean writable) {
        tell(told -> told.onWritability(writable));
    }

    @Override
    public void onClosed(CloseReason reason) {
        transports.ended(this);
        tell(told -> told.onClosed(reason));
    }

    private void tell(Consumer<ConnectionHandler> what) {
        ConnectionHandler told = handler;
        if (told != null) {
            loop.run(() -> what.accept(told));
        }
    }
}
