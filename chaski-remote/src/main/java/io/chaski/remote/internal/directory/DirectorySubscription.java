package io.chaski.remote.internal.directory;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.security.policy.AccessDeniedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscription to the system topic, as long as policies allow it: a node may start without the right, which a policy gives
 * it later, takes away, and gives it again. Thread-safe.
 */
final class DirectorySubscription implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DirectorySubscription.class);

    private final ChaskiNode node;
    private final Consumer<Message<byte[]>> listener;
    private final SubscribeOptions options;

    /** Null while it is not allowed. */
    private @Nullable Subscription current;

    private boolean isClosed;

    /**
     * Subscribes, if that is allowed.
     *
     * @throws NodeClosedException if the node is closed
     */
    DirectorySubscription(ChaskiNode node, Consumer<Message<byte[]>> listener, SubscribeOptions options) {
        this.node = node;
        this.listener = listener;
        this.options = options;
        this.current = subscribe();
    }

    private @Nullable Subscription subscribe() {
        try {
            return node.subscribe(ServiceDirectory.TOPIC, listener, options);
        } catch (AccessDeniedException denied) {
            LOG.debug("nothing is heard of services: {}", denied.getMessage());
            return null;
        }
    }

    /** From how many nodes something can come; 0 while it is not allowed. Subscribes again if it is allowed again. */
    synchronized int neighbours() {
        if (!isClosed && (current == null || current.closed().isDone())) {
            current = null;
            try {
                current = subscribe();
            } catch (NodeClosedException ending) {
                LOG.debug("nothing more is heard of services: the node closes");
            }
        }
        return current == null ? 0 : current.neighbours();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (current != null) {
            current.close();
        }
    }
}
