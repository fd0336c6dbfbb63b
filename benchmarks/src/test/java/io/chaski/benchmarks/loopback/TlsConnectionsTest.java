package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.TrustMode;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends in one process. */
class TlsConnectionsTest {

    static final Order ORDER = Order.numbered(7);

    static Identities identities;
    static Identities strangers;

    @BeforeAll
    static void makeIdentities(@TempDir Path directory) throws Exception {
        identities = Identities.make(directory);
        strangers = Identities.make(Files.createDirectory(directory.resolve("strangers")));
    }

    private static CompletableFuture<Invoice> buy(Identities trustedByServer, Identities trustedByClient)
            throws Exception {
        TlsConnections contestant = new TlsConnections(
                TlsEngine.JDK,
                TrustMode.external(identities.credentials(Identities.SERVER), Set.of(trustedByServer.root())),
                TrustMode.external(identities.credentials(Identities.CLIENT), Set.of(trustedByClient.root())));
        try (CallContestant.Served served = contestant.serve();
                Caller caller = contestant.dial(served.address())) {
            return caller.buyLater(ORDER);
        }
    }

    @Test
    void a_call_is_answered_when_both_believe_each_other() throws Exception {
        assertThat(buy(identities, identities)).isCompletedWithValue(ORDER.invoice());
    }

    @Test
    void a_call_of_a_client_that_the_server_does_not_believe_has_no_answer() throws Exception {
        assertThat(buy(strangers, identities))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withRootCauseInstanceOf(ClosedChannelException.class); // cut off, after the handshake
    }

    @Test
    void a_call_to_a_server_that_the_client_does_not_believe_has_no_answer() throws Exception {
        assertThat(buy(identities, strangers))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        CertificateRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(CertificateProblem.UNTRUSTED));
    }

    @Test
    void who_dials_is_told_when_the_handshake_fails() throws Exception {
        NettyWire wire = NettyWire.secured(TlsEngine.JDK, identities);
        EventLoop loop = wire.loop("caller");
        try (Contestant.Listening closing = NettyWire.NIO.listen(Closing::new)) {
            String address = closing.address();
            assertThatThrownBy(() -> wire.dial(loop, address))
                    .isInstanceOf(SSLException.class)
                    .hasMessage("no handshake with " + address);
        } finally {
            NettyWire.end(loop);
        }
    }

    /** Closes each connection. */
    private static final class Closing extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            ChannelFuture unused = context.close();
        }
    }
}
