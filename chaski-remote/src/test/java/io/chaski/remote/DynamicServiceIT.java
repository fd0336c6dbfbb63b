package io.chaski.remote;

import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.TypeRef;
import io.chaski.core.stream.StreamOptions;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R04, R06: calls without an interface. */
class DynamicServiceIT {

    enum Colour {
        RED,
        GREEN
    }

    record Point(double x, double y) {}

    record Shape(String name, List<Point> points, Optional<Colour> colour) {}

    interface Constants {
        double pi();
    }

    interface Maths {
        double sqrt(double x);

        int add(int a, int b);

        String add(String a, String b);

        String next(Integer number);

        String next(String text);

        String join(String separator, String... parts);

        Shape paint(Shape shape, Colour colour);

        Map<Integer, List<Float>> table(Map<Integer, Set<Colour>> wanted);

        BigDecimal exact(BigInteger a, BigDecimal b);

        Instant later(Instant from, Duration by);

        byte[] reverse(byte[] bytes);

        Optional<String> maybe(Optional<String> text);

        void touch();

        String hang() throws InterruptedException;

        String context();

        String fail(String why);

        Constants constants();
    }

    private static final class RealMaths implements Maths {
        final AtomicInteger touched = new AtomicInteger();
        final Semaphore interrupted = new Semaphore(0);
        final CountDownLatch begun = new CountDownLatch(1);

        @Override
        public double sqrt(double x) {
            return Math.sqrt(x);
        }

        @Override
        public int add(int a, int b) {
            return a + b;
        }

        @Override
        public String add(String a, String b) {
            return a + b;
        }

        @Override
        public String next(Integer number) {
            return "number " + number;
        }

        @Override
        public String next(String text) {
            return "text " + text;
        }

        @Override
        public String join(String separator, String... parts) {
            return String.join(separator, parts);
        }

        @Override
        public Shape paint(Shape shape, Colour colour) {
            return new Shape(shape.name(), shape.points(), Optional.of(colour));
        }

        @Override
        public Map<Integer, List<Float>> table(Map<Integer, Set<Colour>> wanted) {
            return Map.of(wanted.get(7).size(), List.of(0.5f));
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
        public byte[] reverse(byte[] bytes) {
            return new byte[] {bytes[1], bytes[0]};
        }

        @Override
        public Optional<String> maybe(Optional<String> text) {
            return text.map(each -> each + "!");
        }

        @Override
        public void touch() {
            touched.incrementAndGet();
        }

        @Override
        public String hang() throws InterruptedException {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
                return "never";
            } finally {
                interrupted.release();
            }
        }

        @Override
        public String context() {
            return RemoteContext.current().headers().get("tenant");
        }

        @Override
        public String fail(String why) {
            throw new IllegalStateException(why);
        }

        @Override
        public Constants constants() {
            return () -> 3.14;
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final RealMaths real = new RealMaths();
    private ChaskiRemote server;
    private ChaskiRemote client;
    private DynamicService math;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote("server");
        client = remotes.remote("client");
        Remotes.connect(client, server);
        server.serve("math", Maths.class, real);
        client.awaitService("math", 1, Remotes.LIMIT);
        math = client.dynamic("math");
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    @DisplayName("R04: the untyped calls of the issue")
    void issue() {
        assertThat(client.dynamic("math").get("constants").get("pi").as(Double.class))
                .isEqualTo(3.14);
        assertThat(client.dynamic("math").call("sqrt", 2.0).as(Double.class)).isEqualTo(Math.sqrt(2));
        assertThat(client.dynamic("math").call("constants.pi").value()).isEqualTo(3.14);
        assertThat(client.at(server.node().id())
                        .dynamic("math")
                        .get("constants.pi")
                        .value())
                .isEqualTo(3.14);
    }

    @Test
    void the_overload_is_chosen_by_the_values() {
        assertThat(math.call("sqrt", 4).value()).isEqualTo(2.0);
        assertThat(math.call("add", 1, 2).value()).isEqualTo(3L);
        assertThat(math.call("add", "1", "2").value()).isEqualTo("12");
        assertThat(math.call("join", "-", "a", "b").value()).isEqualTo("a-b");
        assertThat(math.call("join", "-", List.of("a", "b")).value()).isEqualTo("a-b");
        assertThat(math.call("join", "-").value()).isEqualTo("");
        assertThatThrownBy(() -> math.call("next", (Object) null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("String next(Integer); String next(String)");
        assertThatThrownBy(() -> math.call("sqrt", "two"))
                .isInstanceOf(SignatureMismatchException.class)
                .hasMessageContaining("double sqrt(double)");
    }

    @Test
    @DisplayName("R06: plain values go there and come back")
    void plain() {
        Map<String, Object> shape =
                Map.of("name", "line", "points", List.of(Map.of("x", 1, "y", 2.5)), "unknown", true);
        Map<?, ?> painted = (Map<?, ?>) math.call("paint", shape, "GREEN").value();
        assertThat(painted)
                .isEqualTo(Map.of("name", "line", "points", List.of(Map.of("x", 1.0, "y", 2.5)), "colour", "GREEN"));
        assertThat(math.call("table", Map.of(7, List.of("RED", "GREEN"))).value())
                .isEqualTo(Map.of("2", List.of(0.5)));
        assertThat(math.call("exact", BigInteger.TEN.pow(30), "0.1".length()).value())
                .isEqualTo(new BigDecimal(BigInteger.TEN.pow(30)).add(new BigDecimal(3)));
        assertThat(math.call("later", "2026-02-03T04:05:06Z", Duration.ofSeconds(1))
                        .value())
                .isEqualTo("2026-02-03T04:05:07Z");
        assertThat((byte[]) math.call("reverse", (Object) new byte[] {1, 2}).value())
                .containsExactly(2, 1);
        assertThat(math.call("maybe", "a").value()).isEqualTo("a!");
        assertThat(math.call("maybe", (Object) null).value()).isNull();
        assertThat(math.call("touch").value()).isNull();
        assertThat(real.touched).hasValue(1);
    }

    @Test
    void results_come_as_the_type_that_is_asked_for() {
        Shape line = new Shape("line", List.of(new Point(1, 2)), Optional.empty());
        DynamicResult painted = math.call("paint", line, Colour.RED);
        assertThat(painted.as(Shape.class)).isEqualTo(new Shape("line", line.points(), Optional.of(Colour.RED)));
        assertThat(math.call("table", Map.of(7, Set.of(Colour.RED))).as(new TypeRef<Map<Integer, List<Float>>>() {}))
                .isEqualTo(Map.of(1, List.of(0.5f)));
        assertThat(math.call("exact", 1, new BigDecimal("0.1")).as(BigDecimal.class))
                .isEqualTo(new BigDecimal("1.1"));
        assertThat(math.call("add", 1, 2).as(int.class)).isEqualTo(3);
        assertThat(math.call("later", Instant.EPOCH, "PT1S").as(Instant.class)).isEqualTo(Instant.EPOCH.plusSeconds(1));
        assertThatThrownBy(() -> painted.as(Object.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Object is no type that travels");
        assertThatThrownBy(() -> painted.as(Point.class)).isInstanceOf(BadAnswerException.class);
        assertThat(painted).hasToString("a UnmodifiableMap");
    }

    @Test
    void the_methods_are_listed_whole_or_from_a_path_on() {
        assertThat(math.methods()).hasSize(17).contains("double constants.pi()", "double sqrt(double)");
        assertThat(math.get("constants").methods()).containsExactly("double constants.pi()");
        assertThat(math.get("add").methods()).containsExactly("String add(String,String)", "int add(int,int)");
        assertThat(math.get("constant").methods()).isEmpty();
    }

    @Test
    @DisplayName("U-REM-1: nothing that was not served can be reached, by whatever path")
    void odd() {
        List<String> paths = List.of(
                "..",
                ".",
                "class",
                "getClass",
                "toString",
                "hashCode",
                "constants",
                "constants.",
                ".pi",
                "constants..pi",
                "constants.getClass",
                "constants.pi()",
                "double sqrt",
                "$callback/0",
                "../math.sqrt");
        for (String path : paths) {
            assertThatThrownBy(() -> math.call(path)).as(path).isInstanceOf(SignatureMismatchException.class);
            assertThatThrownBy(() -> math.get(path).value()).as(path).isInstanceOf(SignatureMismatchException.class);
        }
    }

    @Test
    @DisplayName("U-REM-1: a node that serves nothing")
    void nothing() throws Exception {
        ChaskiRemote idle = remotes.remote("idle");
        Remotes.connect(client, idle);
        DynamicService missing = client.at(idle.node().id()).dynamic("math");
        assertThatThrownBy(() -> missing.call("sqrt", 2.0)).isInstanceOf(NoProviderException.class);
        assertThatThrownBy(missing::methods).isInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> get(missing.callAsync("sqrt", 2.0))).hasCauseInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> client.dynamic("nothing").call("sqrt", 2.0)).isInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> math.call("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.dynamic("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> math.as(String.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("remote math has no value");
    }

    @Test
    void a_node_that_may_not_call_learns_nothing() throws Exception {
        server.serve("secret", Maths.class, real, ServeOptions.onlyFor(caller -> false));
        client.awaitService("secret", 1, Remotes.LIMIT);
        assertThatThrownBy(() -> client.dynamic("secret").call("touch")).isInstanceOf(CallDeniedException.class);
        assertThatThrownBy(() -> client.dynamic("secret").methods()).isInstanceOf(CallDeniedException.class);
        assertThat(real.touched).hasValue(0);
    }

    @Test
    void the_node_is_one_that_announces_it_and_functions_are_called_apply() throws Exception {
        ChaskiRemote other = remotes.remote("other");
        Remotes.connect(client, other);
        other.attach("square", Double.class, Double.class, x -> x * x);
        client.awaitService("square", 1, Remotes.LIMIT);
        assertThat(client.dynamic("square").call("apply", 3).value()).isEqualTo(9.0);
    }

    @Test
    void options_hold_and_failures_arrive() {
        DynamicService blue =
                math.with(CallOptions.builder().header("tenant", "blue").build());
        assertThat(blue.get("context").value()).isEqualTo("blue");
        DynamicService hurried = blue.with(CallOptions.within(Duration.ofMillis(300)));
        assertThatThrownBy(() -> hurried.call("hang")).isInstanceOf(CallTimeoutException.class);
        assertThatThrownBy(() -> math.call("fail", "reason"))
                .isInstanceOf(RemoteCallException.class)
                .hasMessageContaining("IllegalStateException: reason");
    }

    @Test
    void a_call_that_does_not_wait_can_be_cancelled() throws Exception {
        assertThat(get(math.callAsync("add", 20, 22)).value()).isEqualTo(42L);
        assertThatThrownBy(() -> get(math.callAsync("sqrt", "two")))
                .hasCauseInstanceOf(SignatureMismatchException.class);
        CompletableFuture<DynamicResult> hanging = math.callAsync("hang");
        assertThat(real.begun.await(Remotes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        hanging.cancel(true);
        assertThat(real.interrupted.tryAcquire(Remotes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void a_call_inside_a_call_has_its_deadline() throws Exception {
        CountDownLatch isTold = new CountDownLatch(1);
        client.attach("relay", String.class, String.class, method -> {
            try {
                return math.call(method).as(String.class);
            } catch (
                    CallTimeoutException late) { // in the same moment as the outer one, which might still get an answer
                return awaited(isTold);
            }
        });
        var relay = server.at(client.node().id()).dynamic("relay").with(CallOptions.within(Duration.ofMillis(500)));
        assertThatThrownBy(() -> relay.call("apply", "hang")).isInstanceOf(CallTimeoutException.class);
        isTold.countDown();
        assertThat(real.interrupted.tryAcquire(Remotes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    private static String awaited(CountDownLatch latch) {
        try {
            return latch.await(Remotes.LIMIT.toSeconds(), TimeUnit.SECONDS) ? "late" : "never";
        } catch (InterruptedException cancelled) {
            return "cancelled";
        }
    }

    @Test
    void a_description_that_nobody_gives_ends_with_the_deadline() throws Exception {
        var silent = remotes.node("silent");
        silent.streams().serve("chaski.describe", StreamOptions.DEFAULTS, stream -> (same, message) -> {});
        get(client.node().connect(silent.addresses().get(0)));
        DynamicService mute = client.at(silent.id()).dynamic("mute").with(CallOptions.within(Duration.ofMillis(100)));
        assertThatThrownBy(() -> mute.call("add", 1)).isInstanceOf(CallTimeoutException.class);
        assertThatThrownBy(() -> get(mute.callAsync("add", 1))).hasCauseInstanceOf(CallTimeoutException.class);
    }
}
