package io.chaski.ca.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.internal.authority.RemoteHost;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConnectionLimitsTest {

    private static final RemoteHost HOST = new RemoteHost("10.0.0.7", true);
    private static final RemoteHost OTHER = new RemoteHost("10.0.0.8", true);
    private static final long SECOND = 1_000_000_000L;

    private final ConnectionLimits limits = new ConnectionLimits(new ServerLimits(4, 2, 3, Duration.ofSeconds(10)));

    private boolean admitShaken(RemoteHost host, long nowNanos) {
        boolean isIn = limits.admit(host, nowNanos);
        if (isIn) {
            limits.shaken();
        }
        return isIn;
    }

    @Test
    void a_host_has_so_many_at_a_time() {
        assertThat(admitShaken(HOST, 0)).isTrue();
        assertThat(admitShaken(HOST, 0)).isTrue();
        assertThat(admitShaken(HOST, 0)).isFalse();
        assertThat(admitShaken(OTHER, 0)).isTrue();

        limits.release(HOST);
        assertThat(admitShaken(HOST, 0)).isTrue();
    }

    @Test
    void all_have_so_many_together() {
        for (int i = 0; i < 4; i++) {
            assertThat(admitShaken(RemoteHost.LOCAL, 0)).isTrue();
        }
        assertThat(admitShaken(OTHER, 0)).isFalse();
        assertThat(limits.connections()).isEqualTo(4);

        limits.release(RemoteHost.LOCAL);
        assertThat(admitShaken(OTHER, 0)).isTrue();
    }

    @Test
    void so_many_handshakes_are_under_way() {
        for (int i = 0; i < 3; i++) {
            assertThat(limits.admit(RemoteHost.LOCAL, 0)).isTrue();
        }
        assertThat(limits.admit(RemoteHost.LOCAL, 0)).isFalse();

        limits.shaken();
        assertThat(limits.admit(RemoteHost.LOCAL, 0)).isTrue();
    }

    @Test
    void a_host_may_come_20_times_a_second_in_the_long_run() {
        int admitted = 0;
        for (long now = 0; now < 10 * SECOND; now += SECOND / 1_000) {
            if (admitShaken(HOST, now)) {
                admitted++;
                limits.release(HOST);
            }
        }
        assertThat(admitted).isBetween(235, 241);
    }

    @Test
    void all_together_may_come_200_times_a_second_in_the_long_run() {
        int admitted = 0;
        for (long now = 0; now < 10 * SECOND; now += SECOND / 1_000) {
            if (admitShaken(RemoteHost.LOCAL, now)) {
                admitted++;
                limits.release(RemoteHost.LOCAL);
            }
        }
        assertThat(admitted).isBetween(2_190, 2_201);
    }
}
