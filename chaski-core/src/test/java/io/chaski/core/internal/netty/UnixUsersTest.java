package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Environment;
import io.chaski.core.NodeBuilder;
import io.chaski.core.StartFailedException;
import io.chaski.core.internal.module.OwnUser;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes at UNIX domain sockets, and the users of the machine. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UnixUsersTest {

    private static final int SOMEBODY_ELSE = 4_711;

    @TempDir
    Path directory;

    @RegisterExtension
    final LoggedLines log = new LoggedLines(NettyTransports.class, Level.WARN);

    private Path socket;

    /** What the real sockets have said of who came. */
    private final Queue<UserPrincipal> seen = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void needsUsers() throws IOException {
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

            awaitTurnedAway(mill, 1);
            assertThat(mill.edges()).isEmpty();
            assertThat(seen).as("that was us").containsExactly(realUsers().ourselves());
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no numbers of users")
    void a_process_that_really_is_somebody_elses_is_turned_away_and_one_of_who_was_named_is_not() throws Exception {
        assumeThat(OwnUser.number()).as("only root becomes somebody else").isZero();
        assumeThat(perl("use IO::Socket::UNIX;")).as("outcome of perl").isZero();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));

        try (ChaskiNode mill = node().unixUsers(SOMEBODY_ELSE).start()) {
            connectAs(SOMEBODY_ELSE + 1);
            awaitTurnedAway(mill, 1);

            connectAs(SOMEBODY_ELSE);
            connectAs(SOMEBODY_ELSE + 1);
            awaitTurnedAway(mill, 2); // who came between them was looked at before
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
        Environment silent = world(() -> null);

        assertThatThrownBy(() ->
                        node().environment(silent).unixUsers(SOMEBODY_ELSE).start())
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("leave unixUsers out");
        assertThat(socket).doesNotExist();
        assertThat(log.all()).isEmpty();

        try (ChaskiNode mill = node().environment(silent).start()) {
            assertThat(mode()).isEqualTo("rw-------");
            assertIsLetIn(mill);
        }
        assertThat(log.all())
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("node mill: this system does not say which user connects to unix:" + socket
                        + ": only the modes of the file and its folder keep others out");
    }

    @Test
    void a_system_that_cannot_be_asked_just_now_is_not_taken_for_one_that_does_not_say() {
        Environment failing = world(() -> {
            throw new IOException("too many open files");
        });

        assertThatThrownBy(() -> node().environment(failing).start())
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("too many open files");
        assertThat(socket).doesNotExist();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no such modes")
    void a_node_does_not_start_where_others_can_put_something_in_the_place_of_its_socket() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> node().start())
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("others can write to the folder of the socket unix:" + socket);
        assertThat(socket).doesNotExist();
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

    private static void awaitTurnedAway(ChaskiNode node, long number) {
        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(node.snapshot().counters()).containsEntry("accept.other-user", number));
    }

    private void connectAs(int user) throws Exception {
        assertThat(perl("use IO::Socket::UNIX; $> = " + user + "; $> == " + user + " or exit 9;"
                        + " IO::Socket::UNIX->new(Peer => '" + socket + "') or exit 8; exit 0;"))
                .isZero();
    }

    /** Its outcome, or -1 if it is not installed. */
    private static int perl(String program) throws InterruptedException {
        try {
            Process perl = new ProcessBuilder("perl", "-e", program).start();
            assertThat(perl.waitFor(Station.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return perl.exitValue();
        } catch (IOException notInstalled) {
            return -1;
        }
    }

    private static SocketUsers realUsers() throws IOException {
        return Objects.requireNonNull(Sockets.best().users());
    }

    /** The real world, but for who comes. */
    private Environment everybodyIs(int user) throws IOException {
        SocketUsers real = realUsers();
        return world(() -> new SocketUsers() {
            @Override
            public UserPrincipal numbered(int number) throws IOException {
                return real.numbered(number);
            }

            @Override
            public UserPrincipal ourselves() throws IOException {
                return real.ourselves();
            }

            @Override
            public UserPrincipal peer(Channel accepted) throws IOException {
                seen.add(real.peer(accepted));
                return real.numbered(user);
            }
        });
    }

    /** As a system may be. */
    private interface FoundUsers {
        @Nullable
        SocketUsers find() throws IOException;
    }

    private static Environment world(FoundUsers users) {
        Sockets sockets = new ForwardingSockets(Sockets.best()) {
            @Override
            public @Nullable SocketUsers users() throws IOException {
                return users.find();
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
