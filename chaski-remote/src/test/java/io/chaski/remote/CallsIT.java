package io.chaski.remote;

import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Registration;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees of calls, the same over TCP, UNIX domain sockets and in process. */
class CallsIT {

    @TempDir
    static Path directory;

    record Point(int x, int y) {}

    record Shape(String name, List<Point> points, Optional<Colour> colour) {}

    enum Colour {
        RED,
        GREEN
    }

    static final class OutOfPaint extends Exception {
        private static final long serialVersionUID = 1L;

        OutOfPaint(String message) {
            super(message);
        }
    }

    interface Store<T> {
        Optional<T> swap(Optional<T> other);
    }

    interface Studio extends Store<Point> {
        int add(int a, int b);

        double add(double a, double b);

        String add(String a, String b);

        String join(String separator, String... parts);

        Shape paint(Shape shape, Colour colour) throws OutOfPaint;

        Map<Colour, List<Integer>> count(Set<Colour> colours);

        byte[] reverse(byte[] bytes);

        Point[] mirrored(Point[] points);

        BigDecimal exact(BigInteger a, BigDecimal b);

        Instant later(Instant from, Duration by);

        Boolean isNull(Integer boxed);

        String nothing();

        void touch();

        CompletableFuture<Integer> slowAdd(int a, int b);

        @RemoteName("add")
        int plus(int a, int b);

        int product(int a, int b);

        default int addThree(int a, int b, int c) {
            return add(add(a, b), c);
        }

        default int addDoubled(int a, int b) {
            return add(2 * a, 2 * b);
        }
    }

    /** The caller's methods that have no counterpart by name are left out of what is served. */
    interface Served extends Store<Point> {
        int add(int a, int b);

        double add(double a, double b);

        String add(String a, String b);

        String join(String separator, String... parts);

        Shape paint(Shape shape, Colour colour) throws OutOfPaint;

        Map<Colour, List<Integer>> count(Set<Colour> colours);

        byte[] reverse(byte[] bytes);

        Point[] mirrored(Point[] points);

        BigDecimal exact(BigInteger a, BigDecimal b);

        Instant later(Instant from, Duration by);

        Boolean isNull(Integer boxed);

        String nothing();

        void touch();

        int slowAdd(int a, int b);

        @RemoteName("product")
        int multiply(int a, int b);
    }

    static class RealStudio implements Served {
        final AtomicInteger touched = new AtomicInteger();
        final AtomicInteger additions = new AtomicInteger();

        @Override
        public Optional<Point> swap(Optional<Point> other) {
            return other.map(point -> new Point(point.y(), point.x()));
        }

        @Override
        public int add(int a, int b) {
            additions.incrementAndGet();
            return a + b;
        }

        @Override
        public double add(double a, double b) {
            return a + b;
        }

        @Override
        public String add(String a, String b) {
            return a + b;
        }

        @Override
        public String join(String separator, String... parts) {
            return String.join(separator, parts);
        }

        @Override
        public Shape paint(Shape shape, Colour colour) throws OutOfPaint {
            if (colour == Colour.GREEN) {
                throw new OutOfPaint("no green left");
            }
            return new Shape(shape.name(), shape.points(), Optional.of(colour));
        }

        @Override
        public Map<Colour, List<Integer>> count(Set<Colour> colours) {
            return Map.of(Colour.RED, List.of(colours.size(), 2));
        }

        @Override
        public byte[] reverse(byte[] bytes) {
            byte[] reversed = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                reversed[i] = bytes[bytes.length - 1 - i];
            }
            return reversed;
        }

        @Override
        public Point[] mirrored(Point[] points) {
            return Arrays.stream(points)
                    .map(point -> new Point(-point.x(), point.y()))
                    .toArray(Point[]::new);
        }

        @Override
        public BigDecimal exact(BigInteger a, BigDecimal b) {
            return new BigDecimal(a).add(b);
        }

        @Override
        public Instant later(Instant from, Duration by) {
            return from.plus(by);
        }

        @Override
        public Boolean isNull(Integer boxed) {
            return boxed == null;
        }

        @Override
        public String nothing() {
            return null;
        }

        @Override
        public void touch() {
            touched.incrementAndGet();
        }

        @Override
        public int slowAdd(int a, int b) {
            return a + b;
        }

        @Override
        public int multiply(int a, int b) {
            return a * b;
        }

        public String secret() {
            return "not in the interface";
        }
    }

    /** Two nodes for all of its tests; each test has a service of its own. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Suite {
        private final Remotes remotes;
        private ChaskiRemote server;
        private ChaskiRemote client;
        private RealStudio real;
        private Registration served;
        private Studio studio;

        Suite(Remotes remotes) {
            this.remotes = remotes;
        }

        @BeforeAll
        void start() throws Exception {
            server = remotes.remote("server");
            client = remotes.remote("client");
            Remotes.connect(client, server);
        }

        @AfterAll
        void close() {
            remotes.close();
        }

        @BeforeEach
        void serve() {
            real = new RealStudio();
            served = server.serve("studio", Served.class, real);
            studio = client.at(server.node().id()).proxy("studio", Studio.class);
        }

        @AfterEach
        void serveNoMore() {
            served.close();
        }

        @Test
        void overloads_are_told_apart() {
            assertThat(studio.add(1, 2)).isEqualTo(3);
            assertThat(studio.add(1.5, 2)).isEqualTo(3.5);
            assertThat(studio.add("1", "2")).isEqualTo("12");
        }

        @Test
        void varargs_arrays_and_bytes_travel() {
            assertThat(studio.join("-", "a", "b", "c")).isEqualTo("a-b-c");
            assertThat(studio.join("-")).isEmpty();
            assertThat(studio.reverse(new byte[] {1, 2, 3})).containsExactly(3, 2, 1);
            assertThat(studio.mirrored(new Point[] {new Point(1, 2)})).containsExactly(new Point(-1, 2));
        }

        @Test
        void records_enums_collections_and_optionals_travel() throws Exception {
            Shape shape = new Shape("square", List.of(new Point(0, 0), new Point(1, 1)), Optional.empty());
            assertThat(studio.paint(shape, Colour.RED))
                    .isEqualTo(new Shape("square", shape.points(), Optional.of(Colour.RED)));
            assertThat(studio.count(Set.of(Colour.RED, Colour.GREEN))).isEqualTo(Map.of(Colour.RED, List.of(2, 2)));
        }

        @Test
        void generics_of_a_parent_interface_have_the_types_it_was_given() {
            assertThat(studio.swap(Optional.of(new Point(1, 2)))).contains(new Point(2, 1));
            assertThat(studio.swap(Optional.empty())).isEmpty();
        }

        @Test
        void numbers_and_times_are_exact() {
            assertThat(studio.exact(BigInteger.TEN.pow(30), new BigDecimal("0.1")))
                    .isEqualTo(new BigDecimal(BigInteger.TEN.pow(30)).add(new BigDecimal("0.1")));
            Instant now = Instant.parse("2026-02-03T04:05:06.123456789Z");
            assertThat(studio.later(now, Duration.ofNanos(1))).isEqualTo(now.plusNanos(1));
        }

        @Test
        void null_is_a_value() {
            assertThat(studio.isNull(null)).isTrue();
            assertThat(studio.isNull(0)).isFalse();
            assertThat(studio.nothing()).isNull();
        }

        @Test
        void a_method_without_a_result_has_been_executed_when_it_returns() {
            studio.touch();
            assertThat(real.touched).hasValue(1);
        }

        @Test
        void a_future_at_the_caller_calls_a_method_that_waits_at_the_server() throws Exception {
            assertThat(get(studio.slowAdd(20, 22))).isEqualTo(42);
        }

        @Test
        @DisplayName(
                "D41: one service, called by proxies that wait, that return futures, and without waiting by either")
        void styles() throws Exception {
            Served waiting = client.at(server.node().id()).proxy("studio", Served.class);
            assertThat(waiting.slowAdd(20, 22)).isEqualTo(42);
            assertThat(get(studio.slowAdd(20, 22))).isEqualTo(42);
            CompletableFuture<Integer> sum = client.async(waiting, proxy -> proxy.slowAdd(20, 22));
            assertThat(get(sum)).isEqualTo(42);
        }

        @Test
        @DisplayName("R03, D06: two objects of one interface under two names")
        void twoNames() {
            RealStudio annex = new RealStudio();
            try (Registration second = server.serve("annex", Served.class, annex)) {
                assertThat(second).isNotNull();
                Studio other = client.at(server.node().id()).proxy("annex", Studio.class);
                other.touch();
                other.touch();
                studio.touch();
            }
            assertThat(annex.touched).hasValue(2);
            assertThat(real.touched).hasValue(1);
        }

        @Test
        @DisplayName("D13: a method may have another name on the wire, on either side, and several here")
        void renamed() {
            assertThat(studio.plus(3, 4)).isEqualTo(7);
            assertThat(studio.add(3, 4)).isEqualTo(7);
            assertThat(studio.product(3, 4)).isEqualTo(12);
        }

        @Test
        @DisplayName("D11: a default method runs here and calls the others")
        void defaults() {
            assertThat(studio.addDoubled(1, 2)).isEqualTo(6);
            assertThat(real.additions).hasValue(1);
            assertThat(studio.addThree(1, 2, 3)).isEqualTo(6);
            assertThat(real.additions).hasValue(3);
        }

        @Test
        @DisplayName("D14: methods of Object stay here, and what is not in the interface cannot be called")
        void objects() throws Exception {
            Studio another = client.at(server.node().id()).proxy("studio", Studio.class);
            Studio same = studio;
            assertThat(studio).isEqualTo(same).isNotEqualTo(another).hasToString("remote studio (Studio)");
            assertThat(studio.hashCode()).isEqualTo(same.hashCode());

            interface Thief {
                String secret();
            }
            Thief thief = client.at(server.node().id()).proxy("studio", Thief.class);
            assertThatThrownBy(thief::secret).isInstanceOf(SignatureMismatchException.class);
        }

        @Test
        void a_declared_exception_arrives_as_itself() {
            Shape shape = new Shape("square", List.of(), Optional.empty());
            assertThatThrownBy(() -> studio.paint(shape, Colour.GREEN))
                    .isExactlyInstanceOf(OutOfPaint.class)
                    .hasMessage("no green left");
        }

        @Test
        void an_exception_that_only_the_server_declares_is_a_text() {
            interface Unaware {
                Shape paint(Shape shape, Colour colour);
            }
            Unaware unaware = client.at(server.node().id()).proxy("studio", Unaware.class);
            assertThatThrownBy(() -> unaware.paint(new Shape("square", List.of(), Optional.empty()), Colour.GREEN))
                    .isInstanceOfSatisfying(
                            RemoteCallException.class,
                            failed -> assertThat(failed.remoteType()).isEqualTo("OutOfPaint"));
        }

        @Test
        @DisplayName("D38, D39: an argument and a result of 20 MB")
        void large() {
            byte[] bytes = new byte[20_000_000];
            bytes[0] = 42;
            assertThat(studio.reverse(bytes)[bytes.length - 1]).isEqualTo((byte) 42);
        }

        @Test
        @DisplayName("R09: a function can be attached, called and detached at run time")
        void functions() {
            server.attach("square", Double.class, Double.class, x -> x * x);
            var square = client.at(server.node().id()).function("square", Double.class, Double.class);
            assertThat(square.apply(3.0)).isEqualTo(9.0);

            server.detach("square");
            assertThatThrownBy(() -> square.apply(3.0)).isInstanceOf(NoProviderException.class);
        }

        @Test
        @DisplayName("R02, D35: a proxy without a node finds one that serves; without any, the known ones are named")
        void finds() throws Exception {
            try (ChaskiNode idle = remotes.node("idle")) {
                Remotes.connect(client, ChaskiRemote.on(idle));
                client.awaitService("studio", 1, Remotes.LIMIT);
                assertThat(client.proxy("studio", Studio.class).add(1, 1)).isEqualTo(2);
                assertThatThrownBy(() -> client.proxy("no such", Studio.class).add(1, 1))
                        .isInstanceOfSatisfying(
                                NoProviderException.class,
                                nobody -> assertThat(nobody.known()).containsExactly("studio"))
                        .hasMessageContaining("studio");
            }
        }

        @Test
        @DisplayName("D03: two nodes serve each other at once over one edge")
        void bothWays() throws Exception {
            Registration attached = client.attach("double", Integer.class, Integer.class, x -> 2 * x);
            var doubled = server.at(client.node().id()).function("double", Integer.class, Integer.class);
            CompletableFuture<Integer> there = CompletableFuture.supplyAsync(() -> studio.add(1, 2));
            CompletableFuture<Integer> back = CompletableFuture.supplyAsync(() -> doubled.apply(21));
            assertThat(get(there)).isEqualTo(3);
            assertThat(get(back)).isEqualTo(42);
            Remotes.soon(() -> assertThat(client.node().edges()).hasSize(1));
            assertThat(server.node().edges()).hasSize(1);
            attached.close();
        }
    }

    @Nested
    class Over_tcp extends Suite {
        Over_tcp() {
            super(Remotes.overTcp());
        }
    }

    @Nested
    class Over_unix_sockets extends Suite {
        Over_unix_sockets() {
            super(Remotes.overUnixSockets(directory));
        }
    }

    @Nested
    class In_process extends Suite {
        In_process() {
            super(Remotes.inProcess());
        }
    }
}
