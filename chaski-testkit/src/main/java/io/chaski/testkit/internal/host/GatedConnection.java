package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.PayloadView;
import org.jspecify.annotations.Nullable;

/** A real connection behind a gate. Confined to the loop. */
final class GatedConnection implements Connection, ConnectionHandler {

    private final GatedTransports gate;
    private final Connection real;
    private final @Nullable Site target;
    private @Nullable ConnectionHandler handler;
    private boolean isOver;

    /**
     * A connection that was just made.
     *
     * @param gate who may shut it
     * @param real the connection
     * @param target whom this node has dialled, null if it was dialled or if that is not a node of the test
     */
    GatedConnection(GatedTransports gate, Connection real, @Nullable Site target) {
        this.gate = gate;
        this.real = real;
        this.target = target;
    }

    void handledBy(ConnectionHandler newHandler) {
        handler = newHandler;
    }

    @Nullable
    Site target() {
        return target;
    }

    /** Ends it; this end hears of a reset, the other of the end of the stream. */
    void sever() {
        ConnectionHandler told = hearer();
        if (!isOver) {
            close();
            if (told != null) {
                told.onClosed(CloseReason.RESET);
            }
        }
    }

    private boolean isShut() {
        return isOver || gate.isDead();
    }

    private @Nullable ConnectionHandler hearer() {
        return isShut() ? null : handler;
    }

    // ---- what the runtime says

    @Override
    public Address remote() {
        return real.remote();
    }

    @Override
    public @Nullable Address local() {
        return real.local();
    }

    @Override
    public void send(Frame frame) {
        if (!isShut()) {
            real.send(frame);
        }
    }

    @Override
    public void sendData(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        if (!isShut()) {
            real.sendData(source, seq, hop, hopLimit, flags, body);
        }
    }

    @Override
    public boolean isWritable() {
        return isShut() || real.isWritable();
    }

    @Override
    public void flush() {
        if (!isShut()) {
            real.flush();
        }
    }

    @Override
    public void close() {
        isOver = true;
        gate.ended(this);
        real.close();
    }

    // ---- what the connection brings

    @Override
    public void onFrame(Frame frame) {
        ConnectionHandler told = hearer();
        if (told != null) {
            told.onFrame(frame);
        }
    }

    @Override
    public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        ConnectionHandler told = hearer();
        if (told != null) {
            told.onData(source, seq, hop, hopLimit, flags, body);
        }
    }

    @Override
    public void onBytes() {
        ConnectionHandler told = hearer();
        if (told != null) {
            told.onBytes();
        }
    }

    @Override
    public void onSkipped(int type) {
        ConnectionHandler told = hearer();
        if (told != null) {
            told.onSkipped(type);
        }
    }

    @Override
    public void onUndecodable(CloseReason reason, String detail) {
        ConnectionHandler told = hearer();
        if (told != null) {
            told.onUndecodable(reason, detail);
        }
    }

    @Override
    public void onWritability(boolean writable) {
        ConnectionHandler told = hearer();
        if (told != null) {
            told.onWritability(writable);
        }
    }

    @Override
    public void onClosed(CloseReason reason) {
        ConnectionHandler told = hearer();
        isOver = true;
        gate.ended(this);
        if (told != null) {
            told.onClosed(reason);
        }
    }
}
