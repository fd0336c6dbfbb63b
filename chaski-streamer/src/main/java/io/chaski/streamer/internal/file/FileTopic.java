package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.TransferFailedException;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node says and hears about files on one topic. What it says is paced, so that a push of ten thousand files, or the
 * answer to somebody who comes late, does not flood the topic. Thread-safe.
 */
final class FileTopic implements Destination.Voice {

    private static final Logger log = LoggerFactory.getLogger(FileTopic.class);

    /** How long a topic is kept that nobody uses: what was said last, such as that a push is taken back, is on its way by then. */
    private static final long IDLE_NANOS = Duration.ofSeconds(2).toNanos();

    /** How often it tries to hear again when a policy does not let it: a policy is followed by neighbours within a second as well. */
    private static final long REJOIN_NANOS = Duration.ofSeconds(1).toNanos();

    /** Offers of a large tree, most of which are small, while a policy thinks. */
    private static final int MAX_HEARD = 16_384;

    private static final long MAX_HEARD_BYTES = 64L << 20;

    private final ChaskiNode node;
    private final String name;
    private final Topic<byte[]> topic;
    private final Holdings holdings;
    private final FileRights rights;
    private final Executor callbacks;
    private final Map<Long, PushedFile> pushes = new LinkedHashMap<>();
    private final List<Acceptor> acceptors = new CopyOnWriteArrayList<>();
    private final Pacer pacer = new Pacer();
    private final Set<Manifest> asked = new LinkedHashSet<>();
    private boolean wasPaired;

    /** Guards what follows, so that none is made when it is closed. */
    private final Object joining = new Object();

    private Subscription subscription;
    private boolean isLeft;

    /** A policy has ended the subscription. */
    private volatile boolean isDeaf;

    /** Something could not be said because a policy did not allow it. */
    private volatile boolean isMute;

    /** When the ticker has tried to hear again. */
    private long rejoinedNanos;

    /** Since when there is nothing to do here, as the ticker sees it. */
    private long idleSinceNanos;

    /** Contents that are being read to be pushed, and words that the node has not taken yet. */
    private final AtomicInteger underWay = new AtomicInteger();

    private boolean isClosed;

    FileTopic(ChaskiNode node, String name, Holdings holdings, FileRights rights, Executor callbacks, long nowNanos) {
        this.node = node;
        this.idleSinceNanos = nowNanos;
        this.name = name;
        this.topic = topicOf(name);
        this.holdings = holdings;
        this.rights = rights;
        this.callbacks = callbacks;
        this.rejoinedNanos = nowNanos;
        this.subscription = subscribe();
    }

    private Subscription subscribe() {
        Subscription made = node.subscribe(
                topic,
                this::onMessage,
                SubscribeOptions.builder()
                        .capacity(MAX_HEARD)
                        .capacityBytes(MAX_HEARD_BYTES)
                        .onDrop(lost -> ask())
                        .onGap(gap -> ask())
                        .build());
        var unused = made.closed().whenComplete((ended, denied) -> {
            if (denied != null) {
                isDeaf = true;
            }
        });
        return made;
    }

    /** Hears again what a policy has not let it hear for a while; for the ticker. */
    private void rejoin() {
        synchronized (joining) {
            if (isLeft) {
                return;
            }
            isDeaf = false;
            try {
                subscription = subscribe();
                wasPaired = false;
            } catch (ChaskiException | IllegalStateException notYet) { // not allowed, closing, or the loop is stuck
                isDeaf = true;
                log.debug("nothing is heard about files on {}: {}", name, notYet.getMessage());
            }
        }
    }

    private boolean isPaired() {
        synchronized (joining) {
            return subscription.isPaired();
        }
    }

    /** Where receivers and publishers of files speak. */
    static Topic<byte[]> topicOf(String name) {
        return Topic.bytes(Announcement.TOPIC_PREFIX + name);
    }

    // ---- speaking

    /** Says it now, or soon. */
    void say(Announcement announcement) {
        if (!pacer.say(about(announcement), announcement)) {
            log.debug("too much to say about files on {}", name);
        }
        speak();
    }

    /** Of these, only the latest matters. */
    private static Object about(Announcement announcement) {
        return announcement instanceof Announcement.Status status
                ? List.of(Announcement.Status.KIND, status.pushId(), status.manifest())
                : announcement;
    }

    /** Says the offer of a push now, or soon. */
    void offer(PushedFile push) {
        pacer.offer(push.id());
        speak();
    }

    private void speak() {
        for (Optional<Pacer.Next> next = pacer.next(); next.isPresent(); next = pacer.next()) {
            if (next.get() instanceof Pacer.Next.Words words) {
                publish(words.announcement().encode(), status -> {
                    if (status == Receipt.Status.QUEUE_FULL) {
                        pacer.sayAgain(words);
                    }
                });
            } else if (next.get() instanceof Pacer.Next.Offer offer) {
                push(offer.pushId()).ifPresent(this::publish);
            }
        }
    }

    private void publish(PushedFile push) {
        push.offer()
                .ifPresent(offer -> publish(offer.encode(), status -> {
                    if (status == Receipt.Status.QUEUE_FULL) {
                        pacer.offer(push.id());
                    } else if (status == Receipt.Status.TOO_LARGE) {
                        push.onTooLarge();
                    } else {
                        push.onAnnounced();
                    }
                }));
    }

    private void publish(byte[] message, Consumer<Receipt.Status> onSaid) {
        hold();
        CompletableFuture<Receipt> said;
        try {
            said = node.publishAsync(topic, message);
        } catch (AccessDeniedException denied) {
            release();
            isMute = true;
            log.debug("nothing is said about files on {}: {}", name, denied.getMessage());
            return;
        } catch (NodeClosedException closing) {
            release();
            log.debug("nothing more is said about files on {}: the node closes", name);
            return;
        } catch (RuntimeException | Error stuck) { // its loop takes nothing for now, as when its queue is full
            release();
            log.debug("nothing is said about files on {} for now: {}", name, stuck.toString());
            onSaid.accept(Receipt.Status.QUEUE_FULL);
            return;
        }
        var unused = said.whenComplete((receipt, failure) -> {
            release();
            if (receipt != null) {
                onSaid.accept(receipt.status());
            }
        });
    }

    @Override
    public void status(Announcement.Status status) {
        say(status);
    }

    @Override
    public void want(Manifest manifest) {
        say(new Announcement.Want(manifest));
    }

    /** Goes on with what was to be said. */
    void tick(long nowNanos) {
        if (isDeaf && nowNanos - rejoinedNanos >= REJOIN_NANOS) {
            rejoinedNanos = nowNanos;
            rejoin();
        }
        boolean isPaired = isPaired();
        boolean isNew = isPaired && !wasPaired; // whoever is there now may have missed what was said before
        wasPaired = isPaired;
        if (isNew || isMute) {
            pacer.askRepeat();
        }
        boolean isAsking = isNew;
        for (Acceptor acceptor : acceptors) {
            isAsking |= acceptor.needsOffers();
        }
        List<PushedFile> again = List.of();
        Set<Manifest> haves;
        synchronized (pushes) {
            if (pacer.isRepeatDue(nowNanos)) {
                again = List.copyOf(pushes.values());
                isAsking |= isMute; // which shows whether it may speak again, and brings what was answered in vain
                isMute = false;
            }
            haves = new LinkedHashSet<>(asked);
            asked.clear();
        }
        if (isAsking && !acceptors.isEmpty()) {
            ask();
        }
        again.forEach(push -> pacer.offer(push.id()));
        haves.stream()
                .filter(manifest -> holdings.find(manifest).isPresent())
                .forEach(manifest -> say(new Announcement.Have(manifest)));
        pacer.tick();
        speak();
        if (!acceptors.isEmpty() || pushes() > 0 || !pacer.isEmpty() || underWay.get() > 0) {
            idleSinceNanos = nowNanos;
        }
    }

    /** Somebody is about to push something here: it is not idle until {@link #release}. */
    void hold() {
        underWay.incrementAndGet();
    }

    void release() {
        underWay.decrementAndGet();
    }

    /** Whether nobody has used it for a while; for the ticker, after {@link #tick}. */
    boolean isIdle(long nowNanos) {
        return underWay.get() == 0 && nowNanos - idleSinceNanos >= IDLE_NANOS;
    }

    // ---- hearing

    private void onMessage(Message<byte[]> message) {
        Optional<Announcement> read;
        try {
            read = Announcement.decode(message.payload());
        } catch (IllegalArgumentException malformed) {
            log.debug("{} says something malformed about files: {}", message.origin(), malformed.getMessage());
            return;
        }
        read.ifPresent(announcement -> onAnnouncement(message, announcement));
    }

    private void onAnnouncement(Message<byte[]> message, Announcement announcement) {
        NodeId from = message.origin();
        if (isOfSource(announcement) && !rights.mayOffer(from, name)) {
            log.debug("{} may not offer files on {}", from, name);
            return;
        }
        if (announcement instanceof Announcement.Offer offer) {
            Incoming incoming = new Incoming(name, from, message.originName(), offer);
            acceptors.forEach(acceptor -> acceptor.onOffer(incoming));
        } else if (announcement instanceof Announcement.Status status) {
            push(status.pushId()).ifPresent(push -> push.onStatus(from, status));
            if (status.state() == FilePush.State.ACCEPTED || status.state() == FilePush.State.COMPLETED) {
                acceptors.forEach(acceptor -> acceptor.onSource(from, status.manifest()));
            }
        } else if (announcement instanceof Announcement.Have have) {
            acceptors.forEach(acceptor -> acceptor.onSource(from, have.manifest()));
        } else if (announcement instanceof Announcement.Want want) {
            synchronized (pushes) {
                if (asked.size() < Pacer.PER_TICK) {
                    asked.add(want.manifest());
                }
            }
        } else if (announcement instanceof Announcement.Ask) {
            pacer.askRepeat();
        } else if (announcement instanceof Announcement.Withdraw withdraw) {
            acceptors.forEach(acceptor -> acceptor.onWithdrawn(from, withdraw.pushId()));
        }
    }

    /** Whether it says that its sender has something to give. */
    private static boolean isOfSource(Announcement announcement) {
        return announcement instanceof Announcement.Offer || announcement instanceof Announcement.Have;
    }

    // ---- pushes and acceptors

    /** False if there are too many already. */
    boolean add(PushedFile push, int most) {
        synchronized (pushes) {
            return !isClosed && pushes.size() < most && pushes.put(push.id(), push) == null;
        }
    }

    private Optional<PushedFile> push(long id) {
        synchronized (pushes) {
            return Optional.ofNullable(pushes.get(id));
        }
    }

    /**
     * A push has been read: of those of one name only the latest is offered, or receivers that come late would get all
     * of them at once and keep the one that takes longest.
     *
     * @return false if there is a later one
     */
    boolean supersede(PushedFile push) {
        List<PushedFile> earlier = new ArrayList<>();
        synchronized (pushes) {
            boolean isPast = false;
            for (PushedFile other : pushes.values()) {
                boolean isSame = !other.equals(push) && other.name().equals(push.name());
                if (isSame && isPast && other.hash().isPresent()) {
                    return false;
                }
                if (isSame && !isPast) {
                    earlier.add(other);
                }
                isPast |= other.equals(push);
            }
        }
        earlier.forEach(PushedFile::onSuperseded);
        return true;
    }

    void onEnded(PushedFile push) {
        synchronized (pushes) {
            pushes.remove(push.id(), push);
        }
        pacer.forget(push.id());
    }

    /** How many files are offered, or read to be. */
    int pushes() {
        synchronized (pushes) {
            return pushes.size();
        }
    }

    /** Gives up a file, in whatever directories; whether it was to be received. */
    boolean cancel(FileOffer offer) {
        boolean isFound = false;
        for (Acceptor acceptor : acceptors) {
            isFound |= acceptor.cancel(offer);
        }
        return isFound;
    }

    void add(Acceptor acceptor) {
        acceptors.add(acceptor);
    }

    /** Asks what is offered. */
    void ask() {
        say(new Announcement.Ask());
    }

    void remove(Acceptor acceptor) {
        acceptors.remove(acceptor);
        acceptor.close();
    }

    /** Completes a future where its dependents may block, when there is a thread; at the end, when there is no such place any more, here. */
    void complete(CompletableFuture<Void> future) {
        onCallbacks(() -> future.complete(null));
    }

    void fail(CompletableFuture<Void> future, TransferFailedException why) {
        onCallbacks(() -> future.completeExceptionally(why));
    }

    private void onCallbacks(Runnable task) {
        SerialExecutor.lasting(callbacks).execute(task); // one for each, as no one waits for the dependents of another
    }

    void close() {
        List<PushedFile> left;
        synchronized (pushes) {
            isClosed = true;
            left = List.copyOf(pushes.values());
        }
        left.forEach(PushedFile::leave);
        acceptors.forEach(this::remove);
        synchronized (joining) {
            isLeft = true;
            subscription.close();
        }
    }
}
