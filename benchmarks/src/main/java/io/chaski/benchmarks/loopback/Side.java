package io.chaski.benchmarks.loopback;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One of the two processes of a cell: {@code receiver} or {@code sender}, then the names of contestant and workload, the
 * file of the shared counter, and for a sender the address of the receiver.
 *
 * <pre>
 *   receiver:  says  LISTENING address   hears  REPORT    says  REPORT delivered missing broken dropped cpuNanos
 *   sender:    says  READY -             hears  GO nanos  says  DONE operations nanos cpuNanos p50Nanos p99Nanos
 * </pre>
 */
final class Side {

    static final String RECEIVER = "receiver";
    static final String SENDER = "sender";

    static final String LISTENING = "LISTENING";
    static final String READY = "READY";
    static final String GO = "GO";
    static final String DONE = "DONE";
    static final String REPORT = "REPORT";

    private final Contestant contestant;
    private final Workload workload;
    private final SharedCounter progress;

    private Side(Contestant contestant, Workload workload, SharedCounter progress) {
        this.contestant = contestant;
        this.workload = workload;
        this.progress = progress;
    }

    public static void main(String[] arguments) throws Exception {
        Side side = new Side(
                Contestants.valueOf(arguments[1]).contestant(),
                Workload.valueOf(arguments[2]),
                SharedCounter.open(Path.of(arguments[3])));
        if (arguments[0].equals(RECEIVER)) {
            side.receive();
        } else {
            side.send(arguments[4]);
        }
    }

    private void receive() throws Exception {
        Tally tally = new Tally(workload.bytes(), progress);
        try (Contestant.Listening listening = workload.isRoundTrip() ? contestant.echo() : contestant.receiver(tally)) {
            say(LISTENING, listening.address());
            BufferedReader commands = commands();
            while (commands.readLine() != null) {
                Tally.Report report = tally.report();
                say(
                        REPORT,
                        report.delivered() + " " + report.missing() + " " + report.broken() + " " + listening.dropped()
                                + " " + Phase.processCpuNanos());
            }
        }
    }

    private void send(String address) throws Exception {
        if (workload.isRoundTrip()) {
            try (Contestant.RoundTrip way = contestant.roundTrip(address)) {
                work(new RoundTripLoad(way, workload.bytes()));
            }
        } else {
            try (Contestant.OneWay way = contestant.oneWay(address)) {
                Window window = new Window(progress, workload.bytes());
                work(new OneWayLoad(way, window, workload.bytes()));
            }
        }
    }

    private static void work(Load load) throws Exception {
        say(READY, "-");
        BufferedReader commands = commands();
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            Duration duration = Duration.ofNanos(Long.parseLong(command.substring(GO.length() + 1)));
            say(DONE, load.run(duration).toLine());
        }
    }

    private static void say(String word, String rest) {
        System.out.println(word + " " + rest);
        System.out.flush();
    }

    private static BufferedReader commands() throws IOException {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }
}
