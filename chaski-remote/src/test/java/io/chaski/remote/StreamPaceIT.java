package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** whoever reads slowly slows the producer, in each direction and in both; items that are ahead of the reader are counted. */
class StreamPaceIT {

    /** What the windows of both sides hold of the smallest items, and what is on its way between them. */
    private static final int WINDOWS = 2 * (256 << 10) / 64 + 16;

    /** More than the windows hold. */
    private static final int SOME = 12_000;

    /** More than the windows there and back hold. */
    private static final int SOME_BOTH_WAYS = 18_000;

    private static final int MILLION = 1_000_000;

    /** A million of frames on a busy machine. */
    private static final long MINUTES = 10;

    private static final int PORTION = 1_000;

    interface Pace {
        Flow.Publisher<Integer> numbers(int count);

        CompletableFuture<Integer> read(Flow.Publisher<Integer> numbers, int count);

        Flow.Publisher<Integer> same(Flow.Publisher<Integer> numbers);
    }

    private static final class RealPace implements Pace {
        volatile Numbers produced;

        /** What the caller produces for {@link #read}: both are in one process. */
        volatile Numbers given;

        @Override
        public Flow.Publisher<Integer> numbers(int count) {
            produced = new Numbers(count);
            return produced;
        }

        @Override
        public CompletableFuture<Integer> read(Flow.Publisher<Integer> numbers, int count) {
            Taker<Integer> taker = Taker.of(numbers, 0);
            return CompletableFuture.supplyAsync(() -> readSlowly(taker, given, count, WINDOWS));
        }

        @Override
        public Flow.Publisher<Integer> same(Flow.Publisher<Integer> numbers) {
            return numbers;
        }
    }

    /**
     * Waits until the producer stands still for want of a reader, then takes so many in portions, and looks how far the producer is
     * ahead each time.
     */
    private static int readSlowly(Taker<Integer> taker, Numbers numbers, int count, int ahead) {
        soon(() -> assertThat(numbers.produced.get()).isGreaterThanOrEqualTo(WINDOWS / 2 - 16));
        int taken = 0;
        try {
            while (taken < count) {
                if (taken % PORTION == 0) {
                    assertThat(numbers.produced.get()).isLessThanOrEqualTo(taken + ahead);
                    taker.request(PORTION);
                }
                assertThat(taker.items.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo(taken);
                taken++;
            }
            assertThat(taker.all.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
            assertThat(taker.violations).hasValue(0);
        } catch (Exception failed) {
            throw new AssertionError("after " + taken + " items", failed);
        }
        return taken;
    }

    abstract static class Suite {
        private final Remotes remotes;
        private final RealPace real = new RealPace();
        private Pace pace;

        Suite(Remotes remotes) {
            this.remotes = remotes;
        }

        @BeforeEach
        void start() throws Exception {
            ChaskiRemote server = remotes.remote("server");
            server.serve("pace", Pace.class, real);
            ChaskiRemote client = remotes.remote("client");
            Remotes.connect(client, server);
            pace = client.at(server.node().id()).proxy("pace", Pace.class);
        }

        @AfterEach
        void close() {
            remotes.close();
        }

        private void results(int count) {
            Taker<Integer> taker = Taker.of(pace.numbers(count), 0);
            soon(() -> assertThat(real.produced).isNotNull());
            assertThat(readSlowly(taker, real.produced, count, WINDOWS)).isEqualTo(count);
        }

        private void arguments(int count) throws Exception {
            Numbers numbers = new Numbers(count);
            real.given = numbers;
            assertThat(pace.read(numbers, count).get(MINUTES, TimeUnit.MINUTES)).isEqualTo(count);
        }

        private void bothWays(int count) {
            Numbers numbers = new Numbers(count);
            Taker<Integer> taker = Taker.of(pace.same(numbers), 0);
            assertThat(readSlowly(taker, numbers, count, 2 * WINDOWS)).isEqualTo(count);
        }

        @Test
        @DisplayName("X-23: results, at the pace of the caller")
        void slow_caller() {
            results(SOME);
        }

        @Test
        @DisplayName("X-23: arguments, at the pace of the implementation")
        void slow_implementation() throws Exception {
            arguments(SOME);
        }

        @Test
        @DisplayName("X-23: there and back, at the pace of the caller")
        void slow_caller_both_ways() {
            bothWays(SOME_BOTH_WAYS);
        }

        @Test
        @Tag("deep")
        @DisplayName("X-23: a million results")
        void million_results() {
            results(MILLION);
        }

        @Test
        @Tag("deep")
        @DisplayName("X-23: a million arguments")
        void million_arguments() throws Exception {
            arguments(MILLION);
        }

        @Test
        @Tag("deep")
        @DisplayName("X-23: a million there and back")
        void million_both_ways() {
            bothWays(MILLION);
        }
    }

    @Nested
    class Over_tcp extends Suite {
        Over_tcp() {
            super(Remotes.overTcp());
        }
    }

    /** The same, without sockets: items of a call do not know the difference. */
    @Nested
    @Tag("deep")
    class In_process extends Suite {
        In_process() {
            super(Remotes.inProcess());
        }
    }
}
