package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.netty.tls.RecordBudget;
import io.chaski.core.internal.netty.tls.TlsContext;
import io.chaski.core.internal.netty.tls.TlsContext.ClientCertificate;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.chaski.core.security.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the library relies on at an engine, with all that are on the class path. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TlsEnginesIT {

    private static final int RECORDS = 1_000;

    private final TlsNodes nodes = new TlsNodes();
    private final EmbeddedChannel client = new EmbeddedChannel();
    private final EmbeddedChannel server = new EmbeddedChannel();

    static Stream<TlsEngine> engines() {
        if ("native".equals(System.getProperty("chaski.test.tls"))) {
            OpenSsl.ensureAvailability(); // or nobody would notice that everything ran with the JDK once more
        }
        return OpenSsl.isAvailable() ? Stream.of(TlsEngine.values()) : Stream.of(TlsEngine.JDK);
    }

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
        nodes.close();
    }

    private void connect(TlsEngine engine) throws SSLException {
        Credentials credentials = nodes.credentials("mill");
        TlsContext accepting = TlsContext.server(engine, credentials, TlsContext.EDGES, ClientCertificate.REQUIRED);
        TlsContext dialling = TlsContext.client(engine, credentials, TlsContext.EDGES);
        RecordBudget budget = new RecordBudget();
        SslHandler accepted = accepting.newHandler(server.alloc(), Runnable::run);
        server.pipeline().addLast(budget, accepted, budget.outlet());
        client.pipeline().addLast(dialling.newHandler(client.alloc(), Runnable::run));
        for (int round = 0; round < 4; round++) {
            server.writeInbound(sentBy(client));
            client.writeInbound(sentBy(server));
        }
        assertThat(accepted.handshakeFuture().isSuccess()).isTrue();
    }

    /** All that waits to go out, in one buffer. */
    private static ByteBuf sentBy(EmbeddedChannel channel) {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
            all.writeBytes(each);
            each.release();
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("engines")
    void records_that_come_in_one_read_are_handed_on_one_by_one(TlsEngine engine) throws SSLException {
        connect(engine);
        ByteBuf records = Unpooled.buffer();
        for (int i = 0; i < RECORDS; i++) {
            client.writeOutbound(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
            ByteBuf record = sentBy(client);
            records.writeBytes(record);
            record.release();
        }

        server.writeInbound(records);

        assertThat(server.inboundMessages()).hasSize(RECORDS);
    }
}
