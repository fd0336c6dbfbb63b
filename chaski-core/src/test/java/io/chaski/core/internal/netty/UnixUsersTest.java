package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Environment;
import io.chaski.core.NodeBuilder;
import io.chaski.core.StartFailedException;
import io.chaski.core.internal.runtime.TransportLimits;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Nodes at UNIX domain sockets, and the users of the machine. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UnixUsersTest {

    private static final int SOMEBODY_ELSE = 4_711;

    @TempDir
    Path directory;

    private Path socket;

    @BeforeEach
    void needsUsers() {
        assumeThat(Sockets.best().users()).as("users of UNIX sockets").isNotNull();
        socket = directory.resolve("mill");
    }

    @Test
    void the_socket_file_is_its_owners_alone_and_its_owner_gets_in() throws Exception {
        try (ChaskiNode mill = node().start()) {
            assertThat(mode()).isEqualTo("rw-------");
            assertIsLetIn(mill);
        }
    }

    @Test
    void with_other_users_everybody_can_open_the_file_and_its_owner_gets_in() throws Exception {
        try (ChaskiNode mill = node().unixUsers(SOMEBODY_ELSE).start()) {
            assertThat(mode()).isEqualTo("rw-rw-rw-");
            assertIsLetIn(mill);
        }
    }

    @Test
    void somebody_else_is_turned_away_before_the_node_hears_of_a_connection() throws Exception {
        try (ChaskiNode mill = node().environment(everybodyIs(SOMEBODY_ELSE)).start();
                SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertThat(isClosed(connection)).isTrue();

            await().atMost(Station.PATIENCE)
                    .untilAsserted(() -> assertThat(mill.snapshot().counters()).containsEntry("accept.other-user", 1L));
            assertThat(mill.edges()).isEmpty();
        }
    }

    @Test
    void somebody_else_who_was_named_gets_in() throws Exception {
        try (ChaskiNode mill = node().environment(everybodyIs(SOMEBODY_ELSE))
                .unixUsers(SOMEBODY_ELSE)
                .start()) {
            assertIsLetIn(mill);
        }
    }

    @Test
    void a_system_that_does_not_say_who_connects_cannot_tell_users_apart() throws Exception {
        Environment silent = world(null);

        assertThatThrownBy(() ->
                        node().environment(silent).unixUsers(SOMEBODY_ELSE).start())
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("leave unixUsers out");
        assertThat(socket).doesNotExist();

        try (ChaskiNode mill = node().environment(silent).start()) {
            assertThat(mode()).isEqualTo("rw-------");
            assertIsLetIn(mill);
        }
    }

    private NodeBuilder node() {
        return ChaskiNode.builder().name("mill").listen("unix:" + socket);
    }

    private String mode() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(socket));
    }

    private void assertIsLetIn(ChaskiNode mill) throws Exception {
        try (ChaskiNode visitor = ChaskiNode.builder().listenNowhere().start()) {
            assertThat(visitor.connect(mill.addresses().get(0))
                            .get(Station.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .peer())
                    .isEqualTo(mill.id());
        }
        assertThat(mill.snapshot().counters()).doesNotContainKey("accept.other-user");
    }

    /** Waits for the end. */
    private static boolean isClosed(SocketChannel connection) {
        try {
            return connection.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    /** The real world, but for who comes. */
    private static Environment everybodyIs(int user) {
        SocketUsers real = Objects.requireNonNull(Sockets.best().users());
        return world(new SocketUsers() {
            @Override
            public UserPrincipal numbered(int number) throws IOException {
                return real.numbered(number);
            }

            @Override
            public UserPrincipal owner(Path socketFile) throws IOException {
                return real.owner(socketFile);
            }

            @Override
            public UserPrincipal peer(Channel accepted) throws IOException {
                assertThat(real.peer(accepted))
                        .as("that is us")
                        .isEqualTo(real.owner(
                                Path.of(accepted.parent().localAddress().toString())));
                return real.numbered(user);
            }
        });
    }

    private static Environment world(@Nullable SocketUsers users) {
        Sockets sockets = new ForwardingSockets(Sockets.best()) {
            @Override
            public @Nullable SocketUsers users() {
                return users;
            }
        };
        return new ForwardingEnvironment() {
            @Override
            public Host open(String nodeName, TransportLimits limits) {
                NettyLoop loop = new NettyLoop(nodeName, sockets);
                return new Host(loop, new NettyTransports(nodeName, loop, sockets, limits, null));
            }
        };
    }
}
