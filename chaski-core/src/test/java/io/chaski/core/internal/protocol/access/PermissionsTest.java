package io.chaski.core.internal.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.security.policy.AccessPolicy;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.Subject;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What the protocol remembers of what it has asked. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PermissionsTest {

    private static final Subject MILL = new Subject("chaski://plant-7.example/node/mill");
    private static final long RETRY_NANOS = AccessRules.APPLICATION_RETRY.toNanos();

    private long nowNanos;
    private int asked;
    private boolean isBroken;

    private final Timers timers = new Timers();
    private final Permissions permissions = new Permissions(new Counters(), timers, () -> nowNanos, this::review);

    private void review(AccessRules rules) {
        permissions.set(rules);
    }

    private void ask(AccessPolicy application) {
        permissions.set(AccessRules.of(Policy.members())
                .restrictedBy(
                        (subject, action, object) -> {
                            asked++;
                            return application.permits(subject, action, object);
                        },
                        () -> nowNanos,
                        (decision, thrown) -> {}));
    }

    private void advance(long nanos) {
        nowNanos += nanos;
        timers.fireDue(nowNanos);
    }

    private boolean mayPublish() {
        return permissions.may(MILL, Action.PUBLISH, "speed");
    }

    @Test
    void an_application_is_asked_once_for_what_it_answers() {
        ask((subject, action, object) -> false);
        assertThat(mayPublish()).isFalse();

        advance(10 * RETRY_NANOS);

        assertThat(mayPublish()).isFalse();
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void an_application_that_has_failed_is_asked_again_after_a_while() {
        ask((subject, action, object) -> {
            if (isBroken) {
                throw new IllegalStateException("no table");
            }
            return true;
        });
        isBroken = true;
        assertThat(mayPublish()).isFalse();
        isBroken = false;

        advance(RETRY_NANOS - 1);
        assertThat(mayPublish()).isFalse();
        assertThat(asked).isEqualTo(1);

        advance(1);
        assertThat(mayPublish()).isTrue();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void an_application_that_was_slow_is_asked_again_after_a_while() {
        ask((subject, action, object) -> {
            nowNanos += asked == 1 ? 2 * AccessRules.MAX_APPLICATION_TIME.toNanos() : 0;
            return true;
        });
        assertThat(mayPublish()).isFalse();

        advance(RETRY_NANOS);

        assertThat(mayPublish()).isTrue();
    }

    @Test
    void an_application_that_is_always_slow_is_asked_ever_less() {
        long slow = 10 * AccessRules.MAX_APPLICATION_TIME.toNanos();
        ask((subject, action, object) -> {
            nowNanos += slow;
            return true;
        });
        for (int second = 0; second < 600; second++) {
            mayPublish();
            advance(RETRY_NANOS);
        }

        assertThat(asked).isBetween(10, 17); // after 1, 2, 4, 8, 16, 32 s, and then once a minute
    }
}
