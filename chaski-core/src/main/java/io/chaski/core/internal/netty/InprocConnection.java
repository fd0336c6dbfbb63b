package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection between two nodes of this process. The same bytes pass as over a socket, from loop to loop,
 * and the same limits hold: what the other loop has not read counts as in flight. (Netty's local channels pass
 * everything on without limit.) Confined to its own loop; the ends talk by tasks.
 */
final class InprocConnection extends FrameConnection {

    private @Nullable InprocConnection peer;
    private long inFlightBytes;
    private long buffersTaken;

    InprocConnection(NettyTransports owner, Address remote) {
        super(
                owner.loop(),
                owner.limits(),
                remote,
                owner.log(),
                ByteBufAllocator.DEFAULT,
                owner.shared(),
                owner::ended);
    }

    void peer(InprocConnection other) {
        peer = other;
    }

    @Override
    public @Nullable Address local() {
        return null;
    }

    @Override
    long inFlightBytes() {
        return inFlightBytes;
    }

    @Override
    long progress() {
        return buffersTaken;
    }

    /** One task for each buffer, so that a busy connection takes turns with others of the same loop. */
    @Override
    void hand(ByteBuf buffer) {
        InprocConnection other = other();
        int bytes = buffer.readableBytes();
        inFlightBytes += bytes;
        if (!other.loop().execute(() -> other.take(buffer, bytes))) {
            buffer.release();
            loop().execute(() -> gone(CloseReason.RESET));
        }
    }

    @Override
    void push() {
        // what was handed over is on its way
    }

    @Override
    void endOutput() {
        other().hear(CloseReason.END_OF_STREAM);
        end();
    }

    @Override
    void drop() {
        other().hear(CloseReason.RESET);
        end();
    }

    private void hear(CloseReason reason) {
        loop().execute(() -> gone(reason));
    }

    private void take(ByteBuf buffer, int bytes) {
        receive(buffer);
        InprocConnection sender = other();
        sender.loop().execute(() -> sender.taken(bytes));
    }

    private void taken(int bytes) {
        inFlightBytes -= bytes;
        buffersTaken++;
        advance();
    }

    private InprocConnection other() {
        return Objects.requireNonNull(peer, "peer");
    }
}
