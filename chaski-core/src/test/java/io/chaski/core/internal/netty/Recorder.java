package io.chaski.core.internal.netty;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.PayloadView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a connection brings. Thread-safe, so that tests can look at it from outside the loop. */
class Recorder implements ConnectionHandler, Transports.Dialler {

    /** One message. */
    record Data(int source, long seq, int hop, int hopLimit, int flags, String body) {}

    private final List<Object> heard = new ArrayList<>();
    private @Nullable Connection connection;
    private int cutReads;

    synchronized List<Object> heard() {
        return List.copyOf(heard);
    }

    /** Frames and messages alone. */
    synchronized List<Object> frames() {
        return heard.stream()
                .filter(what -> what instanceof Frame || what instanceof Data)
                .toList();
    }

    synchronized Connection connection() {
        Connection present = connection;
        if (present == null) {
            throw new IllegalStateException("not connected; heard " + heard);
        }
        return present;
    }

    synchronized boolean isConnected() {
        return connection != null;
    }

    synchronized void connected(Connection newConnection) {
        connection = newConnection;
    }

    private synchronized void hear(Object what) {
        heard.add(what);
    }

    @Override
    public ConnectionHandler onConnected(Connection newConnection) {
        connected(newConnection);
        return this;
    }

    @Override
    public void onFailed(DialFailure failure) {
        hear(failure);
    }

    @Override
    public void onFrame(Frame frame) {
        hear(frame);
    }

    /** How many reads have ended within a frame. */
    synchronized int cutReads() {
        return cutReads;
    }

    @Override
    public synchronized void onBytes() {
        cutReads++;
    }

    @Override
    public void onSkipped(int type) {
        hear("skipped " + type);
    }

    @Override
    public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        hear(new Data(source, seq, hop, hopLimit, flags, Bodies.print(body.toByteArray())));
    }

    @Override
    public void onUndecodable(CloseReason reason, String detail) {
        hear("undecodable: " + reason);
    }

    @Override
    public void onWritability(boolean writable) {
        hear(writable ? "writable" : "unwritable");
    }

    @Override
    public void onClosed(CloseReason reason) {
        hear("closed: " + reason);
    }
}
