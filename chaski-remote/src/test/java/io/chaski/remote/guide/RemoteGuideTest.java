package io.chaski.remote.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.remote.Answers;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallException;
import io.chaski.remote.CallOptions;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.Deadline;
import io.chaski.remote.DynamicResult;
import io.chaski.remote.DynamicService;
import io.chaski.remote.Idempotent;
import io.chaski.remote.OneWay;
import io.chaski.remote.Outcome;
import io.chaski.remote.OwnService;
import io.chaski.remote.Provider;
import io.chaski.remote.RemoteContext;
import io.chaski.remote.RemoteMethod;
import io.chaski.remote.RemoteName;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.RemoteSnapshot;
import io.chaski.remote.Schedule;
import io.chaski.remote.Selection;
import io.chaski.remote.ServeOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code in docs/remote.md. */
class RemoteGuideTest {

    // #region interface
    public interface Calculator {
        double add(double a, double b);

        double divide(double a, double b) throws DivisionByZero;

        default double addThree(double a, double b, double c) {
            return add(add(a, b), c);
        }
    }

    public static class DivisionByZero extends Exception {
        public DivisionByZero(String message) {
            super(message);
        }
    }
    // #endregion

    // #region async
    public interface CalculatorLater {
        CompletableFuture<Double> add(double a, double b);
    }
    // #endregion

    // #region annotations
    public interface Archive {
        @Idempotent
        String find(String key);

        @Deadline(value = 2, unit = TimeUnit.SECONDS)
        void store(String key, String value);

        @OneWay
        void note(String line);

        @RemoteName("note")
        void noteAndWait(String line);
    }
    // #endregion

    // #region nested
    public interface Maths {
        double sqrt(double x);

        Constants constants();
    }

    public interface Constants {
        double pi();
    }
    // #endregion

    static final class RealMaths implements Maths {
        @Override
        public double sqrt(double x) {
            return Math.sqrt(x);
        }

        @Override
        public Constants constants() {
            return () -> Math.PI;
        }
    }

    // #region callback
    public interface Progress {
        void percent(int done);
    }

    public interface Copier {
        long copy(String from, String to, Progress progress);
    }
    // #endregion

    // #region object
    static class Thermometer {
        @RemoteMethod
        double celsius() {
            return 21.5;
        }

        @RemoteMethod("history")
        @Idempotent
        List<Double> lastReadings(int count) {
            return Collections.nCopies(count, celsius());
        }

        public void calibrate() {
            // without the annotation nobody else can call it
        }
    }
    // #endregion

    // #region streams
    public interface Station {
        Flow.Publisher<Double> readings(String sensor);

        double average(Flow.Publisher<Double> readings);

        Flow.Publisher<Double> smoothed(Flow.Publisher<Double> readings);
    }
    // #endregion

    // #region stream-shapes
    public interface StationInTurn {
        Stream<Double> readings(String sensor);

        double average(Iterator<Double> readings);

        Stream<Double> smoothed(Stream<Double> readings);
    }
    // #endregion

    // #region stream-served
    static final class RealStation implements StationInTurn {
        @Override
        public Stream<Double> readings(String sensor) {
            return Stream.iterate(20.0, degrees -> degrees + 0.5); // as far as somebody reads
        }

        @Override
        public double average(Iterator<Double> readings) {
            double sum = 0;
            int count = 0;
            while (readings.hasNext()) {
                sum += readings.next();
                count++;
            }
            return sum / count;
        }

        @Override
        public Stream<Double> smoothed(Stream<Double> readings) {
            return readings.map(degrees -> (double) Math.round(degrees));
        }
    }
    // #endregion

    interface Readings {
        List<Double> history(int count);
    }

    static final class RealCalculator implements Calculator {
        @Override
        public double add(double a, double b) {
            return a + b;
        }

        @Override
        public double divide(double a, double b) throws DivisionByZero {
            if (b == 0) {
                throw new DivisionByZero("by " + b);
            }
            return a / b;
        }
    }

    // #region context
    static final class Adding implements Function<List<Double>, Double> {
        @Override
        public Double apply(List<Double> numbers) {
            double sum = 0;
            for (double number : numbers) {
                if (RemoteContext.current().isCancelled()) {
                    return Double.NaN; // nobody waits any more
                }
                sum += number;
            }
            return sum;
        }
    }
    // #endregion

    private static final CallOptions PATIENT = CallOptions.within(Duration.ofSeconds(50));

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private ChaskiNode server;
    private ChaskiNode node;
    private ChaskiRemote served;
    private NodeId id;

    @BeforeEach
    void startNodes() {
        server = ChaskiNode.builder().name("server").start();
        node = ChaskiNode.builder().name("client").start();
        // Again if need be: on a busy machine a handshake may take longer than it should.
        await().atMost(50, TimeUnit.SECONDS)
                .ignoreExceptionsMatching(failed -> failed.getCause() instanceof ConnectFailedException)
                .until(() -> node.connect(server.addresses().get(0)).get(50, TimeUnit.SECONDS) != null);
        id = server.id();
        served = ChaskiRemote.on(server);
    }

    @AfterEach
    void closeNodes() {
        node.close();
        server.close();
    }

    @Test
    void serving_and_calling() throws Exception {
        served.close();
        // #region serve
        ChaskiRemote remote = ChaskiRemote.on(server);
        Registration registration = remote.serve("calculator", Calculator.class, new RealCalculator());
        // #endregion
        ChaskiRemote client =
                ChaskiRemote.on(node, RemoteOptions.builder().calls(PATIENT).build());
        // #region call
        Calculator calculator = client.at(id).proxy("calculator", Calculator.class);
        double sum = calculator.add(1, 2);
        // #endregion
        assertThat(sum).isEqualTo(3);
        assertThat(calculator.addThree(1, 2, 3)).isEqualTo(6);
        // #region errors
        try {
            calculator.divide(1, 0);
        } catch (DivisionByZero declared) {
            heard.add(declared.getMessage());
        } catch (CallException failed) {
            heard.add(failed.reason() + ", executed: " + failed.execution());
        }
        // #endregion
        assertThat(heard).containsExactly("by 0.0");
        // #region future
        CalculatorLater later = client.at(id).proxy("calculator", CalculatorLater.class);
        CompletableFuture<Double> result = later.add(1, 2);
        result.thenAccept(value -> System.out.println("the sum is " + value)).join();
        // #endregion
        registration.close();
    }

    @Test
    void options() {
        served.serve("calculator", Calculator.class, new RealCalculator());
        // #region options
        ChaskiRemote remote = ChaskiRemote.on(
                node,
                RemoteOptions.builder()
                        .calls(CallOptions.builder()
                                .deadline(Duration.ofSeconds(50))
                                .attempts(5)
                                .header("tenant", "blue")
                                .build())
                        .build());
        Calculator calculator =
                remote.at(id).proxy("calculator", Calculator.class, CallOptions.within(Duration.ofSeconds(40)));
        double sum = ChaskiRemote.with(calculator, CallOptions.within(Duration.ofSeconds(30)))
                .add(1, 2);
        // #endregion
        assertThat(sum).isEqualTo(3);
    }

    @Test
    void patience_for_items() {
        // #region item-idle
        RemoteOptions patient =
                RemoteOptions.builder().itemIdle(Duration.ofMinutes(10)).build();
        // #endregion
        assertThat(patient.itemIdle()).hasMinutes(10);
        assertThatThrownBy(() -> RemoteOptions.builder().itemIdle(Duration.ZERO).build())
                .hasMessageContaining("itemIdle");
    }

    @Test
    void objects_without_an_interface() {
        // #region serve-object
        served.serve("thermometer", new Thermometer());
        Readings readings = ChaskiRemote.on(node).at(id).proxy("thermometer", Readings.class);
        List<Double> lastTwo = readings.history(2);
        // #endregion
        assertThat(lastTwo).containsExactly(21.5, 21.5);
    }

    @Test
    void services_inside_services() {
        ChaskiRemote client = ChaskiRemote.on(node);
        // #region serve-nested
        served.serve("math", Maths.class, new RealMaths());
        double pi = client.at(id).proxy("math", Maths.class).constants().pi();
        // #endregion
        assertThat(pi).isEqualTo(Math.PI);
        // #region services
        for (OwnService each : served.services()) {
            System.out.println(each.name() + ": " + each.methods());
        }
        // #endregion
    }

    @Test
    void without_an_interface() throws Exception {
        served.serve("math", Maths.class, new RealMaths());
        ChaskiRemote client = ChaskiRemote.on(node);
        client.awaitService("math", 1, Duration.ofSeconds(50));
        // #region dynamic
        DynamicService math = client.dynamic("math");
        double root = math.call("sqrt", 2).as(Double.class);
        Object pi = math.get("constants").get("pi").value();
        List<String> methods = math.methods();
        CompletableFuture<DynamicResult> later = math.callAsync("constants.pi");
        // #endregion
        assertThat(root).isEqualTo(Math.sqrt(2));
        assertThat(pi).isEqualTo(Math.PI);
        assertThat(methods).containsExactly("double constants.pi()", "double sqrt(double)");
        assertThat(later.get(50, TimeUnit.SECONDS).value()).isEqualTo(Math.PI);
    }

    @Test
    void callbacks() {
        served.serve("copier", Copier.class, (from, to, progress) -> {
            progress.percent(50);
            progress.percent(100);
            return 7;
        });
        ChaskiRemote client = ChaskiRemote.on(node);
        // #region call-back
        Copier copier = client.at(id).proxy("copier", Copier.class);
        long bytes = copier.copy("from.txt", "to.txt", done -> heard.add(done + " %"));
        // #endregion
        assertThat(bytes).isEqualTo(7);
        assertThat(heard).containsExactly("50 %", "100 %");
    }

    @Test
    void streams() throws Exception {
        served.serve("station", StationInTurn.class, new RealStation());
        ChaskiRemote remote = ChaskiRemote.on(node);
        CountDownLatch warm = new CountDownLatch(1);
        // #region stream-subscribe
        Station station = remote.at(id).proxy("station", Station.class);
        station.readings("roof").subscribe(new Flow.Subscriber<>() {
            private Flow.Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription = given;
                given.request(1); // the station measures when somebody asks
            }

            @Override
            public void onNext(Double degrees) {
                if (degrees > 25) {
                    subscription.cancel(); // the station stops measuring
                    warm.countDown();
                } else {
                    subscription.request(1);
                }
            }

            @Override
            public void onError(Throwable failure) {
                heard.add(failure.getMessage());
            }

            @Override
            public void onComplete() {
                heard.add("no more readings");
            }
        });
        // #endregion
        assertThat(warm.await(50, TimeUnit.SECONDS)).isTrue();
        // #region stream-iterate
        StationInTurn inTurn = remote.at(id).proxy("station", StationInTurn.class);
        double average = inTurn.average(List.of(20.0, 21.0, 22.0).iterator());
        try (Stream<Double> readings = inTurn.readings("roof")) {
            readings.limit(3).forEach(degrees -> heard.add(degrees + " degrees"));
        } // closing it ends the call
        // #endregion
        assertThat(average).isEqualTo(21);
        assertThat(heard).containsExactly("20.0 degrees", "20.5 degrees", "21.0 degrees");
        assertThat(inTurn.smoothed(Stream.of(20.4, 20.6))).containsExactly(20.0, 21.0);
    }

    @Test
    void functions() {
        // #region attach
        served.attach("square", Double.class, Double.class, x -> x * x);
        Function<Double, Double> square = ChaskiRemote.on(node).at(id).function("square", Double.class, Double.class);
        double nine = square.apply(3.0);
        served.detach("square");
        // #endregion
        assertThat(nine).isEqualTo(9);
    }

    @Test
    void choice_of_a_provider() throws Exception {
        ChaskiRemote server = served;
        // #region versions
        server.serve("calculator", Calculator.class, new RealCalculator());
        server.serve(
                "calculator",
                CalculatorLater.class,
                (a, b) -> CompletableFuture.completedFuture(a + b),
                ServeOptions.builder().version("2").build());
        // #endregion
        // #region await
        ChaskiRemote remote = ChaskiRemote.on(node);
        Registration listening = remote.onServiceEvent(event -> heard.add(event.toString()));
        List<Provider> providers = remote.awaitService("calculator", 1, Duration.ofSeconds(50));
        Set<String> known = remote.knownServices();
        // #endregion
        assertThat(providers).isNotEmpty();
        assertThat(known).containsExactly("calculator");
        // #region choose
        CallOptions inTurn =
                CallOptions.builder().selection(Selection.roundRobin()).build();
        Calculator any = remote.proxy("calculator", Calculator.class, inTurn);
        CallOptions forBlue = CallOptions.builder()
                .selection(Selection.sticky("customer blue"))
                .build();
        double sum = ChaskiRemote.with(any, forBlue).add(1, 2);
        // #endregion
        assertThat(sum).isEqualTo(3);
        listening.close();
    }

    @Test
    void calls_without_waiting_and_at_all_providers() throws Exception {
        served.serve("calculator", Calculator.class, new RealCalculator());
        ChaskiRemote remote =
                ChaskiRemote.on(node, RemoteOptions.builder().calls(PATIENT).build());
        remote.awaitService("calculator", 1, Duration.ofSeconds(50));
        Calculator calculator = remote.proxy("calculator", Calculator.class);
        // #region async-view
        CompletableFuture<Double> sum = remote.async(calculator, c -> c.add(1, 2));
        // #endregion
        assertThat(sum.join()).isEqualTo(3);
        // #region delay
        CallOptions inAMoment =
                CallOptions.builder().delay(Duration.ofMillis(20)).build();
        CompletableFuture<Double> later = remote.async(ChaskiRemote.with(calculator, inAMoment), c -> c.add(1, 2));
        // #endregion
        assertThat(later.join()).isEqualTo(3);
        // #region broadcast
        Answers<Double> answers = remote.all("calculator", Calculator.class).call(c -> c.divide(1, 0));
        answers.toMap().join().forEach((provider, outcome) -> {
            if (outcome instanceof Outcome.Value<Double> answer) {
                heard.add(provider.nodeName() + ": " + answer.value());
            } else if (outcome instanceof Outcome.Failed<Double> failed) {
                heard.add(provider.nodeName() + ": " + failed.failure().getMessage());
            }
        });
        // #endregion
        assertThat(heard).containsExactly("server: by 0.0");
    }

    @Test
    void schedules() {
        ChaskiRemote remote =
                ChaskiRemote.on(node, RemoteOptions.builder().calls(PATIENT).build());
        // #region schedulable
        served.serve("calculator", Calculator.class, new RealCalculator(), ServeOptions.schedulable());
        // #endregion
        Calculator calculator = remote.at(id).proxy("calculator", Calculator.class);
        // #region schedule
        Schedule everyFiveSeconds =
                remote.schedule(calculator, c -> c.add(1, 2)).every(Duration.ofSeconds(5));
        Schedule tomorrow =
                remote.schedule(calculator, c -> c.add(1, 2)).at(Instant.now().plus(Duration.ofDays(1)));
        long errors = everyFiveSeconds.info().orElseThrow().errors();
        tomorrow.cancel();
        // #endregion
        assertThat(errors).isZero();
        assertThat(remote.at(id).schedules()).extracting(Schedule::id).containsExactly(everyFiveSeconds.id());
    }

    @Test
    void numbers() throws Exception {
        served.serve("calculator", Calculator.class, new RealCalculator());
        ChaskiRemote remote =
                ChaskiRemote.on(node, RemoteOptions.builder().calls(PATIENT).build());
        remote.at(id).proxy("calculator", Calculator.class).add(1, 2);
        // #region snapshot
        RemoteSnapshot numbers = remote.snapshot();
        long succeeded = numbers.calls().getOrDefault("OK", 0L);
        int pending = numbers.pending();
        // #endregion
        assertThat(succeeded).isEqualTo(1);
        assertThat(pending).isZero();
    }

    @Test
    void callers_and_interceptors() {
        Set<NodeId> friends = Set.of(node.id());
        // #region callers
        served.serve("calculator", Calculator.class, new RealCalculator(), ServeOptions.onlyFor(friends::contains));
        // #endregion
        served.close();
        // #region intercept
        ChaskiRemote careful = ChaskiRemote.on(
                server,
                RemoteOptions.builder()
                        .interceptServed((context, arguments, next) -> {
                            if (!"secret".equals(context.headers().get("token"))) {
                                throw new CallDeniedException("no token");
                            }
                            return next.proceed();
                        })
                        .build());
        ChaskiRemote client = ChaskiRemote.on(
                node,
                RemoteOptions.builder()
                        .intercept((call, next) -> next.proceed(call.withHeader("token", "secret")))
                        .build());
        // #endregion
        careful.serve("calculator", Calculator.class, new RealCalculator());
        assertThat(client.at(id).proxy("calculator", Calculator.class, PATIENT).add(1, 2))
                .isEqualTo(3);
        client.close();
        Calculator anonymous = ChaskiRemote.on(node).at(id).proxy("calculator", Calculator.class, PATIENT);
        assertThatThrownBy(() -> anonymous.add(1, 2)).isInstanceOf(CallDeniedException.class);
    }

    @Test
    void the_other_pieces_compile_and_fit() {
        assertThat(new Adding()).isNotNull();
        assertThat(ChaskiRemote.on(node).at(id).proxy("archive", Archive.class).toString())
                .isEqualTo("remote archive (Archive)");
    }
}
