package io.chaski.streamer;

import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.Registration;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecException;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.security.policy.Action;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.keep.DurableNode;
import io.chaski.streamer.internal.keep.DurablePublisher;
import io.chaski.streamer.internal.keep.DurableReader;
import io.chaski.streamer.internal.keep.HistoryPlace;
import io.chaski.streamer.internal.keep.HistoryRequest;
import io.chaski.streamer.internal.keep.Stragglers;
import io.chaski.streamer.internal.keep.Subscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic whose messages are kept on disk, by the members that volunteer as keepers: publishers hear when theirs are kept,
 * subscribers that have a name get what they missed while they were away, and everybody sees one history.
 *
 * <p>Live subscribers of the same topic hear everything as ever. A durable subscriber hears what is kept, its own node's messages
 * included, each publisher's in sequence. Close it before the node, so that it is known what was delivered. Thread-safe.
 *
 * @param <T> type of the payloads
 */
public final class DurableTopic<T extends @Nullable Object> implements AutoCloseable {

    /** Most positions of a subscriber that remembers itself how far it is: as many publishers as a keeper knows. */
    public static final int MAX_POSITIONS = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(DurableTopic.class);

    private static final Duration LONGEST_DELAY = Duration.ofMinutes(10);

    private final DurableNode hub;
    private final Topic<T> topic;
    private final DurableOptions options;
    private final ModuleNode module;
    private final @Nullable TopicStore store;
    private final @Nullable Registration keeper;
    /** By their names, if they have one. */
    private final Map<Object, DurableReader> readers = new ConcurrentHashMap<>();

    private final Registration closing;
    private final Consumer<DurableTopic<?>> whenClosed;

    /** Guarded by this. */
    private @Nullable DurablePublisher publisher;

    private boolean isClosed;

    /**
     * Opens it.
     *
     * @param opener gives the store, if there is a directory
     * @param whenClosed told once
     */
    DurableTopic(
            DurableNode hub,
            ModuleNode module,
            Topic<T> topic,
            DurableOptions options,
            Supplier<TopicStore> opener,
            Consumer<DurableTopic<?>> whenClosed) {
        this.hub = hub;
        this.module = module;
        this.topic = topic;
        this.options = options;
        this.whenClosed = whenClosed;
        TopicStore opened = options.directory().isPresent() ? opener.get() : null;
        this.store = opened;
        boolean isOpen = false;
        try {
            this.keeper = options.keep() && opened != null ? hub.keep(topic, opened) : null;
            this.closing = module.onClosing(() -> end(false));
            isOpen = true;
        } finally {
            if (!isOpen && opened != null) {
                opened.close();
            }
        }
    }

    /** The node that it was opened on. */
    public ChaskiNode node() {
        return hub.node();
    }

    /** The topic. */
    public Topic<T> topic() {
        return topic;
    }

    // ---- publishing

    /**
     * Publishes.
     *
     * @param payload what; not looked at any more when this returns
     * @return as {@link #publish(Object, PublishOptions)}
     */
    public CompletableFuture<Acknowledgement> publish(T payload) {
        return publish(payload, PublishOptions.NONE);
    }

    /**
     * Publishes as soon as {@linkplain DurableOptions#replicas() as many keepers} can be reached as must have it, and in the order
     * of the calls. Never waits. An answer may come later than its message is kept: when the earlier ones of this node have left it
     * as well, or at its deadline.
     *
     * @param payload what; not looked at any more when this returns
     * @param how its key and headers
     * @return completes, within the deadline, when it is known what became of the message; does not fail by itself. Dependents run
     *     on the callback executor
     * @throws io.chaski.core.codec.CodecException if the payload cannot be encoded
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not publish on the topic
     * @throws IllegalStateException if this is closed
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public CompletableFuture<Acknowledgement> publish(T payload, PublishOptions how) {
        return publisher().publish(topic, payload, how, options.replicas(), options.deadline());
    }

    private synchronized DurablePublisher publisher() {
        requireOpen();
        DurablePublisher known = publisher;
        if (known == null) {
            known = DurablePublisher.on(hub, topic);
            publisher = known;
        }
        return known;
    }

    // ---- subscribing

    /**
     * Subscribes, and logs what is missing.
     *
     * @param name as in {@link #subscribe(String, Consumer, Consumer)}
     * @param handler as there
     */
    public DurableSubscription subscribe(String name, Consumer<? super DurableMessage<T>> handler) {
        return subscribe(name, handler, gap -> LOG.warn("{}: {} has missed {} messages", topic, name, gap.count()));
    }

    /**
     * Subscribes under a name. What comes is what is kept: all of it the first time, and later what comes behind the last message
     * that was handled, in sequence for each publisher. If the keeper lacks a message, those behind it of the same publisher wait for a
     * minute, and for ten at most while another keeper may still bring it.
     *
     * @param name remembers what was handled, in the directory of this topic: 1 to 253 bytes of UTF-8
     * @param handler called with one message at a time, on the callback executor; may block. A message is done with when this
     *     returns. If it throws, the message comes again, a second later
     * @param onGap called in the place of messages that will not come: the keeper has given them up, no keeper has got them, or
     *     they cannot be decoded
     * @return ends it
     * @throws IllegalArgumentException if the name is too long
     * @throws IllegalStateException if there is no directory, a subscriber of this name, or this is closed
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not: {@code durable.consume}
     */
    public DurableSubscription subscribe(
            String name, Consumer<? super DurableMessage<T>> handler, Consumer<? super NodeEvent.Gap> onGap) {
        return subscribe(name, HistoryFrom.start(), handler, onGap);
    }

    /**
     * As {@link #subscribe(String, Consumer, Consumer)}, and says where a subscriber begins that comes for the first time: with all
     * that is kept, with what was published since a time, with the last value, the last few. What comes later is not asked for where
     * it was published, so nothing older comes late either. A keeper that is asked for the last ones must be in reach; whoever is
     * known already goes on behind its cursor.
     *
     * @param name as there
     * @param from where it begins; messages of the same millisecond of other publishers may come besides
     * @param handler as there
     * @param onGap as there
     */
    public DurableSubscription subscribe(
            String name,
            HistoryFrom from,
            Consumer<? super DurableMessage<T>> handler,
            Consumer<? super NodeEvent.Gap> onGap) {
        DurableReader.Handler decoding = new DecodingHandler(handler, onGap);
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > DurableReader.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "the name of a subscriber has 1 to " + DurableReader.MAX_NAME_BYTES + " bytes, not " + bytes);
        }
        synchronized (this) {
            requireOpen();
            TopicStore cursors = store;
            if (cursors == null) {
                throw new IllegalStateException("a durable subscriber needs a directory for its cursor: " + topic);
            }
            if (readers.containsKey(name)) {
                throw new IllegalStateException("there is a subscriber of this name: " + name);
            }
            return opened(name, name, DurableReader.on(hub, topic, name, cursors, from.place(), decoding));
        }
    }

    /**
     * Forgets a subscriber that will not come back: under the same name somebody comes for the first time then. A directory remembers
     * 256 of them, and of a subscriber that is open two; one more is refused with {@code TOO_MANY}.
     *
     * @param name of one that is not open here; nothing happens if it is not known
     * @return completes on the callback executor with whether it was known, when that is on disk; fails with {@link TopicStoreException}
     * @throws IllegalStateException if it is open, if this node has no directory, or this is closed
     */
    public CompletableFuture<Boolean> forget(String name) {
        synchronized (this) {
            requireOpen();
            TopicStore cursors = store;
            if (cursors == null) {
                throw new IllegalStateException("this node remembers nobody: " + topic);
            }
            if (readers.containsKey(name)) {
                throw new IllegalStateException("this subscriber is open: " + name);
            }
            return Subscribers.forget(hub, cursors, name);
        }
    }

    /**
     * Subscribes for an application that stores itself how far it is, in one step with what it makes of the messages: then each effect
     * is had once, whenever it is stopped. What comes is what is kept behind these positions, all of it if there are none. Needs no
     * directory and stores nothing.
     *
     * @param done the latest message of each incarnation that is done with, or will not come: {@link DurablePosition#of(Message)}
     *     and {@link DurablePosition#behind}. At most {@value #MAX_POSITIONS}; those of incarnations whose messages no keeper
     *     has any more can be left out
     * @param handler as in {@link #subscribe(String, Consumer, Consumer)}. {@link DurableMessage#redelivered()} says that it has
     *     failed before in this subscription
     * @param onGap as there
     * @throws IllegalArgumentException if there are too many positions
     * @throws IllegalStateException if this is closed
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not: {@code durable.consume}
     */
    public DurableSubscription subscribe(
            Collection<DurablePosition> done,
            Consumer<? super DurableMessage<T>> handler,
            Consumer<? super NodeEvent.Gap> onGap) {
        if (done.size() > MAX_POSITIONS) {
            throw new IllegalArgumentException("at most " + MAX_POSITIONS + " positions, not " + done.size());
        }
        Map<Source, Long> cursors = new HashMap<>();
        done.forEach(each -> cursors.merge(new Source(each.origin(), each.epoch()), each.sequence(), Math::max));
        DurableReader.Handler decoding = new DecodingHandler(handler, onGap);
        synchronized (this) {
            requireOpen();
            HistoryPlace start = HistoryFrom.start().place();
            return opened("", new Object(), DurableReader.behind(hub, topic, cursors, start, decoding));
        }
    }

    /** Under the lock. */
    private DurableSubscription opened(String name, Object key, DurableReader reader) {
        readers.put(key, reader);
        var unused = reader.closed().whenComplete((ended, failure) -> readers.remove(key, reader));
        return new DurableSubscription(name, reader);
    }

    /**
     * Delivers what is kept from now on in the order of the history: by the hybrid clock of the publishers, then by publisher,
     * incarnation and sequence. Each message is held back for a while after it was received, so that those that were published before
     * it and come later, from farther away, are sorted in. What comes later than that is delivered at once, and is
     * {@linkplain OrderedMessage#late() late}. At most 4,096 messages and 16 MiB are held back: beyond that the first ones in the
     * order are delivered before their time. Nothing is left out, but what is held back when this ends. Needs no directory, and
     * remembers nothing.
     *
     * @param delay how long each is held back, a millisecond to ten minutes. It should be longer than a message takes from the
     *     farthest publisher to the keeper, and than clocks differ
     * @param handler called with one message at a time, on the callback executor; may block. What it throws is logged, and the message
     *     is not delivered again
     * @param onGap called at once for messages that will not come
     * @throws IllegalArgumentException if the delay is outside its range
     * @throws IllegalStateException if this is closed
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not: {@code durable.consume}
     */
    public DurableSubscription ordered(
            Duration delay, Consumer<? super OrderedMessage<T>> handler, Consumer<? super NodeEvent.Gap> onGap) {
        Objects.requireNonNull(handler, "handler");
        if (delay.toMillis() < 1 || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay must be a millisecond to ten minutes: " + delay);
        }
        OrderedHandler sorting = new OrderedHandler(delay, handler, onGap);
        synchronized (this) {
            requireOpen();
            Instant now = Instant.ofEpochMilli(module.currentTimeMillis());
            DurableReader reader = DurableReader.behind(
                    hub, topic, Map.of(), HistoryFrom.since(now).place(), sorting);
            sorting.begin(reader);
            return opened("", new Object(), reader);
        }
    }

    /** Reads messages; what cannot be read is missing. */
    private abstract class ReadingHandler implements DurableReader.Handler {
        private final Consumer<? super NodeEvent.Gap> onGap;

        ReadingHandler(Consumer<? super NodeEvent.Gap> onGap) {
            this.onGap = Objects.requireNonNull(onGap, "onGap");
        }

        abstract void onMessage(Message<T> message, int bytes, boolean isAgain);

        @Override
        public final void onMessage(Source source, long sequence, byte[] body, boolean isAgain) {
            Message<T> message;
            try {
                message = module.messages().read(topic, source.origin(), source.epoch(), sequence, body);
            } catch (CodecException unreadable) {
                LOG.warn("{}: message {}/{} cannot be decoded", topic, source, sequence, unreadable);
                onGap(source, new Sequences.Interval(sequence, sequence));
                return;
            }
            onMessage(message, body.length, isAgain);
        }

        @Override
        public final void onGap(Source source, Sequences.Interval missing) {
            onGap.accept(new NodeEvent.Gap(source.origin(), source.epoch(), missing.first(), missing.last()));
        }
    }

    private final class DecodingHandler extends ReadingHandler {
        private final Consumer<? super DurableMessage<T>> handler;

        DecodingHandler(Consumer<? super DurableMessage<T>> handler, Consumer<? super NodeEvent.Gap> onGap) {
            super(onGap);
            this.handler = Objects.requireNonNull(handler, "handler");
        }

        @Override
        void onMessage(Message<T> message, int bytes, boolean isAgain) {
            handler.accept(new DurableMessage<>(message, isAgain));
        }
    }

    /** In the turns of its reader. */
    private final class OrderedHandler extends ReadingHandler {
        private final Consumer<? super OrderedMessage<T>> handler;
        private final Stragglers<Message<T>> held;
        private final CompletableFuture<DurableReader> reader = new CompletableFuture<>();
        private boolean isWaiting;

        OrderedHandler(
                Duration delay, Consumer<? super OrderedMessage<T>> handler, Consumer<? super NodeEvent.Gap> onGap) {
            super(onGap);
            this.handler = handler;
            this.held = new Stragglers<>(delay.toNanos());
        }

        void begin(DurableReader whose) {
            reader.complete(whose);
        }

        @Override
        void onMessage(Message<T> message, int bytes, boolean isAgain) {
            Source source = new Source(message.origin(), message.epoch());
            HistoryPosition position = new HistoryPosition(message.timestamp(), source, message.sequence());
            deliver(held.onMessage(position, message, bytes, module.nanoTime()));
            waitForNext();
        }

        private void onTime() {
            isWaiting = false;
            deliver(held.onTime(module.nanoTime()));
            waitForNext();
        }

        private void waitForNext() {
            long nanos = held.nanosLeft(module.nanoTime());
            if (nanos >= 0 && !isWaiting) {
                isWaiting = module.after(Duration.ofNanos(nanos), () -> {
                    var unused = reader.thenAccept(whose -> whose.inTurn(this::onTime));
                });
            }
        }

        private void deliver(List<Stragglers.Released<Message<T>>> released) {
            for (Stragglers.Released<Message<T>> each : released) {
                if (reader.isDone() && !reader.join().isOpen()) {
                    return; // closed by the handler
                }
                try {
                    handler.accept(new OrderedMessage<>(each.message(), each.isLate()));
                } catch (RuntimeException | Error thrown) { // the application's; the next one is another one
                    LOG.warn("{}: an ordered handler failed", topic, thrown);
                }
            }
        }
    }

    // ---- history

    /**
     * Reads a page of the history, which has one order for everybody: by the hybrid clock of the publishers, then by publisher,
     * incarnation and sequence. It comes from this node if it keeps the topic, otherwise from a keeper. What comes late stands
     * where it belongs, also before what was seen already.
     *
     * @param from where it begins
     * @param limit most messages, 1 to {@value HistoryFrom#MAX_MESSAGES}; a page also ends after 4 MiB
     * @return fewer messages at times, none only at the end; those that cannot be decoded are left out. Fails with
     *     {@link io.chaski.core.RequestTimeoutException} if no keeper answers within the deadline. Dependents run on the callback
     *     executor
     * @throws IllegalArgumentException if the limit is outside its range
     * @throws IllegalStateException if this is closed
     * @throws io.chaski.core.NodeClosedException if the node is closed
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not: {@code durable.consume}
     */
    public CompletableFuture<List<Message<T>>> history(HistoryFrom from, int limit) {
        if (limit < 1 || limit > HistoryFrom.MAX_MESSAGES) {
            throw new IllegalArgumentException("limit must be 1 to " + HistoryFrom.MAX_MESSAGES + ": " + limit);
        }
        synchronized (this) {
            requireOpen();
        }
        hub.require(Action.DURABLE_CONSUME, topic.name());
        CompletableFuture<List<Message<T>>> page = module.newFuture();
        read(from.place(), limit, module.nanoTime() + options.deadline().toNanos(), page);
        return page;
    }

    /** A page of which nothing can be decoded is not the end: the one behind it is read in what is left of the time. */
    private void read(HistoryPlace from, int limit, long endNanos, CompletableFuture<List<Message<T>>> page) {
        Duration left = Duration.ofNanos(Math.max(0, endNanos - module.nanoTime()));
        var unused = HistoryRequest.send(hub, topic.name(), from, limit, left).whenComplete((items, failure) -> {
            if (failure != null) {
                module.fail(page, failure);
                return;
            }
            List<Message<T>> decoded = decode(items);
            if (!decoded.isEmpty() || items.isEmpty()) {
                module.complete(page, decoded);
                return;
            }
            try {
                read(behind(items.get(items.size() - 1)), limit, endNanos, page);
            } catch (ChaskiException
                    | IllegalStateException stuck) { // as at the first page, or the keeper's has no time
                module.fail(page, stuck);
            }
        });
    }

    private HistoryPlace behind(HistoryRequest.Item item) {
        HybridTimestamp timestamp = module.messages().timestamp(bytesOf(item));
        return new HistoryPlace(new HistoryPosition(timestamp, item.source(), item.sequence()), 0);
    }

    private List<Message<T>> decode(List<HistoryRequest.Item> items) {
        List<Message<T>> messages = new ArrayList<>();
        for (HistoryRequest.Item item : items) {
            try {
                messages.add(module.messages()
                        .read(topic, item.source().origin(), item.source().epoch(), item.sequence(), bytesOf(item)));
            } catch (CodecException unreadable) {
                LOG.warn("{}: message {}/{} cannot be decoded", topic, item.source(), item.sequence(), unreadable);
            }
        }
        return List.copyOf(messages);
    }

    private static byte[] bytesOf(HistoryRequest.Item item) {
        byte[] body = new byte[item.body().remaining()];
        item.body().duplicate().get(body);
        return body;
    }

    // ---- care

    /**
     * Reads the whole store of this node and checks it; keeping and reading go on meanwhile. Takes as long as reading the files:
     * not for event loops or callbacks.
     *
     * @throws TopicStoreException {@code CORRUPT} naming the file and the place, {@code FAILED} if it cannot be read, or {@code CLOSED}
     * @throws IllegalStateException if this node stores nothing of the topic
     */
    public void verify() {
        if (store == null) {
            throw new IllegalStateException("this node has no store of " + topic.name());
        }
        store.verify();
    }

    // ---- looking

    /** Who keeps the topic, as far as this node has heard; itself first. */
    public List<NodeId> keepers() {
        return List.copyOf(hub.keepers(topic.name()));
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("the durable topic is closed: " + topic.name());
        }
    }

    // ---- the end

    /**
     * Ends everything this node does with the topic as a durable one: what waits for keepers completes with what is known of it,
     * subscribers end, and the store is closed behind them. Waits five seconds for them at most, and not at all if one of their
     * handlers calls this. Does nothing when closed.
     */
    @Override
    public void close() {
        end(true);
    }

    /** Without patience, waits for nothing. */
    private void end(boolean isPatient) {
        DurablePublisher publishing;
        List<DurableReader> ending;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            publishing = publisher;
            ending = List.copyOf(readers.values());
        }
        whenClosed.accept(this);
        closing.close();
        if (publishing != null) {
            publishing.close();
        }
        boolean isWaiting = isPatient && ending.stream().noneMatch(DurableReader::isInHandler);
        ending.forEach(reader -> reader.closeSoon(isPatient));
        if (isWaiting) {
            Subscribers.awaitClosed(module, ending);
        }
        if (keeper != null) {
            keeper.close();
        }
        TopicStore opened = store;
        if (opened == null) {
            return;
        }
        if (isWaiting) {
            opened.close();
        } else {
            hub.after(ending.stream().map(DurableReader::closed).toList(), opened::close);
        }
    }
}
