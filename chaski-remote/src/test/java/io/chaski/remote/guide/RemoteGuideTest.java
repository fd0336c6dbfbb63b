package io.chaski.remote.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallException;
import io.chaski.remote.CallOptions;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.Deadline;
import io.chaski.remote.Idempotent;
import io.chaski.remote.OneWay;
import io.chaski.remote.RemoteContext;
import io.chaski.remote.RemoteName;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.ServeOptions;
import java.time.Duration;
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
    void startNodes() throws Exception {
        server = ChaskiNode.builder().name("server").start();
        node = ChaskiNode.builder().name("client").start();
        node.connect(server.addresses().get(0)).get(50, TimeUnit.SECONDS);
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
