package io.chaski.core.internal.module;

import io.chaski.core.internal.wire.TopicNames;

/**
 * The name of a topic that belongs to the library, such as {@code $services}. Only its modules can make one, so an
 * application does not publish there by accident; nothing keeps a peer from it, so what is heard there is judged like
 * everything else that peers say. Immutable.
 *
 * @param text the name, which begins with {@code $} or {@code @} and otherwise follows the rules of all topics
 */
public record ReservedName(String text) {

    /** Checks the name. */
    public ReservedName {
        if (!TopicNames.isReserved(TopicNames.check(text))) {
            throw new IllegalArgumentException("a reserved name begins with '$' or '@': " + text);
        }
    }
}
