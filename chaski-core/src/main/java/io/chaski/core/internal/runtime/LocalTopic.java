package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import io.chaski.core.Presence;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A topic as the application's side of a node knows it: its subscriptions, how many neighbours it has, who waits for
 * more of them. Thread-safe; the methods that say so run on the loop.
 */
final class LocalTopic {

    private final String name;
    private final NodeLoop loop;
    private final PresenceView presence;
    private final List<ActiveSubscription<?>> subscriptions = new CopyOnWriteArrayList<>();
    private final List<Wait> waits = new ArrayList<>();

    /** One for all messages: tells the publisher what became of each. */
    private final HeldPublishes.Accepted outcomes = this::onPublished;

    private volatile int neighbours;

    /** Completed when publishers need not wait for credit any more; null while they need not. */
    private volatile @Nullable CompletableFuture<Void> publishable;

    private final AtomicBoolean hasWaitedInCallback = new AtomicBoolean();

    /** Whether the loop is going to look how much room there is. */
    private final AtomicBoolean isRoomTold = new AtomicBoolean();

    private volatile boolean isRetired;

    /** Whether a topic with proofs of origin was used here; from then on all messages have them. */
    private volatile boolean isSigned;

    /** Whether the protocol has been told that this node is a member. Loop only. */
    private boolean isJoined;

    /** Whether the protocol has been told that a subscription waits for its consumer. Loop only. */
    private boolean isLimited;

    /**
     * Somebody waits for company.
     *
     * @param count how much
     * @param enough completed on the loop
     */
    private record Wait(int count, CompletableFuture<Void> enough) {}

    LocalTopic(String name, NodeLoop loop, PresenceView presence) {
        this.name = name;
        this.loop = loop;
        this.presence = presence;
    }

    String name() {
        return name;
    }

    /** How many members this node is linked to, as last heard. */
    int neighbours() {
        return neighbours;
    }

    /** Hears what became of each publish on the loop, and with it how many neighbours there are. */
    HeldPublishes.Accepted outcomes() {
        return outcomes;
    }

    /** Who is there, as far as members announce themselves. */
    PresenceView presence() {
        return presence;
    }

    /**
     * What is published on this topic in this node from now on: signed, or not.
     *
     * @param topic as the application uses it
     */
    int channelFor(Topic<?> topic) {
        if (topic.signed() && !isSigned) {
            isSigned = true;
        }
        return isSigned ? Source.SIGNED : Source.MESSAGES;
    }

    /** Whether somebody here listens. */
    boolean isSubscribed() {
        return !subscriptions.isEmpty();
    }

    /** Whether a subscription announces this node here. */
    boolean announcesPresence() {
        for (ActiveSubscription<?> subscription : subscriptions) {
            if (subscription.announcesPresence()) {
                return true;
            }
        }
        return false;
    }

    /** The shortest that its subscriptions want. */
    private Duration presenceLease() {
        return subscriptions.stream()
                .filter(ActiveSubscription::announcesPresence)
                .map(ActiveSubscription::presenceLease)
                .min(Comparator.naturalOrder())
                .orElse(Presence.LEASE);
    }

    /** Forgets this object if nobody here listens or waits; then the topic gets another when it is used again. */
    boolean retireIfUnused() {
        isRetired = subscriptions.isEmpty() && publishable == null;
        return isRetired;
    }

    /** Whether this object is no longer the one of its topic. */
    boolean isRetired() {
        return isRetired;
    }

    /** The subscriptions, in the order they were made. */
    List<ActiveSubscription<?>> subscriptions() {
        return List.copyOf(subscriptions);
    }

    /**
     * Adds a subscription.
     *
     * @param subscription a new one
     */
    void register(ActiveSubscription<?> subscription) {
        subscriptions.add(subscription);
        if (subscription.isSigned()) {
            isSigned = true;
        }
    }

    /**
     * Joins the topic for a subscription, if it is the first one.
     *
     * @param subscription one that is registered
     * @return false if the node is closed
     */
    boolean join(ActiveSubscription<?> subscription) {
        return loop.execute((protocol, nowNanos) -> onAdded(protocol, subscription, nowNanos));
    }

    private void onAdded(NodeProtocol protocol, ActiveSubscription<?> subscription, long nowNanos) {
        // First, so that the subscription becomes ready whatever becomes of the rest.
        loop.schedule((unused, later) -> subscription.onReadyDeadline(), Subscription.READY_AFTER.toNanos());
        reconcile(protocol, nowNanos);
        subscription.onNeighbours(neighbours);
    }

    /**
     * Removes a subscription and leaves the topic with the last one.
     *
     * @param subscription one that was added
     */
    void remove(ActiveSubscription<?> subscription) {
        subscriptions.remove(subscription);
        loop.executeAlways(this::reconcile);
    }

    /** Brings the protocol in line with the subscriptions there are now. Loop only. */
    private void reconcile(NodeProtocol protocol, long nowNanos) {
        boolean isWanted = isSubscribed();
        boolean isAnnounced = announcesPresence();
        if (!isAnnounced) { // the goodbye needs the topic, so it comes before leaving
            presence.stop(protocol, nowNanos);
        }
        if (isWanted && !isJoined) {
            protocol.subscribe(name, nowNanos);
            isJoined = true;
        } else if (!isWanted && isJoined) {
            isJoined = false;
            protocol.unsubscribe(name, nowNanos);
            setNeighbours(0);
        }
        if (isSigned && isJoined) {
            protocol.requireProofs(name, nowNanos);
        }
        if (isAnnounced) {
            presence.start(protocol, presenceLease(), nowNanos);
        }
        boolean wasLimited = isLimited;
        isLimited = isJoined && capacity() != Long.MAX_VALUE;
        if (isJoined && (wasLimited || isLimited)) {
            protocol.onRoom(name, nowNanos); // without the slowest of several there may be more room as well
        }
    }

    /** What all subscriptions take that wait for their consumer; {@link Long#MAX_VALUE} if none does. */
    long room() {
        long room = Long.MAX_VALUE;
        for (ActiveSubscription<?> subscription : subscriptions) {
            room = Math.min(room, subscription.room());
        }
        return room;
    }

    /** What they would take if nothing were queued; {@link Long#MAX_VALUE} if none waits. */
    long capacity() {
        long capacity = Long.MAX_VALUE;
        for (ActiveSubscription<?> subscription : subscriptions) {
            capacity = Math.min(capacity, subscription.capacity());
        }
        return capacity;
    }

    /** A subscription takes more again; told once until the loop has looked. */
    void onRoom() {
        if (isRoomTold.compareAndSet(false, true)) {
            loop.executeAlways((protocol, nowNanos) -> {
                isRoomTold.set(false); // before it is looked at, so that what appears meanwhile is told again
                protocol.onRoom(name, nowNanos);
            });
        }
    }

    /** Publishers have to wait for credit, or need not any more. Loop only. */
    void onPublishing(boolean isOpen) {
        CompletableFuture<Void> waiting = publishable;
        if (isOpen && waiting != null) {
            publishable = null;
            waiting.complete(null);
        } else if (!isOpen && waiting == null) {
            publishable = new CompletableFuture<>();
        }
    }

    /** Completed on the loop when publishers need not wait for credit any more; null if they need not now. */
    @Nullable
    CompletableFuture<Void> publishable() {
        return publishable;
    }

    /** A callback waits for credit here; returns whether none did before. */
    boolean isFirstWaitInCallback() {
        return hasWaitedInCallback.compareAndSet(false, true);
    }

    /** Hands a message to everybody here, in one copy. Loop only. */
    void deliver(Source source, long sequence, int hops, boolean isProved, ArrayPayload body) {
        if (source.channel() == Source.PRESENCE) {
            presence.onAnnouncement(source, body);
        } else if (!subscriptions.isEmpty()) {
            Incoming.Delivery delivery = new Incoming.Delivery(source, sequence, hops, isProved, body);
            for (ActiveSubscription<?> subscription : subscriptions) {
                subscription.onIncoming(delivery);
            }
        }
    }

    /** Tells everybody here what will not come. Loop only. */
    void deliverGap(Source source, long from, long to) {
        if (source.channel() == Source.PRESENCE || subscriptions.isEmpty()) {
            return;
        }
        Incoming.Missing missing = new Incoming.Missing(new NodeEvent.Gap(source.origin(), source.epoch(), from, to));
        for (ActiveSubscription<?> subscription : subscriptions) {
            subscription.onIncoming(missing);
        }
    }

    /** The number of neighbours is this. Loop only. */
    void onNeighbours(int count) {
        int before = neighbours;
        setNeighbours(count);
        if (count > before) {
            presence.onCompany();
        }
        for (ActiveSubscription<?> subscription : subscriptions) {
            subscription.onNeighbours(count);
        }
    }

    private void onPublished(PublishOutcome outcome) {
        // A publisher that does not subscribe hears of its links in no other way.
        if (!isJoined && outcome.seq() > 0) {
            setNeighbours(outcome.sentTo() + outcome.advertisedTo());
        }
    }

    /** Loop only, so an unchanged count needs no lock: whoever waits has looked at it under the lock before. */
    private void setNeighbours(int count) {
        if (count == neighbours) {
            return;
        }
        List<CompletableFuture<Void>> reached = new ArrayList<>();
        synchronized (waits) {
            neighbours = count;
            for (Wait wait : waits) {
                if (wait.count <= count) {
                    reached.add(wait.enough);
                }
            }
        }
        reached.forEach(enough -> enough.complete(null));
    }

    /**
     * Completes on the loop when there are so many neighbours; nothing of the application may hang on it.
     *
     * @param count 1 or more
     */
    CompletableFuture<Void> whenNeighbours(int count) {
        CompletableFuture<Void> enough = new CompletableFuture<>();
        synchronized (waits) {
            if (neighbours >= count) {
                enough.complete(null);
            } else {
                waits.add(new Wait(count, enough));
            }
        }
        return enough;
    }

    /**
     * Ends what {@link #whenNeighbours} began.
     *
     * @param enough as returned there
     */
    void forget(@Nullable CompletableFuture<Void> enough) {
        synchronized (waits) {
            waits.removeIf(wait -> wait.enough == enough);
        }
    }

    /** Ends all subscriptions if this node may not subscribe any more, and tells them. */
    void review(LiveAccess access) {
        if (subscriptions.isEmpty()) {
            return;
        }
        try {
            access.require(Action.SUBSCRIBE, name);
        } catch (AccessDeniedException denied) {
            for (ActiveSubscription<?> subscription : subscriptions) {
                subscription.end(denied);
            }
        }
    }

    /** Ends all subscriptions: the node has closed. */
    void closeAll() {
        for (ActiveSubscription<?> subscription : subscriptions) {
            subscription.close();
        }
    }
}
