package io.chaski.testkit.simulation;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.WireLimits;
import io.chaski.testkit.internal.virtual.Dial;
import io.chaski.testkit.internal.virtual.Machine;
import io.chaski.testkit.internal.virtual.SocketHandler;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import org.jspecify.annotations.Nullable;

/**
 * A host of a liar on which no protocol runs. It connects and says nothing, or shakes hands in the name of a node that there is not and says
 * nothing more. Whoever dials it is refused. Confined to the simulation's thread.
 */
final class LiarsHost {

    private final Machine machine;

    LiarsHost(SimulatedNetwork network) {
        machine = network.wires().machine();
    }

    Address address() {
        return machine.address();
    }

    void connect(SimulatedNode to) {
        machine.dial(to.address(), new Line(null));
    }

    void shakeHands(SimulatedNode with, Descriptor as) {
        machine.dial(
                with.address(),
                new Line(new Hello(
                        1, 1, with.options().cluster(), "", as, as.id().low(), WireLimits.DEFAULT_MAX_FRAME, 0, 0)));
    }

    private static final class Line implements Dial.Outcome, SocketHandler {
        private final @Nullable Hello hello;
        private @Nullable VirtualSocket socket;

        Line(@Nullable Hello hello) {
            this.hello = hello;
        }

        @Override
        public SocketHandler onConnected(VirtualSocket connected) {
            socket = connected;
            if (hello != null) {
                connected.send(hello);
            }
            return this;
        }

        @Override
        public void onFrame(Frame frame) {
            if (hello != null && socket != null && frame instanceof Hello) {
                socket.send(new HelloAck(1, 0, hello.nonce(), hello.nonce()));
            }
        }

        @Override
        public void onFailed(DialFailure failure) {}

        @Override
        public void onBytes() {}

        @Override
        public void onWritability(boolean writable) {}

        @Override
        public void onClosed(CloseReason reason) {}

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {}
    }
}
