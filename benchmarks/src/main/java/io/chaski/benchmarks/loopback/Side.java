package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.ThisProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * One of the processes of a cell: {@code receiver}, {@code relay} or {@code sender}, then the names of contestant and
 * workload, the file of the shared counters, and for a sender the addresses of the receivers, or of the relay between them.
 *
 * <pre>
 *   receiver:  says  LISTENING addresses hears  REPORT    says  REPORT missing broken dropped cpuNanos
 *   relay:     the same, of which only its processor time and its drops count
 *   sender:    says  READY -             hears  GO nanos  says  DONE operations nanos cpuNanos p50Nanos p99Nanos missing broken
 * </pre>
 *
 * Each of them also hears {@code THREADS} and says what its threads took since it heard it last, see {@link ThreadCosts}.
 */
final class Side {

    private static final String SEPARATOR = ",";

    static final String RECEIVER = "receiver";
    static final String RELAY = "relay";
    static final String SENDER = "sender";

    static final String LISTENING = "LISTENING";
    static final String READY = "READY";
    static final String GO = "GO";
    static final String DONE = "DONE";
    static final String REPORT = "REPORT";
    static final String THREADS = "THREADS";

    /** Where the processor time is among the numbers of a report. */
    static final int REPORTED_CPU = 3;

    private final Contestant contestant;
    private final Workload workload;
    private final List<SharedCounter> progress;

    private Side(Contestant contestant, Workload workload, List<SharedCounter> progress) {
        this.contestant = contestant;
        this.workload = workload;
        this.progress = progress;
    }

    public static void main(String[] arguments) throws Exception {
        Contestants name = Contestants.valueOf(arguments[1]);
        Workload workload = Workload.valueOf(arguments[2]);
        if (workload.isCalls()) {
            CallSide side = new CallSide(name.calls(), workload.outstanding());
            if (arguments[0].equals(RECEIVER)) {
                side.receive();
            } else {
                side.send(arguments[4]);
            }
            return;
        }
        List<SharedCounter> progress = new ArrayList<>();
        for (int i = 0; i < workload.receivers(); i++) {
            progress.add(SharedCounter.open(Path.of(arguments[3]), i));
        }
        try (Contestant contestant = name.contestant()) {
            Side side = new Side(contestant, workload, progress);
            switch (arguments[0]) {
                case RECEIVER -> side.receive();
                case RELAY -> side.relay(arguments[4]);
                default -> side.send(arguments[4]);
            }
        }
    }

    private void receive() throws Exception {
        List<Contestant.Listening> receivers = new ArrayList<>();
        List<Tally> tallies = new ArrayList<>();
        for (SharedCounter counter : progress) {
            Tally tally = new Tally(workload.bytes(), counter);
            tallies.add(tally);
            receivers.add(workload.isRoundTrip() ? contestant.echo() : contestant.receiver(tally));
        }
        say(LISTENING, receivers.stream().map(Contestant.Listening::address).collect(Collectors.joining(SEPARATOR)));
        hear(command -> {
            List<Tally.Report> reports = tallies.stream().map(Tally::report).toList();
            report(
                    sum(reports, Tally.Report::missing),
                    sum(reports, Tally.Report::broken),
                    sum(receivers, Contestant.Listening::dropped));
        });
        for (Contestant.Listening receiver : receivers) {
            receiver.close();
        }
    }

    private void relay(String address) throws Exception {
        try (Contestant.Listening relay = contestant.relay(address)) {
            say(LISTENING, relay.address());
            hear(command -> report(0, 0, relay.dropped()));
        }
    }

    /** Says what has been counted so far, and the processor time of this process and of those that it has started. */
    static void report(long missing, long broken, long dropped) {
        long cpuNanos = ThisProcess.cpuNanos() + Phase.childrenCpuNanos();
        say(REPORT, missing + " " + broken + " " + dropped + " " + cpuNanos);
    }

    private static <V> long sum(List<V> values, ToLongFunction<V> figure) {
        return values.stream().mapToLong(figure).sum();
    }

    private void send(String address) throws Exception {
        if (workload.isRoundTrip()) {
            try (Contestant.RoundTrip way = contestant.roundTrip(address)) {
                work(RoundTripLoad.of(way, workload.bytes()));
            }
        } else {
            try (Contestant.OneWay way = contestant.oneWay(List.of(address.split(SEPARATOR, -1)))) {
                Window window = new Window(progress, workload.bytes());
                work(new OneWayLoad(way, window, workload.bytes()));
            }
        }
    }

    static void work(Load load) throws Exception {
        say(READY, "-");
        hear(command -> {
            Duration duration = Duration.ofNanos(Long.parseLong(command.substring(GO.length() + 1)));
            say(DONE, load.run(duration).toLine());
        });
    }

    /** What a side does when it hears a command. */
    @FunctionalInterface
    interface Ear {
        void on(String command) throws Exception;
    }

    /** Hears commands until the driver has no more. */
    static void hear(Ear ear) throws Exception {
        ThreadCosts threads = new ThreadCosts();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals(THREADS)) {
                say(THREADS, ThreadCosts.toLine(threads.sinceLast()));
            } else {
                ear.on(command);
            }
        }
    }

    static void say(String word, String rest) {
        System.out.println(word + " " + rest);
        System.out.flush();
    }
}
