package io.chaski.benchmarks.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ends in one process. */
class CallContestantTest {

    static Stream<CallContestant> contestants() {
        return Stream.of(
                new ChaskiCalls(), new GrpcCalls(GrpcWire.PLAIN), new RmiCalls(), new RSocketCalls(RSocketWire.PLAIN));
    }

    @ParameterizedTest
    @MethodSource("contestants")
    void calls_are_answered_with_what_belongs_to_them(CallContestant contestant) throws Exception {
        try (CallContestant.Served served = contestant.serve();
                Caller caller = contestant.dial(served.address())) {
            Order first = Order.numbered(7);
            Order second = Order.numbered(1_234_567_890_123L);

            assertThat(caller.buy(first)).isEqualTo(first.invoice());
            assertThat(caller.buyLater(second).get(50, TimeUnit.SECONDS)).isEqualTo(second.invoice());
        }
    }

    @Test
    void what_is_encoded_by_hand_is_the_same_again() {
        Order order = Order.numbered(42);
        assertThat(ShopBytes.order(ByteBuffer.wrap(ShopBytes.of(order)))).isEqualTo(order);
        assertThat(ShopBytes.invoice(ByteBuffer.wrap(ShopBytes.of(order.invoice()))))
                .isEqualTo(order.invoice());
    }
}
