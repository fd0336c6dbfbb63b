package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.TypeRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Functions are services like others: chosen, restricted, versioned, scheduled, called in every way. */
class FunctionsIT {

    private static final CallOptions PATIENT = CallOptions.within(LIMIT);

    private final Remotes remotes = Remotes.inProcess();
    private final Semaphore executions = new Semaphore(0);
    private ChaskiRemote one;
    private ChaskiRemote other;
    private ChaskiRemote client;

    @BeforeEach
    void start() throws Exception {
        one = remotes.remote("one");
        other = remotes.remote("other");
        client = remotes.remote("client");
        Remotes.connect(client, one);
        Remotes.connect(client, other);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private Function<String, String> who(CallOptions options) {
        return client.function("who", String.class, String.class, options.over(PATIENT));
    }

    private void attachWho() throws Exception {
        one.attach("who", String.class, String.class, word -> word + " one");
        other.attach("who", String.class, String.class, word -> word + " other");
        client.awaitService("who", 2, LIMIT);
    }

    @Test
    void a_function_without_a_node_is_called_at_one_that_has_attached_it() throws Exception {
        attachWho();
        Function<String, String> inTurn =
                who(CallOptions.builder().selection(Selection.roundRobin()).build());
        assertThat(List.of(inTurn.apply("a"), inTurn.apply("a"))).containsExactlyInAnyOrder("a one", "a other");

        one.detach("who");
        soon(() -> assertThat(client.providers("who")).hasSize(1));
        assertThat(client.function("who", String.class, String.class).apply("b"))
                .isEqualTo("b other");
        assertThatThrownBy(() ->
                        client.function("no such", String.class, String.class).apply("c"))
                .isInstanceOfSatisfying(
                        NoProviderException.class,
                        nobody -> assertThat(nobody.known()).containsExactly("who"));
    }

    interface Who {
        String apply(String word);
    }

    @Test
    void an_interface_with_apply_calls_it_at_all_that_have_attached_it() throws Exception {
        attachWho();
        Answers<String> answers = client.all("who", Who.class).call(who -> who.apply("a"));
        assertThat(get(answers.toMap()).values())
                .extracting(outcome -> ((Outcome.Value<String>) outcome).value())
                .containsExactlyInAnyOrder("a one", "a other");
    }

    @Test
    void options_hold_for_a_function_and_for_single_calls_of_it() throws Exception {
        one.attach(
                "header",
                String.class,
                String.class,
                name -> RemoteContext.current().headers().get(name));
        CallOptions blue = CallOptions.builder().header("tenant", "blue").build();
        CallOptions red = CallOptions.builder().header("tenant", "red").build();
        Function<String, String> header =
                client.at(one.node().id()).function("header", String.class, String.class, blue);
        assertThat(header.apply("tenant")).isEqualTo("blue");
        assertThat(ChaskiRemote.with(header, red).apply("tenant")).isEqualTo("red");
        CompletableFuture<String> later = client.async(header, f -> f.apply("tenant"));
        assertThat(get(later)).isEqualTo("blue");
        assertThat(header.andThen(String::length).apply("tenant")).isEqualTo(4);
    }

    @Test
    void generic_types_travel_in_arguments_and_results() throws Exception {
        TypeRef<List<Integer>> numbers = new TypeRef<>() {};
        TypeRef<Map<String, Integer>> sums = new TypeRef<>() {};
        one.attach(
                "sums",
                numbers,
                sums,
                all -> Map.of("sum", all.stream().mapToInt(n -> n).sum(), "count", all.size()));
        client.awaitService("sums", 1, LIMIT);
        Map<String, Integer> expected = Map.of("sum", 6, "count", 3);
        assertThat(client.function("sums", numbers, sums).apply(List.of(1, 2, 3)))
                .isEqualTo(expected);
        assertThat(client.function("sums", numbers, sums, PATIENT).apply(List.of(1, 2, 3)))
                .isEqualTo(expected);
        RemotePeer peer = client.at(one.node().id());
        assertThat(peer.function("sums", numbers, sums).apply(List.of(1, 2, 3))).isEqualTo(expected);
        assertThat(peer.function("sums", numbers, sums, PATIENT).apply(List.of(1, 2, 3)))
                .isEqualTo(expected);
        TypeRef<List<String>> texts = new TypeRef<>() {};
        assertThatThrownBy(() -> peer.function("sums", texts, sums).apply(List.of("1")))
                .isInstanceOf(SignatureMismatchException.class);
        assertThatThrownBy(() -> one.attach("threads", new TypeRef<List<Thread>>() {}, sums, any -> Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_function_may_be_for_some_callers_only() throws Exception {
        Remotes.connect(other, one);
        one.attach(
                "private",
                String.class,
                String.class,
                word -> {
                    executions.release();
                    return word;
                },
                ServeOptions.onlyFor(client.node().id()::equals));
        Function<String, String> allowed = client.at(one.node().id()).function("private", String.class, String.class);
        assertThat(allowed.apply("word")).isEqualTo("word");
        Function<String, String> denied = other.at(one.node().id()).function("private", String.class, String.class);
        assertThatThrownBy(() -> denied.apply("word")).isInstanceOf(CallDeniedException.class);
        assertThat(executions.availablePermits()).isEqualTo(1);
    }

    @Test
    void versions_of_a_function_live_side_by_side() throws Exception {
        ServeOptions second = ServeOptions.builder().version("2").build();
        one.attach("scale", Integer.class, Integer.class, x -> x);
        one.attach("scale", Integer.class, Integer.class, x -> 2 * x, second);
        TypeRef<Integer> number = new TypeRef<>() {};
        one.attach(
                "scale",
                number,
                number,
                x -> 3 * x,
                ServeOptions.builder().version("3").build());
        soon(() -> assertThat(client.providers("scale")).hasSize(3));
        CallOptions two = CallOptions.builder().version("2").build();
        CallOptions three = CallOptions.builder().version("3").build();
        assertThat(client.function("scale", Integer.class, Integer.class).apply(5))
                .isEqualTo(5);
        assertThat(client.function("scale", Integer.class, Integer.class, two).apply(5))
                .isEqualTo(10);
        assertThat(client.at(one.node().id())
                        .function("scale", number, number, three)
                        .apply(5))
                .isEqualTo(15);
    }

    @Test
    void a_schedulable_function_is_run_by_its_provider() throws Exception {
        one.attach(
                "tick",
                String.class,
                Integer.class,
                word -> {
                    executions.release();
                    return word.length();
                },
                ServeOptions.schedulable());
        Function<String, Integer> tick = client.at(one.node().id()).function("tick", String.class, Integer.class);
        RemoteAction<Function<String, Integer>> call = f -> {
            var unused = f.apply("word");
        };
        Schedule often = client.schedule(tick, call).every(Duration.ofMillis(20));
        assertThat(executions.tryAcquire(3, LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(often.cancel()).isTrue();
        one.attach("tock", String.class, Integer.class, String::length);
        Function<String, Integer> tock = client.at(one.node().id()).function("tock", String.class, Integer.class);
        assertThatThrownBy(() -> client.schedule(tock, call).every(Duration.ofSeconds(1)))
                .isInstanceOf(ScheduleRefusedException.class);
    }
}
