package io.chaski.core.internal.netty.tls;

import io.chaski.core.internal.netty.tls.TlsContext.ClientCertificate;
import io.chaski.core.security.Credentials;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import javax.net.ssl.SSLException;

/** One handshake within this process, with certificates on both sides and nobody else. */
final class SelfTest {

    /** Flights of a handshake are three; each round carries what there is in both directions. */
    private static final int ROUNDS = 16;

    private SelfTest() {}

    /**
     * Shakes hands with itself.
     *
     * @param engine to be tested
     * @param credentials of both sides
     * @throws SSLException if it fails
     * @throws io.netty.handler.codec.DecoderException if an engine has refused something on the way
     */
    static void run(TlsEngine engine, Credentials credentials) throws SSLException {
        TlsContext accepting = TlsContext.server(engine, credentials, TlsContext.EDGES, ClientCertificate.REQUIRED);
        TlsContext dialling = TlsContext.client(engine, credentials, TlsContext.EDGES);
        EmbeddedChannel server = new EmbeddedChannel();
        EmbeddedChannel client = new EmbeddedChannel();
        try {
            SslHandler serverSide = accepting.newHandler(server.alloc(), Runnable::run);
            SslHandler clientSide = dialling.newHandler(client.alloc(), Runnable::run);
            server.pipeline().addLast(serverSide);
            client.pipeline().addLast(clientSide);
            for (int round = 0; round < ROUNDS; round++) {
                pass(client, server);
                pass(server, client);
            }
            check(accepting, serverSide, credentials);
            check(dialling, clientSide, credentials);
        } finally {
            client.finishAndReleaseAll();
            server.finishAndReleaseAll();
        }
    }

    private static void pass(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            to.writeInbound(bytes);
        }
        to.runPendingTasks();
    }

    private static void check(TlsContext context, SslHandler side, Credentials credentials) throws SSLException {
        boolean isComplete = side.handshakeFuture().isSuccess()
                && context.hasAgreed(side)
                && TlsContext.peerChain(side).equals(List.copyOf(credentials.chain()));
        if (!isComplete) {
            throw new SSLException(
                    "a handshake with itself did not succeed",
                    side.handshakeFuture().cause());
        }
    }
}
