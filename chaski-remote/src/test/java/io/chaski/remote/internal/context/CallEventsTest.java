package io.chaski.remote.internal.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.CallEvent;
import io.chaski.remote.CallEvent.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class CallEventsTest {

    private static final NodeId PEER = new NodeId(0, 1);

    private final CallEvents events = new CallEvents(Runnable::run);

    /** Takes as many as it was told to. */
    private static final class Listener implements Flow.Subscriber<CallEvent> {
        final List<CallEvent> heard = new ArrayList<>();
        private final long demand;
        boolean isComplete;

        Listener(long demand) {
            this.demand = demand;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(demand);
        }

        @Override
        public void onNext(CallEvent event) {
            heard.add(event);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {
            isComplete = true;
        }
    }

    @Test
    void a_call_is_counted_once_and_told() {
        CallEvents.Call before = events.begin(Side.CALLING, "s", "m", null);
        Listener listener = new Listener(Long.MAX_VALUE);
        events.publisher().subscribe(listener);
        CallEvents.Call call = events.begin(Side.SERVING, "s", "n", PEER);
        assertThat(events.underWay(Side.CALLING)).isEqualTo(1);
        before.end(PEER, "TIMEOUT");
        before.end(PEER, "OK");
        call.end(PEER, "OK");
        events.close();
        events.begin(Side.CALLING, "s", "m", null).end(null, "OK");

        assertThat(listener.heard).hasSize(3);
        assertThat(listener.heard.get(1)).isInstanceOfSatisfying(CallEvent.Ended.class, ended -> {
            assertThat(ended.method()).isEqualTo("m");
            assertThat(ended.outcome()).isEqualTo("TIMEOUT");
            assertThat(ended.peer()).contains(PEER);
            assertThat(ended.duration()).isPositive();
        });
        assertThat(listener.isComplete).isTrue();
        assertThat(events.ended(Side.CALLING)).isEqualTo(Map.of("TIMEOUT", 1L, "OK", 1L));
        assertThat(events.ended(Side.SERVING)).isEqualTo(Map.of("OK", 1L));
        assertThat(events.underWay(Side.CALLING)).isZero();
    }

    @Test
    void a_listener_that_takes_nothing_misses_events_and_holds_nobody_up() {
        Listener stuck = new Listener(0);
        Listener quick = new Listener(Long.MAX_VALUE);
        events.publisher().subscribe(new NeverAsking(stuck));
        events.publisher().subscribe(quick);
        for (int i = 0; i < CallEvents.MAX_UNHEARD; i++) {
            events.begin(Side.CALLING, "s", "m", null).end(null, "OK");
        }
        assertThat(quick.heard).hasSize(2 * CallEvents.MAX_UNHEARD);
        assertThat(events.dropped()).isEqualTo(CallEvents.MAX_UNHEARD);
        assertThat(stuck.heard).isEmpty();
    }

    /** Subscribes and asks for nothing. */
    private record NeverAsking(Listener listener) implements Flow.Subscriber<CallEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            // asks for nothing
        }

        @Override
        public void onNext(CallEvent event) {
            listener.onNext(event);
        }

        @Override
        public void onError(Throwable failure) {
            listener.onError(failure);
        }

        @Override
        public void onComplete() {
            listener.onComplete();
        }
    }
}
