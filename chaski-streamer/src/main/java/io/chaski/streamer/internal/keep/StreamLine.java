package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line to another node. Its listener is called on the callback executor. */
final class StreamLine implements Line, StreamListener {

    private static final Logger LOG = LoggerFactory.getLogger(StreamLine.class);

    private final Counters counters;
    private final Function<NodeId, String> objection;

    /** Both are set before anything is heard or said. */
    private volatile @Nullable Stream stream;

    private volatile @Nullable Listener listener;

    /**
     * A line whose stream is not there yet.
     *
     * @param objection why what a node says does not count; empty if it does. Asked for each frame
     */
    StreamLine(Counters counters, Function<NodeId, String> objection) {
        this.counters = counters;
        this.objection = objection;
    }

    /** Says who hears, which has to be before anything can be heard. */
    void listen(Listener heardBy) {
        listener = heardBy;
    }

    /** The stream is open. */
    void begin(Stream opened) {
        stream = opened;
    }

    private Stream stream() {
        return Objects.requireNonNull(stream, "stream");
    }

    private Listener listener() {
        return Objects.requireNonNull(listener, "listener");
    }

    @Override
    public NodeId peer() {
        return stream().peer();
    }

    @Override
    public boolean offer(KeeperFrame frame) {
        try {
            return stream().offer(frame.encode());
        } catch (StreamException | IllegalStateException ended) {
            return false; // which the listener is told
        }
    }

    @Override
    public void end() {
        stream().end();
    }

    @Override
    public void refuse(String why) {
        stream().reset(StreamCode.APPLICATION, why);
    }

    @Override
    public void onMessage(Stream from, byte[] message) {
        begin(from); // whoever has opened it may hear of it later than of its first message
        String wrong = objection.apply(from.peer());
        if (!wrong.isEmpty()) {
            counters.add(Counters.DENIED);
            from.reset(StreamCode.APPLICATION, wrong);
            return;
        }
        KeeperFrame frame;
        try {
            frame = KeeperFrame.read(message);
        } catch (MalformedFieldsException malformed) {
            counters.add(Counters.MALFORMED);
            LOG.debug("{} has sent no frame: {}", from.peer().shortForm(), malformed.getMessage());
            from.reset(StreamCode.APPLICATION, "not a frame: " + malformed.getMessage());
            return;
        }
        listener().onFrame(frame, () -> from.consumed(message.length));
    }

    @Override
    public void onWritable(Stream unused) {
        listener().onWritable();
    }

    /** Nothing here goes on in one direction only. */
    @Override
    public void onEnd(Stream from) {
        from.end();
    }

    @Override
    public void onClosed(Stream unused) {
        listener().onEnd();
    }

    @Override
    public void onFailed(Stream unused, StreamException cause) {
        LOG.debug("a line has ended: {}", cause.getMessage());
        listener().onEnd();
    }
}
