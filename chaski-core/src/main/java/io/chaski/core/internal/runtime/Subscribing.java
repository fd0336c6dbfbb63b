package io.chaski.core.internal.runtime;

import io.chaski.core.Dispatch;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.security.policy.Action;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes subscriptions, for the application and for modules, if this node may have them. Thread-safe. */
final class Subscribing {

    private final LocalTopics topics;
    private final SubscriptionContext context;
    private final LiveSecurity security;
    private final LiveAccess access;

    Subscribing(LocalTopics topics, SubscriptionContext context, LiveSecurity security, LiveAccess access) {
        this.topics = topics;
        this.context = context;
        this.security = security;
        this.access = access;
    }

    SubscriptionContext context() {
        return context;
    }

    /** See {@link io.chaski.core.ChaskiNode#subscribe(Topic, Consumer, SubscribeOptions)}. */
    <T extends @Nullable Object> PushedSubscription<T> push(
            Topic<T> topic, Consumer<? super Message<T>> handler, SubscribeOptions options) {
        return join(topic, home -> new PushedSubscription<>(topic, handler, options, home, context));
    }

    /** See {@link io.chaski.core.ChaskiNode#pull(Topic, SubscribeOptions)}. */
    <T extends @Nullable Object> WaitingSubscription<T> pull(Topic<T> topic, SubscribeOptions options) {
        return pull(topic, Decoding.of(topic, context), options);
    }

    /** See {@link io.chaski.core.internal.module.ModuleMessages#pull}. */
    WaitingSubscription<byte[]> pullAsTheyTravel(Topic<?> topic, SubscribeOptions options) {
        return pull(topic, Decoding.asTheyTravel(topic.name(), context), options);
    }

    private <T extends @Nullable Object> WaitingSubscription<T> pull(
            Topic<?> topic, Decoding<T> decoding, SubscribeOptions options) {
        if (options.dispatch() == Dispatch.INLINE) {
            throw new IllegalArgumentException("whoever takes messages does so on a thread of its own, not INLINE");
        }
        return join(topic, home -> new WaitingSubscription<>(topic, decoding, options, home, context));
    }

    private <S extends ActiveSubscription<?>> S join(Topic<?> topic, Function<LocalTopic, S> maker) {
        security.requireFor(topic);
        access.require(Action.SUBSCRIBE, topic.name());
        S subscription = topics.register(topic.name(), maker);
        if (!subscription.join()) {
            subscription.close();
            throw new NodeClosedException(context.nodeName());
        }
        return subscription;
    }
}
