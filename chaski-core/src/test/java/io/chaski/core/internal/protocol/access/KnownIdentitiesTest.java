package io.chaski.core.internal.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Subject;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KnownIdentitiesTest {

    private static final Subject MILL = new Subject("chaski://plant-7.example/node/mill");

    private final KnownIdentities known = new KnownIdentities();

    private static NodeId id(int number) {
        return new NodeId(1, number);
    }

    @Test
    void forget_the_one_that_was_not_met_for_the_longest() {
        for (int i = 0; i < KnownIdentities.MAX; i++) {
            known.met(id(i), MILL);
        }
        known.met(id(0), MILL);
        known.met(id(KnownIdentities.MAX), MILL);

        assertThat(known.find(id(0))).isEqualTo(MILL);
        assertThat(known.find(id(1))).isNull();
    }

    @Test
    void say_nothing_of_whoever_has_proved_nothing() {
        known.met(id(0), Subject.ANONYMOUS);

        assertThat(known.find(id(0))).isNull();
    }
}
