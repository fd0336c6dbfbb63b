package io.chaski.remote.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.TypeRef;
import io.chaski.remote.Answers;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallEvent;
import io.chaski.remote.CallException;
import io.chaski.remote.CallOptions;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.Deadline;
import io.chaski.remote.DynamicResult;
import io.chaski.remote.DynamicService;
import io.chaski.remote.Idempotent;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.OneWay;
import io.chaski.remote.Outcome;
import io.chaski.remote.OwnService;
import io.chaski.remote.Provider;
import io.chaski.remote.RemoteContext;
import io.chaski.remote.RemoteMethod;
import io.chaski.remote.RemoteName;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.RemotePeer;
import io.chaski.remote.RemoteSnapshot;
import io.chaski.remote.Schedule;
import io.chaski.remote.Selection;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.ServiceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    // #region context-elsewhere
    static final class LoggingAdd implements CalculatorLater {
        private final ExecutorService pool = Executors.newCachedThreadPool();

        @Override
        public CompletableFuture<Double> add(double a, double b) {
            RemoteContext context = RemoteContext.current();
            System.out.println(context.caller() + " has " + context.remaining().orElseThrow() + " left");
            CompletableFuture<Double> sum = new CompletableFuture<>();
            pool.execute(() -> context.run(() -> sum.complete(a + b))); // calls made in there end with this one
            return sum;
        }
    }
    // #endregion

    // #region slow-calls
    static final class SlowCalls implements Flow.Subscriber<CallEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(CallEvent event) {
            if (event instanceof CallEvent.Ended ended && ended.duration().toMillis() > 100) {
                System.out.println(ended.service() + "." + ended.method() + ": " + ended.outcome());
            }
        }

        @Override
        public void onError(Throwable failure) {
            System.out.println("no more events: " + failure);
        }

        @Override
        public void onComplete() {
            System.out.println("the remote is closed");
        }
    }
    // #endregion

    // #region out-of-paper
    public static class OutOfPaper extends Exception {
        private final int pages;

        public OutOfPaper(int pages) {
            super(pages + " pages are left to print");
            this.pages = pages;
        }

        static OutOfPaper parse(String message) {
            return new OutOfPaper(Integer.parseInt(message.substring(0, message.indexOf(' '))));
        }

        public int pages() {
            return pages;
        }
    }
    // #endregion

    public interface Printer {
        void print(String text) throws OutOfPaper;

        @OneWay
        void feed();
    }

    static final class EmptyPrinter implements Printer {
        @Override
        public void print(String text) throws OutOfPaper {
            throw new OutOfPaper(3);
        }

        @Override
        public void feed() {
            throw new IllegalStateException("no paper");
        }
    }

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
        client.awaitService("calculator", 1, Duration.ofSeconds(50));
        Calculator calculator = client.proxy("calculator", Calculator.class);
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
        // #region at
        Calculator there = client.at(id).proxy("calculator", Calculator.class);
        // #endregion
        assertThat(there.add(1, 2)).isEqualTo(3);
        // #region future
        CalculatorLater later = client.at(id).proxy("calculator", CalculatorLater.class);
        CompletableFuture<Double> result = later.add(1, 2);
        result.thenAccept(value -> System.out.println("the sum is " + value)).join();
        // #endregion
        registration.close();
    }

    @Test
    void what_a_remote_is_told_about_failures() {
        served.close();
        ChaskiRemote printing = ChaskiRemote.on(
                server,
                RemoteOptions.builder()
                        .error(OutOfPaper.class, OutOfPaper::parse)
                        .build());
        printing.serve("printer", Printer.class, new EmptyPrinter());
        // #region options-failures
        ChaskiRemote remote = ChaskiRemote.on(
                node,
                RemoteOptions.builder()
                        .error(OutOfPaper.class, OutOfPaper::parse)
                        .oneWayFailures(failed -> heard.add(failed.getMessage()))
                        .build());
        // #endregion
        Printer printer = remote.at(id).proxy("printer", Printer.class, PATIENT);
        assertThatThrownBy(() -> printer.print("text"))
                .isInstanceOfSatisfying(
                        OutOfPaper.class, failed -> assertThat(failed.pages()).isEqualTo(3));
        printer.feed();
        await().atMost(50, TimeUnit.SECONDS).until(() -> !heard.isEmpty());
        assertThat(heard.get(0)).contains("no paper");
    }

    @Test
    void an_implementation_that_goes_on_elsewhere() throws Exception {
        LoggingAdd adding = new LoggingAdd();
        served.serve("calculator", CalculatorLater.class, adding);
        CalculatorLater calculator = ChaskiRemote.on(node).at(id).proxy("calculator", CalculatorLater.class, PATIENT);
        assertThat(calculator.add(1, 2).get(50, TimeUnit.SECONDS)).isEqualTo(3);
        adding.pool.shutdown();
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
                                .retryDelay(Duration.ofMillis(50))
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
        heard.clear();
        // #region stream-both
        try (Stream<Double> smoothed = inTurn.smoothed(Stream.of(20.4, 20.6))) {
            smoothed.forEach(
                    degrees -> heard.add(degrees + " degrees")); // the first may come before the second is read
        }
        // #endregion
        assertThat(heard).containsExactly("20.0 degrees", "21.0 degrees");
    }

    @Test
    void functions() throws Exception {
        // #region attach
        served.attach("square", Double.class, Double.class, x -> x * x);
        // #endregion
        ChaskiRemote remote = ChaskiRemote.on(node);
        remote.awaitService("square", 1, Duration.ofSeconds(50));
        // #region function
        Function<Double, Double> square = remote.function("square", Double.class, Double.class);
        double nine = square.apply(3.0);
        // #endregion
        // #region function-more
        Function<Double, Double> there = remote.at(id)
                .function("square", Double.class, Double.class, CallOptions.within(Duration.ofSeconds(40)));
        CompletableFuture<Double> sixteen = remote.async(there, f -> f.apply(4.0));
        // #endregion
        assertThat(sixteen.join()).isEqualTo(16);
        assertThat(nine).isEqualTo(9);
        Set<NodeId> friends = Set.of(node.id());
        // #region attach-more
        TypeRef<List<Double>> numbers = new TypeRef<>() {};
        TypeRef<Double> number = new TypeRef<>() {};
        ServeOptions options = ServeOptions.builder()
                .callers(friends::contains)
                .version("2")
                .schedulable()
                .build();
        served.attach("mean", numbers, number, RemoteGuideTest::mean, options);
        served.detach("square");
        // #endregion
        assertThat(remote.at(id).function("mean", numbers, number).apply(List.of(1.0, 2.0)))
                .isEqualTo(1.5);
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
    }

    @Test
    void a_node_by_its_name() throws Exception {
        served.serve("calculator", Calculator.class, new RealCalculator());
        String name = served.node().name();
        ChaskiRemote remote = ChaskiRemote.on(node);
        // #region peer
        RemotePeer peer = remote.awaitPeer(name, Duration.ofSeconds(50));
        double sum = peer.proxy("calculator", Calculator.class).add(1, 2);
        // #endregion
        assertThat(sum).isEqualTo(3);
    }

    @Test
    void generic_functions() {
        ChaskiRemote remote = ChaskiRemote.on(node);
        TypeRef<List<Double>> numbers = new TypeRef<>() {};
        TypeRef<Double> number = new TypeRef<>() {};
        served.attach("sum", numbers, number, new Adding());
        Function<List<Double>, Double> sum = remote.at(id).function("sum", numbers, number);
        double six = sum.apply(List.of(1.0, 2.0, 3.0));
        assertThat(six).isEqualTo(6);
        // #region dynamic-generic
        served.serve("thermometer", new Thermometer());
        List<Double> last =
                remote.at(id).dynamic("thermometer").call("history", 2).as(new TypeRef<>() {});
        // #endregion
        assertThat(last).containsExactly(21.5, 21.5);
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
        Registration listening = remote.onServiceEvent(event -> {
            if (event instanceof ServiceEvent.Joined joined) {
                heard.add("here: " + joined.provider());
            } else if (event instanceof ServiceEvent.Left left) {
                heard.add(left.reason() + ": " + left.provider());
            }
        });
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
        // #region own-selection
        Selection upstairs = (candidates, random) -> candidates.stream()
                .filter(candidate -> candidate.nodeName().startsWith("upstairs-"))
                .toList();
        // #endregion
        Calculator nobody = remote.proxy(
                "calculator",
                Calculator.class,
                CallOptions.builder().selection(upstairs).build());
        assertThatThrownBy(() -> nobody.add(1, 2)).isInstanceOf(NoProviderException.class);
        // #region version
        remote.awaitService("calculator", "2", 1, Duration.ofSeconds(50));
        CalculatorLater second = remote.proxy(
                "calculator",
                CalculatorLater.class,
                CallOptions.builder().version("2").build());
        // #endregion
        assertThat(second.add(1, 2).get(50, TimeUnit.SECONDS)).isEqualTo(3);
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
        // #region quorum
        Answers<Double> sums = remote.all("calculator", Calculator.class)
                .with(CallOptions.within(Duration.ofSeconds(40)))
                .atOnce(16)
                .call(c -> c.add(1, 2));
        CompletableFuture<Double> agreed = sums.majority(); // or first(), or quorum(3)
        // #endregion
        assertThat(agreed.get(50, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @Test
    void schedules_that_outlive_their_provider(@TempDir Path directory) {
        served.close();
        // #region schedule-store
        ChaskiRemote clock = ChaskiRemote.on(
                server, RemoteOptions.builder().scheduleStore(directory).build());
        // #endregion
        clock.serve("calculator", Calculator.class, new RealCalculator(), ServeOptions.schedulable());
        ChaskiRemote remote =
                ChaskiRemote.on(node, RemoteOptions.builder().calls(PATIENT).build());
        Schedule made = remote.schedule(remote.at(id).proxy("calculator", Calculator.class), c -> c.add(1, 2))
                .every(Duration.ofDays(1));
        clock.close();
        ChaskiRemote again = ChaskiRemote.on(
                server, RemoteOptions.builder().scheduleStore(directory).build());
        assertThat(again.snapshot().schedules()).isEqualTo(1);
        assertThat(remote.at(id).schedules()).extracting(Schedule::id).containsExactly(made.id());
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
        // A call is counted a moment after its result has been told.
        await().atMost(50, TimeUnit.SECONDS)
                .until(() -> remote.snapshot().calls().containsKey("OK"));
        // #region snapshot
        RemoteSnapshot numbers = remote.snapshot();
        long succeeded = numbers.calls().getOrDefault("OK", 0L);
        int pending = numbers.pending();
        // #endregion
        // #region events
        remote.events().subscribe(new SlowCalls());
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
