package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.DatagramSink.Rejection;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LinksTest {

    /** Without a protocol every input fails, as it would by a bug. */
    final Links links = new Links(
            new Turn(new ManualLoop(), () -> {}),
            new NoTransports(),
            List.of(),
            List.of(),
            Transports.Lan.NONE,
            new NoApplication(),
            topic -> {},
            new Computations("test", computation -> {}),
            null,
            new LogLimiter("test", () -> 0));

    @Test
    void a_packet_whose_handling_fails_disturbs_nobody() {
        Address from = Address.tcp("10.0.0.1", 9_999);

        assertThatCode(() -> links.onDatagram(from, new StatusRequest(1, "test"), 1_200))
                .doesNotThrowAnyException();
        assertThatCode(() -> links.onRejected(Rejection.MAGIC)).doesNotThrowAnyException();
    }

    private static final class NoTransports implements Transports {
        @Override
        public Listener listen(Address address) {
            throw new AssertionError("nobody listens");
        }

        @Override
        public Datagrams datagrams(Address address) {
            throw new AssertionError("there is no UDP");
        }

        @Override
        public Dial dial(Address address, Dialler dialler) {
            throw new AssertionError("nobody dials");
        }

        @Override
        public void close(Runnable done) {
            done.run();
        }
    }

    private static final class NoApplication implements Application {
        @Override
        public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
            throw new AssertionError("nothing comes");
        }

        @Override
        public void gap(Source source, long from, long to) {
            throw new AssertionError("nothing is missing");
        }

        @Override
        public void datagramReceived(NodeId from, ArrayPayload payload) {
            throw new AssertionError("nothing comes");
        }

        @Override
        public void emit(NodeEvent event) {
            throw new AssertionError("nothing happens");
        }
    }
}
