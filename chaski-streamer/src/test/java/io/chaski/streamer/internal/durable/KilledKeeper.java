package io.chaski.streamer.internal.durable;

import io.chaski.core.Environment;
import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.streamer.KilledLives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;

/**
 * The process that is killed: threads that publish into a store, a consumer that reads and moves its cursor, rolls and trims
 * all the time, since the segments are small. Says what was acknowledged. What a source says in which message is known to
 * everybody.
 */
final class KilledKeeper {

    static final int SOURCES = 3;

    static final String CONSUMER = "consumer";

    /** How many messages a source publishes before the first of them is acknowledged. */
    static final int MOST_UNACKNOWLEDGED = 8;

    static final TopicStoreOptions OPTIONS = new TopicStoreOptions(
            new Retention(Retention.LEAST_BYTES, 1_600, Retention.FOREVER), 0, 4_096, Environment.system());

    /** What the consumer has not looked for yet. */
    private static final Semaphore NEWS = new Semaphore(0);

    private KilledKeeper() {}

    static Source source(int number) {
        return new Source(new NodeId(number, 77), 1);
    }

    static KeptMessage message(int source, long sequence) {
        byte[] body = new byte[(int) (sequence * 37 % 400)];
        new Random(sequence * SOURCES + source).nextBytes(body);
        return KeptMessage.of(source(source), sequence, new HybridTimestamp(sequence, 0), body);
    }

    /** Argument: the directory. Is told the first sequence of each source. */
    public static void main(String[] arguments) throws IOException {
        message(0, 1); // loads most classes
        KilledLives.live(first -> {
            TopicStore store = LogTopicStore.open(Path.of(arguments[0]), OPTIONS);
            for (int s = 0; s < SOURCES; s++) {
                int source = s;
                long sequence = Long.parseLong(first[s]);
                start(() -> publish(store, source, sequence));
            }
            start(() -> consume(store));
        });
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setUncaughtExceptionHandler((failed, e) -> KilledLives.say("failed: " + e)); // which nobody expects
        thread.start();
    }

    private static void publish(TopicStore store, int source, long first) {
        Semaphore unacknowledged = new Semaphore(MOST_UNACKNOWLEDGED);
        for (long s = first; ; s++) {
            long sequence = s;
            unacknowledged.acquireUninterruptibly();
            var unused = store.append(message(source, sequence)).whenComplete((answer, failure) -> {
                KilledLives.say("kept " + source + " " + sequence + " " + (failure == null ? answer : failure));
                unacknowledged.release();
                NEWS.release();
            });
            if (sequence % 50 == 0) {
                store.trim().join();
            }
        }
    }

    /** Reads on from its cursor, one source after the other, and says where it is before and when its cursor has moved. */
    private static void consume(TopicStore store) {
        for (int round = 0; ; round++) {
            NEWS.acquireUninterruptibly();
            int source = round % SOURCES;
            long done = store.cursor(CONSUMER).getOrDefault(source(source), 0L);
            List<KeptMessage> next = store.read(source(source), done + 1, Long.MAX_VALUE, 2_000);
            if (!next.isEmpty()) {
                long last = next.get(next.size() - 1).sequence();
                KilledLives.say("moves " + source + " " + last);
                store.advance(CONSUMER, source(source), last).join();
                KilledLives.say("moved " + source + " " + last);
            }
        }
    }
}
