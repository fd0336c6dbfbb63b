package io.chaski.core.internal.module;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** That it reads what the system has is shown where it is used. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UnixFileTest {

    private static final int US = 1_000;
    private static final int SOMEBODY = 4_711;

    @Test
    void is_good_if_it_is_ours_or_roots() {
        assertThat(new UnixFile(US, 0600).isOwnedBy(US)).isTrue();
        assertThat(new UnixFile(0, 0600).isOwnedBy(US)).isTrue();
        assertThat(new UnixFile(SOMEBODY, 0600).isOwnedBy(US)).isFalse();
        assertThat(new UnixFile(SOMEBODY, 0600).isOwnedBy(0)).isFalse();
    }

    @Test
    void is_a_socket_by_its_kind_alone() {
        assertThat(new UnixFile(US, 0140755).isSocket()).isTrue();
        assertThat(new UnixFile(US, 0100755).isSocket()).as("file").isFalse();
        assertThat(new UnixFile(US, 0010755).isSocket()).as("pipe").isFalse();
        assertThat(new UnixFile(US, 0060755).isSocket()).as("device").isFalse();
        assertThat(new UnixFile(US, 0120755).isSocket()).as("link").isFalse();
    }
}
