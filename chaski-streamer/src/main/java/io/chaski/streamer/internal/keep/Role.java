package io.chaski.streamer.internal.keep;

import io.chaski.core.security.policy.Action;
import java.util.Locale;
import java.util.Optional;

/** What a stream to a keeper is for. The opener says so in a header. */
enum Role {
    /** Hears what is kept of its messages, and brings what is not. */
    PUBLISH(Action.PUBLISH),
    /** Another keeper, which wants what it lacks and goes. */
    PULL(Action.DURABLE_CREATE),
    /** A subscriber, which wants all behind its cursors in sequence, now and later. */
    FOLLOW(Action.DURABLE_CONSUME),
    /** Wants a page of the history. */
    HISTORY(Action.DURABLE_CONSUME);

    private final Action right;

    Role(Action right) {
        this.right = right;
    }

    /** What the opener must be allowed on the topic. */
    Action right() {
        return right;
    }

    /** As the header has it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> of(String text) {
        for (Role role : values()) {
            if (role.text().equals(text)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
