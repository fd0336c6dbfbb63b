package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.ThisProcess;
import java.time.Duration;

/** Sends numbered messages as fast as they arrive at the other side. */
final class OneWayLoad implements Load {

    /** Messages between two looks at the clock, which costs as much as sending one. */
    private static final int STRIDE = 64;

    private final Contestant.OneWay way;
    private final Window window;
    private final byte[] message;
    private long sent;

    /**
     * Nothing sent.
     *
     * @param way over it
     * @param window bounds what is on the way
     * @param bytes size of each message
     */
    OneWayLoad(Contestant.OneWay way, Window window, int bytes) {
        this.way = way;
        this.window = window;
        this.message = new byte[bytes];
    }

    @Override
    public Phase run(Duration duration) {
        long firstSent = sent;
        long beganCpuNanos = ThisProcess.cpuNanos();
        long beganNanos = System.nanoTime();
        while (System.nanoTime() - beganNanos < duration.toNanos()) {
            for (int i = 0; i < STRIDE; i++) {
                window.awaitRoom(sent);
                Numbered.write(message, sent);
                way.send(message);
                sent++;
            }
        }
        window.awaitArrived(sent);
        long nanos = System.nanoTime() - beganNanos;
        return new Phase(sent - firstSent, nanos, ThisProcess.cpuNanos() - beganCpuNanos, 0, 0, 0, 0);
    }
}
