package io.chaski.benchmarks.loopback;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Receipt;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.util.List;

/** Nodes as those of {@link ChaskiContestant}, on a topic of records that travel as JSON of about as many bytes. */
final class JsonContestant implements Contestant {

    private static final Topic<Sample> TOPIC =
            Topic.of("benchmark/json", Sample.class).contentType("application/json");

    /**
     * What is published instead of bytes.
     *
     * @param number of the message
     * @param end its lowest byte, so that a message of which a part is missing shows
     * @param text fills it up
     */
    record Sample(long number, byte end, String text) {

        /** What the names, the signs and a number of seven digits take. */
        private static final int OTHER_BYTES = 42;

        /** How long the text has to be for a message of a size, in bytes. */
        static int textLength(int bytes) {
            return bytes - OTHER_BYTES;
        }
    }

    @Override
    public Listening receiver(Tally tally) {
        ChaskiNode node = ChaskiContestant.start("receiver");
        int length = Sample.textLength(tally.bytes());
        Subscription subscription = node.subscribe(
                TOPIC,
                message -> {
                    Sample sample = message.payload();
                    if (sample.text().length() == length) {
                        tally.onMessage(sample.number(), sample.end());
                    } else {
                        tally.onMisfit();
                    }
                },
                ChaskiContestant.options().build());
        return new ChaskiContestant.ListeningNode(node, subscription);
    }

    @Override
    public OneWay oneWay(List<String> addresses) {
        ChaskiNode node = ChaskiContestant.join(TOPIC, addresses);
        return new Publisher(node);
    }

    /** Confined to one thread. */
    private static final class Publisher implements OneWay {

        private final ChaskiNode node;
        private String text = "";

        Publisher(ChaskiNode node) {
            this.node = node;
        }

        @Override
        public void send(byte[] message) {
            int length = Sample.textLength(message.length);
            if (text.length() != length) {
                text = "x".repeat(length);
            }
            Receipt receipt = node.publish(TOPIC, new Sample(Numbered.read(message), Numbered.end(message), text));
            if (receipt.isRejected()) {
                throw new IllegalStateException("rejected: " + receipt);
            }
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
