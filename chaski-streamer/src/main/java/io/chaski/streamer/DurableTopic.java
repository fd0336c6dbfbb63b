package io.chaski.streamer;

import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.Registration;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecException;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.security.policy.Action;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.keep.DurableNode;
import io.chaski.streamer.internal.keep.DurablePublisher;
import io.chaski.streamer.internal.keep.DurableReader;
import io.chaski.streamer.internal.keep.HistoryRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

    private static final Logger LOG = LoggerFactory.getLogger(DurableTopic.class);

    private final DurableNode hub;
    private final Topic<T> topic;
    private final DurableOptions options;
    private final ModuleNode module;
    private final @Nullable TopicStore store;
    private final @Nullable Registration keeper;
    private final Map<String, DurableReader> readers = new ConcurrentHashMap<>();
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
     * of the calls. Never waits.
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
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(onGap, "onGap");
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
            DurableReader reader = DurableReader.on(hub, topic, name, cursors, new DecodingHandler(handler, onGap));
            readers.put(name, reader);
            var unused = reader.closed().whenComplete((ended, failure) -> readers.remove(name, reader));
            return new DurableSubscription(name, reader);
        }
    }

    private final class DecodingHandler implements DurableReader.Handler {
        private final Consumer<? super DurableMessage<T>> handler;
        private final Consumer<? super NodeEvent.Gap> onGap;

        DecodingHandler(Consumer<? super DurableMessage<T>> handler, Consumer<? super NodeEvent.Gap> onGap) {
            this.handler = handler;
            this.onGap = onGap;
        }

        @Override
        public void onMessage(Source source, long sequence, byte[] body, boolean isAgain) {
            Message<T> message;
            try {
                message = module.messages().read(topic, source.origin(), source.epoch(), sequence, body);
            } catch (CodecException unreadable) {
                LOG.warn("{}: message {}/{} cannot be decoded", topic, source, sequence, unreadable);
                onGap(source, new Sequences.Interval(sequence, sequence));
                return;
            }
            handler.accept(new DurableMessage<>(message, isAgain));
        }

        @Override
        public void onGap(Source source, Sequences.Interval missing) {
            onGap.accept(new NodeEvent.Gap(source.origin(), source.epoch(), missing.first(), missing.last()));
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
     * @return fewer messages, or none, at the end; those that cannot be decoded are left out. Fails with
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
        CompletableFuture<List<Message<T>>> decoded = module.newFuture();
        var unused = HistoryRequest.send(hub, topic.name(), from.place(), limit, options.deadline())
                .whenComplete((items, failure) -> {
                    if (failure == null) {
                        module.complete(decoded, decode(items));
                    } else {
                        module.fail(decoded, failure);
                    }
                });
        return decoded;
    }

    private List<Message<T>> decode(List<HistoryRequest.Item> items) {
        List<Message<T>> messages = new ArrayList<>();
        for (HistoryRequest.Item item : items) {
            byte[] body = new byte[item.body().remaining()];
            item.body().get(body);
            try {
                messages.add(module.messages()
                        .read(topic, item.source().origin(), item.source().epoch(), item.sequence(), body));
            } catch (CodecException unreadable) {
                LOG.warn("{}: message {}/{} cannot be decoded", topic, item.source(), item.sequence(), unreadable);
            }
        }
        return List.copyOf(messages);
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
            ending.forEach(DurableReader::close);
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
