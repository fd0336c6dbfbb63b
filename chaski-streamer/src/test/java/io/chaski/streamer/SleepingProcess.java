package io.chaski.streamer;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Delivery;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.PublishOptions;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.Optional;

/** The program of {@link SleepingHeapIT}: a publisher, and a stream that nobody reads before everything is published. */
final class SleepingProcess {

    /** In the place of the number that is not accounted for. */
    static final String OVERFLOWED = "OVERFLOWED";

    private static final Topic<byte[]> T = Topic.bytes("t");
    private static final byte[] PAYLOAD = new byte[64 << 10];
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final PublishOptions AT_ONCE =
            PublishOptions.builder().patience(Duration.ZERO).build();

    private SleepingProcess() {}

    /**
     * Runs it.
     *
     * @param arguments the overflow policy of the stream, and how many messages are published
     */
    public static void main(String[] arguments) throws InterruptedException {
        QueueOptions options = QueueOptions.builder()
                .overflow(OverflowPolicy.valueOf(arguments[0]))
                .build();
        try (ChaskiNode publisher = ChaskiNode.builder().name("publisher").start();
                ChaskiNode sleeper = ChaskiNode.builder()
                        .name("sleeper")
                        .bootstrap(publisher.addresses().get(0))
                        .start();
                TopicStream<Delivery<byte[]>> sleeping =
                        ChaskiStreamer.on(sleeper).openDeliveries(T, options)) {
            publisher.subscribe(T, message -> {}).awaitSubscribers(1, LIMIT);
            sleeping.awaitPaired(LIMIT);
            TopicPublisher<byte[]> out = ChaskiStreamer.on(publisher).publisher(T);
            boolean waits = options.overflow() == OverflowPolicy.BLOCK;
            long accepted = publish(waits ? out.with(AT_ONCE) : out, Integer.parseInt(arguments[1]));
            System.out.println("ACCEPTED " + accepted);
            System.out.println("UNACCOUNTED " + account(sleeping, accepted, out));
        }
    }

    private static long publish(TopicPublisher<byte[]> out, int messages) {
        long accepted = 0;
        for (int i = 0; i < messages; i++) {
            accepted += out.publish(PAYLOAD).isRejected() ? 0 : 1;
        }
        return accepted;
    }

    /**
     * Reads until everything has come or is known not to come: what is missing at the end shows when more is published.
     *
     * @return how many messages are left, or the word for a stream that ended because it overflowed
     */
    private static String account(TopicStream<Delivery<byte[]>> stream, long published, TopicPublisher<byte[]> out)
            throws InterruptedException {
        long left = published;
        int silences = 0;
        try {
            while (left > 0 && silences < 60) {
                Optional<Delivery<byte[]>> next = stream.poll(Duration.ofSeconds(1));
                if (next.isEmpty()) {
                    silences++;
                    left += publish(out, 1);
                } else if (next.get() instanceof Delivery.Dropped<byte[]> dropped) {
                    left -= dropped.messages();
                } else if (next.get() instanceof Delivery.Missed<byte[]> missed) {
                    left -= missed.gap().count();
                } else {
                    left--;
                }
            }
        } catch (QueueOverflowException ended) {
            return OVERFLOWED;
        }
        return Long.toString(left);
    }
}
