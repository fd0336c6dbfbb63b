package io.chaski.streamer.internal.keep;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line that somebody has opened to a keeper. All that happens to it happens in the keeper's turns. */
abstract class KeeperSession implements Line.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(KeeperSession.class);

    final Keeper keeper;
    final Line line;
    final Role role;
    final long openedNanos;
    private final Executor turns;
    private boolean hasEnded;

    KeeperSession(Keeper keeper, Line line, Role role) {
        this.keeper = keeper;
        this.line = line;
        this.role = role;
        this.turns = keeper.turns();
        this.openedNanos = keeper.nanoTime();
    }

    /** The line is open. */
    final void begin() {
        turn(() -> {
            if (keeper.add(this)) {
                onBegin();
            }
        });
    }

    /** First turn. */
    abstract void onBegin();

    /** The other side has said something. */
    abstract void onTurn(KeeperFrame frame, Runnable taken);

    /** Whether the other side has said what it wants, if it has to say that. */
    abstract boolean hasBegun();

    /** There is room, or something was stored, or time has passed. */
    abstract void pump();

    /** Now and then, so that the other side knows that this keeper is there. */
    abstract void sayAlive();

    /** The store has messages now; {@link #pump} follows. */
    void onKept(Source source, Sequences sequences) {}

    /** In a turn: runs something that reads the store. What fails ends this line, and keeps nothing from the others. */
    final void guarded(Runnable task) {
        if (hasEnded) {
            return;
        }
        try {
            task.run();
        } catch (TopicStoreException broken) {
            LOG.warn("the store of {} cannot be read: {}", keeper.topicName(), broken.getMessage());
            line.refuse("the store cannot be read");
        } catch (RuntimeException
                | Error bug) { // or the other side would wait for what it was about, and hear that it is alive
            LOG.error("a line of a keeper of {} failed", keeper.topicName(), bug);
            line.refuse("the keeper failed");
        }
    }

    final void refuse(String why) {
        keeper.counters().add(Counters.REFUSED);
        LOG.debug("a line of {} is refused: {}", line.peer().shortForm(), why);
        line.refuse(why);
    }

    private void turn(Runnable task) {
        turns.execute(() -> guarded(task));
    }

    @Override
    public final void onFrame(KeeperFrame frame, Runnable taken) {
        turn(() -> onTurn(frame, taken));
    }

    @Override
    public final void onWritable() {
        turn(this::pump);
    }

    @Override
    public final void onEnd() {
        turns.execute(() -> {
            hasEnded = true;
            keeper.remove(this);
        });
    }
}
