package io.chaski.testkit.internal.virtual;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Frame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One end of a connection. */
public final class VirtualSocket {

    private final VirtualNetwork network;
    private final Machine machine;
    private final Address remote;
    private @Nullable VirtualSocket peer;
    private @Nullable Lane out;
    private @Nullable SocketHandler handler;
    private boolean open;
    private boolean toldWritable = true;

    VirtualSocket(VirtualNetwork network, Machine machine, Address remote) {
        this.network = network;
        this.machine = machine;
        this.remote = remote;
    }

    /** Makes the two ends one connection; this is the end that dialled. */
    void join(VirtualSocket accepting, boolean acceptingIsOpen) {
        peer = accepting;
        accepting.peer = this;
        out = new Lane(network, this, accepting);
        accepting.out = new Lane(network, accepting, this);
        open();
        if (acceptingIsOpen) {
            accepting.open();
        }
        out.send(new Arrival.Opened(out));
    }

    private void open() {
        open = true;
        machine.add(this);
    }

    void handledBy(SocketHandler newHandler) {
        handler = newHandler;
    }

    void accept() {
        network.trace(machine, TraceKind.ACCEPTED, peer().machine.index());
        SocketHandler accepted = machine.accept(this);
        if (accepted == null) {
            close();
        } else {
            handler = accepted;
        }
    }

    /** The address of the other end; where a connection was accepted, its port is one the other end made up. */
    public Address remote() {
        return remote;
    }

    /** The address of this end, as the other one sees it. */
    public Address local() {
        return peer().remote();
    }

    /** The machine of the other end. */
    public Machine remoteMachine() {
        return peer().machine;
    }

    /** Whether this end knows of nothing that ended the connection. */
    public boolean isOpen() {
        return open;
    }

    /** Whether something sent here has not arrived yet, in either direction. */
    public boolean isBusy() {
        return lane().underway() > 0 || peer().lane().underway() > 0;
    }

    /** Whether something waits here, in either direction, because the path is narrow or cut. */
    public boolean isCongested() {
        return lane().isCongested() || peer().lane().isCongested();
    }

    /** Whether both ends take the connection for open. */
    public boolean isOpenAtBothEnds() {
        return open && peer().open;
    }

    Machine machine() {
        return machine;
    }

    /**
     * Sends a frame.
     *
     * @param frame anything but a message
     */
    public void send(Frame frame) {
        if (open) {
            machine.countSent(frame.type());
            lane().sendFrame(frame);
        }
    }

    /** Sends a message; the parameters are those of {@link io.chaski.core.internal.wire.DataHandler#onData}. */
    public void sendData(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        if (open) {
            Lane lane = lane();
            lane.sendData(new Arrival.OfData(lane, source, seq, hop, hopLimit, flags, body));
        }
    }

    /** Whether it takes more without queueing beyond the high-water mark; the handler hears of changes later. */
    public boolean isWritable() {
        return lane().isWritable();
    }

    /** Ends the connection after what was sent. The handler hears nothing more. */
    public void close() {
        endWith(CloseReason.END_OF_STREAM);
    }

    /** Tears the connection down: the other end hears of a reset. The handler of this end hears nothing. */
    public void reset() {
        endWith(CloseReason.RESET);
    }

    private void endWith(CloseReason reason) {
        if (forget()) {
            lane().send(new Arrival.Ended(lane(), reason));
        }
    }

    /** This end is gone and the other is not told; returns whether it was there. */
    boolean forget() {
        if (!open) {
            return false;
        }
        open = false;
        handler = null;
        machine.remove(this);
        return true;
    }

    /** From now on nothing arrives at either end, and nobody is told: what a forgetful NAT does. */
    void kill() {
        lane().kill();
        peer().lane().kill();
    }

    /** This end gives up and its handler hears why; the other end hears of a reset. */
    void fail(CloseReason reason) {
        SocketHandler told = handler;
        if (open) {
            reset();
            tellClosed(told, reason);
        }
    }

    /** The other end has ended the connection. */
    void end(CloseReason reason) {
        SocketHandler told = handler;
        if (forget()) {
            tellClosed(told, reason);
        }
    }

    private void tellClosed(@Nullable SocketHandler told, CloseReason reason) {
        if (told != null) {
            network.trace(machine, TraceKind.CLOSED, reason.code());
            told.onClosed(reason);
        }
    }

    void receive(Arrival item) {
        if (open) {
            item.reach(this);
        } else if (item.isAnswered() && machine.isAnswering()) {
            lane().send(new Arrival.Ended(lane(), CloseReason.RESET));
        }
    }

    void onFrame(Arrival.OfFrame item) {
        Frame frame = item.frame();
        SocketHandler receiver = receiving(TraceKind.FRAME, frame.type(), item.hash());
        if (receiver != null) {
            receiver.onFrame(frame);
        }
    }

    void onBytes() {
        SocketHandler receiver = handler;
        if (receiver != null) {
            receiver.onBytes();
        }
    }

    /**
     * Counts an arrival.
     *
     * @param content a number for all that it says
     * @return who hears of it
     */
    @Nullable
    SocketHandler receiving(TraceKind kind, int frameType, long content) {
        SocketHandler receiver = handler;
        if (receiver != null) {
            machine.countReceived(frameType);
            network.trace(machine, kind, content ^ (long) peer().machine.index() << 8 ^ frameType);
        }
        return receiver;
    }

    void tellWritability(boolean writable) {
        machine.whenAwake(() -> {
            SocketHandler told = handler;
            if (told != null && writable != toldWritable) {
                toldWritable = writable;
                network.trace(machine, TraceKind.WRITABILITY, writable ? 1 : 0);
                told.onWritability(writable);
            }
        });
    }

    private Lane lane() {
        return Objects.requireNonNull(out, "a socket is joined before it is used");
    }

    private VirtualSocket peer() {
        return Objects.requireNonNull(peer, "a socket is joined before it is used");
    }
}
