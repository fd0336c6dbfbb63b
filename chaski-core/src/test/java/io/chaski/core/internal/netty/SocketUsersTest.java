package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chaski.core.internal.module.OwnUser;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What sockets say of users; with those of the JDK and with epoll. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SocketUsersTest {

    private SocketUsers users;

    @BeforeEach
    void needsUsers() throws IOException {
        assumeThat(Sockets.best().users()).as("users of UNIX sockets").isNotNull();
        users = Objects.requireNonNull(Sockets.best().users());
    }

    @Test
    void we_are_the_user_of_our_number_and_nobody_else() throws IOException {
        int us = OwnUser.number();

        assertThat(users.ourselves()).isEqualTo(users.numbered(us)).isNotEqualTo(users.numbered(us + 1));
    }

    @Test
    void nobody_at_the_other_end_is_not_us() throws IOException {
        Channel unconnected = Sockets.best().unix().newChannel();
        try {
            assertThat(users.peer(unconnected)).isNotEqualTo(users.ourselves());
        } catch (IOException unknown) {
            assertThat(unknown).hasMessageNotContaining("null");
        } finally {
            unconnected.unsafe().closeForcibly();
        }
    }

    @Test
    void a_connection_that_is_gone_is_an_io_failure() {
        Channel gone = Sockets.best().unix().newChannel();
        gone.unsafe().closeForcibly();

        assertThatThrownBy(() -> users.peer(gone)).isInstanceOf(IOException.class);
    }
}
