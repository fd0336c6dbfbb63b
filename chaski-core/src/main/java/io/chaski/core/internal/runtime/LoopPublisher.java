package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The loop's end of publishing: gives messages to the protocol, or holds them until subscribers take more. Confined to the
 * loop.
 */
final class LoopPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(LoopPublisher.class);

    /** A message that would have to wait where nothing can. */
    private static final PublishOutcome REFUSED = PublishOutcome.without(PublishOutcome.Status.BLOCKED);

    private final String nodeName;
    private final NodeProtocol protocol;
    private final Turn turn;
    private final Application application;
    private final LogLimiter log;
    private final Inbox inbox;
    private final Consumer<Runnable> nextTurn;
    private final HeldPublishes held = new HeldPublishes();

    /** Topics that may be published on again; each gets a batch, in turns. */
    private final Set<String> releasing = new LinkedHashSet<>();

    /**
     * A loop's end of publishing.
     *
     * @param nextTurn runs something after the end of this turn
     */
    LoopPublisher(
            String nodeName,
            NodeProtocol protocol,
            Turn turn,
            Application application,
            LogLimiter log,
            Inbox inbox,
            Consumer<Runnable> nextTurn) {
        this.nodeName = nodeName;
        this.protocol = protocol;
        this.turn = turn;
        this.application = application;
        this.log = log;
        this.inbox = inbox;
        this.nextTurn = nextTurn;
    }

    /** A message has come to the loop; the fields are those of {@link Inbox.Drainer#onPublish}. */
    void publish(
            String topic,
            int channel,
            int hopLimit,
            boolean live,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done) {
        boolean isBehindOthers = channel != Source.PRESENCE && held.isHolding(topic);
        if (isBehindOthers && live) {
            // What came before it goes before it, and it goes now.
            release(topic, Integer.MAX_VALUE, Long.MAX_VALUE, true);
        }
        PublishOutcome outcome = isBehindOthers && !live ? REFUSED : give(topic, channel, hopLimit, live, body, done);
        // What is live and blocked would have to wait for its signature, and waits for nothing.
        boolean isBlocked = outcome.status() == PublishOutcome.Status.BLOCKED && !live;
        if (!isBlocked || !hold(topic, new HeldPublishes.Held(channel, hopLimit, body, done))) {
            tell(done, outcome);
        }
    }

    /** Topics that messages wait for. */
    List<String> holding() {
        return held.topics();
    }

    /** There may be credit again. */
    void onPublishable(String topic) {
        if (held.isHolding(topic) && releasing.add(topic) && releasing.size() == 1) {
            releaseBatch();
        }
    }

    /** No more in a turn than comes out of the inbox, for the same reason ({@link Inbox#BATCH_BYTES}). */
    private void releaseBatch() {
        turn.begin();
        String topic = releasing.iterator().next();
        releasing.remove(topic);
        if (release(topic, Inbox.BATCH, Inbox.BATCH_BYTES, false) == HeldPublishes.Released.BATCH) {
            releasing.add(topic);
        }
        if (!releasing.isEmpty()) {
            nextTurn.accept(this::releaseBatch);
        }
    }

    /** Who still waits goes on, and finds the node closed. */
    void giveUp() {
        if (held.count() > 0) {
            LOG.warn("node {} closes while {} messages wait for subscribers to take more", nodeName, held.count());
        }
        List<String> topics = held.topics();
        held.giveUp(message -> tell(message.done(), REFUSED));
        topics.forEach(topic -> application.onPublishing(topic, true));
    }

    /** Keeps a message until there is credit; publishers wait from now on. */
    private boolean hold(String topic, HeldPublishes.Held message) {
        boolean isFirst = !held.isHolding(topic);
        boolean isHeld = held.add(topic, message);
        limitTheWay();
        if (isHeld && isFirst) {
            application.onPublishing(topic, false);
        }
        return isHeld;
    }

    private HeldPublishes.Released release(String topic, int most, long mostBytes, boolean live) {
        boolean wasHolding = held.isHolding(topic);
        HeldPublishes.Released released =
                held.release(topic, most, mostBytes, message -> giveHeld(topic, message, live));
        if (wasHolding && released == HeldPublishes.Released.ALL) {
            application.onPublishing(topic, true);
        }
        limitTheWay();
        return released;
    }

    /** What is on the way may have to be held, too. */
    private void limitTheWay() {
        inbox.limit(held.mostOnTheWay(), held.mostBytesOnTheWay());
    }

    private PublishOutcome giveHeld(String topic, HeldPublishes.Held message, boolean live) {
        PublishOutcome outcome =
                give(topic, message.channel(), message.hopLimit(), live, message.body(), message.done());
        if (outcome.status() != PublishOutcome.Status.BLOCKED) {
            tell(message.done(), outcome);
        }
        return outcome;
    }

    private PublishOutcome give(
            String topic,
            int channel,
            int hopLimit,
            boolean live,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done) {
        long now = turn.nowOfTurn();
        try {
            return channel == Source.SIGNED
                    ? protocol.publishSigned(topic, hopLimit, live, body, outcome -> tell(done, outcome), now)
                    : protocol.publish(topic, channel, hopLimit, live, body, now);
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "publish", "", "publishing failed", bug);
            return PublishOutcome.FAILED;
        }
    }

    private void tell(@Nullable Consumer<PublishOutcome> done, PublishOutcome outcome) {
        if (done == null || outcome.status() == PublishOutcome.Status.PENDING) {
            return; // nobody wants to know, or it is told when the message is signed
        }
        try {
            done.accept(outcome);
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "outcome", "", "telling what became of a message failed", bug);
        }
    }
}
