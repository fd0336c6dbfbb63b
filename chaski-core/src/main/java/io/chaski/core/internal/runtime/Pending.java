package io.chaski.core.internal.runtime;

import io.chaski.core.ChaskiException;
import io.chaski.core.NodeClosedException;
import io.chaski.core.internal.protocol.NodeProtocol;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests to the loop whose answers come later, as futures for the application. Each completes exactly once, on the
 * callback executor; those that are open when the node closes fail. Thread-safe.
 */
final class Pending {

    private final String nodeName;
    private final NodeLoop loop;
    private final Callbacks callbacks;

    /** Not bounded here: each is a request the application made, and the protocol ends each by a deadline. */
    private final Set<Answer<?>> open = ConcurrentHashMap.newKeySet();

    Pending(String nodeName, NodeLoop loop, Callbacks callbacks) {
        this.nodeName = nodeName;
        this.loop = loop;
        this.callbacks = callbacks;
    }

    /**
     * Puts a question on the loop.
     *
     * @param <V> type of the answer
     */
    @FunctionalInterface
    interface Question<V> {
        /**
         * Runs on the loop.
         *
         * @param protocol the node's protocol
         * @param nowNanos the time
         * @param answer to be given now or later
         */
        void ask(NodeProtocol protocol, long nowNanos, Answer<V> answer);
    }

    /**
     * Where the protocol's answer goes. The first one counts.
     *
     * @param <V> type of the answer
     */
    final class Answer<V> {
        private final CompletableFuture<V> future;

        private Answer(CompletableFuture<V> future) {
            this.future = future;
        }

        private void onEnded() {
            open.remove(this);
        }

        void succeed(V value) {
            callbacks.complete(future, value);
        }

        void fail(ChaskiException failure) {
            callbacks.fail(future, failure);
        }
    }

    /**
     * Asks.
     *
     * @param question runs on the loop, soon
     * @throws NodeClosedException if the node is closed
     */
    <V> CompletableFuture<V> ask(Question<V> question) {
        Answer<V> answer = new Answer<>(loop.newFuture());
        open.add(answer);
        boolean isAsked = false;
        try {
            isAsked = loop.execute((protocol, nowNanos) -> {
                try {
                    question.ask(protocol, nowNanos, answer);
                } catch (RuntimeException | Error bug) {
                    callbacks.fail(answer.future, bug);
                    throw bug; // the loop logs it, whoever asked hears it as well
                }
            });
        } finally {
            if (!isAsked) {
                open.remove(answer);
            }
        }
        if (!isAsked) {
            throw new NodeClosedException(nodeName);
        }
        return answer.future.whenComplete((value, failure) -> answer.onEnded());
    }

    /** Fails what is open: the loop has ended and answers nothing any more. */
    void close() {
        for (Answer<?> answer : open) {
            answer.fail(new NodeClosedException(nodeName));
        }
    }
}
