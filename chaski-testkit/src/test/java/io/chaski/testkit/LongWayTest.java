package io.chaski.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Streams between nodes that are far from each other. Here, because in virtual time a rate is exact. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LongWayTest {

    private static final Duration ONE_WAY = ofMillis(50);
    private static final Duration ROUND_TRIP = ONE_WAY.multipliedBy(2);
    private static final int PIECE = 32 << 10;
    private static final int PIECES = 1_024;

    private final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes("a", "b").topology(Layout.LINE).start();
    private final ChaskiNode a = net.node("a");
    private final ChaskiNode b = net.node("b");

    @AfterEach
    void close() {
        net.close();
    }

    /** Sends as much as it may. */
    private static final class Sender implements StreamListener {
        private int left = PIECES;

        @Override
        public void onMessage(Stream stream, byte[] message) {}

        @Override
        public void onWritable(Stream stream) {
            while (left > 0 && stream.offer(new byte[PIECE])) {
                left--;
            }
            if (left == 0) {
                stream.end();
            }
        }
    }

    /** How long 32 MiB take to a listener with these options. */
    private Duration timeWith(StreamOptions options) {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        b.streams().serve("bulk", options, stream -> new StreamListener() {
            @Override
            public void onMessage(Stream same, byte[] message) {}

            @Override
            public void onEnd(Stream same) {
                arrived.complete(null);
            }
        });
        net.link("a", "b").latency(ONE_WAY);
        net.link("b", "a").latency(ONE_WAY);
        net.advance(ofSeconds(10)); // the way is measured again every four
        Duration began = net.now();
        Sender sender = new Sender();
        Stream stream = net.await(a.streams().open(b.id(), "bulk", StreamOptions.DEFAULTS, sender), ofSeconds(10));
        sender.onWritable(stream);
        net.await(arrived, ofMinutes(5));
        return net.now().minus(began);
    }

    @Test
    void take_no_more_than_their_window_per_round_trip_if_it_may_not_grow() {
        Duration time = timeWith(StreamOptions.builder()
                .maxWindowBytes(StreamOptions.MIN_WINDOW_BYTES)
                .build());
        long windows = PIECES * (long) PIECE / StreamOptions.MIN_WINDOW_BYTES;
        assertThat(time).isGreaterThan(ROUND_TRIP.multipliedBy(windows - 1));
    }

    @Test
    void let_their_window_grow_until_the_way_is_full() {
        assertThat(timeWith(StreamOptions.DEFAULTS)).isLessThan(ofSeconds(2));
    }
}
