package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.chaski.core.Address;
import io.chaski.core.internal.runtime.LogLimiter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.attribute.UserPrincipal;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is let in by a UNIX domain socket. That real sockets tell who comes is shown by {@link UnixUsersTest}. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UserCheckTest {

    private static final int FRIEND = 1_001;
    private static final int STRANGER = 65_534;

    @RegisterExtension
    final LoggedLines log = new LoggedLines(UserCheck.class, Level.WARN);

    private final UserMachine machine = new UserMachine();
    private final AtomicInteger turnedAway = new AtomicInteger();

    @Test
    void the_user_of_the_node_and_root_get_in() throws IOException {
        EmbeddedChannel socket = socket(Set.of());

        assertThat(isLetIn(socket, UserMachine.OWNER)).isTrue();
        assertThat(isLetIn(socket, UserMachine.ROOT)).isTrue();

        assertThat(turnedAway).hasValue(0);
        assertThat(log.all()).isEmpty();
    }

    @Test
    void another_user_is_turned_away_counted_and_named() throws IOException {
        EmbeddedChannel socket = socket(Set.of());

        assertThat(isLetIn(socket, STRANGER)).isFalse();
        assertThat(isLetIn(socket, FRIEND)).isFalse();
        assertThat(isLetIn(socket, STRANGER)).isFalse();

        assertThat(turnedAway).hasValue(3);
        assertThat(log.all())
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "node mill: a process of user 65534 may not connect to unix:/run/mill",
                        "node mill: a process of user 1001 may not connect to unix:/run/mill");
    }

    @Test
    void another_user_who_was_named_gets_in_and_the_next_one_does_not() throws IOException {
        EmbeddedChannel socket = socket(Set.of(FRIEND));

        assertThat(isLetIn(socket, FRIEND)).isTrue();
        assertThat(isLetIn(socket, UserMachine.OWNER)).isTrue();
        assertThat(isLetIn(socket, STRANGER)).isFalse();
    }

    @Test
    void somebody_of_whom_the_system_does_not_say_who_it_is_is_turned_away() throws IOException {
        EmbeddedChannel socket = socket(Set.of());
        EmbeddedChannel unknown = new EmbeddedChannel();

        assertThat(isLetIn(socket, unknown)).isFalse();

        assertThat(turnedAway).hasValue(1);
        assertThat(log.all())
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "node mill: a process of an unknown user (not connected) may not connect to unix:/run/mill");
    }

    @Test
    void somebody_is_turned_away_whatever_goes_wrong_with_the_question() throws IOException {
        EmbeddedChannel socket = socket(
                new SocketUsers() {
                    @Override
                    public UserPrincipal numbered(int number) {
                        return machine.numbered(number);
                    }

                    @Override
                    public UserPrincipal ourselves() {
                        return machine.ourselves();
                    }

                    @Override
                    public UserPrincipal peer(Channel accepted) {
                        throw new ChannelException("no memory");
                    }
                },
                Set.of());

        assertThat(isLetIn(socket, new EmbeddedChannel())).isFalse();

        socket.checkException();
        assertThat(turnedAway).hasValue(1);
        assertThat(log.all()).singleElement().asString().contains("an unknown user (no memory)");
    }

    private EmbeddedChannel socket(Set<Integer> others) throws IOException {
        return socket(machine, others);
    }

    private EmbeddedChannel socket(SocketUsers users, Set<Integer> others) throws IOException {
        return new EmbeddedChannel(new UserCheck(
                Address.unix("/run/mill"),
                users,
                AdmittedUsers.of(users, others, OptionalInt.empty()),
                new LogLimiter("mill", () -> 0),
                turnedAway::incrementAndGet));
    }

    private boolean isLetIn(EmbeddedChannel socket, int user) {
        EmbeddedChannel connection = new EmbeddedChannel();
        machine.connect(connection, user);
        return isLetIn(socket, connection);
    }

    /** Either it goes on to who accepts, and is open, or it is closed, and goes nowhere. */
    private static boolean isLetIn(EmbeddedChannel socket, EmbeddedChannel connection) {
        socket.writeInbound(connection);
        Object accepted = socket.readInbound();
        assertThat(accepted).isEqualTo(connection.isOpen() ? connection : null);
        connection.finishAndReleaseAll();
        return accepted != null;
    }
}
