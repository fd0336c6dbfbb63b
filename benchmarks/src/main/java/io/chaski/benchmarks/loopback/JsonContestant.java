package io.chaski.benchmarks.loopback;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Dispatch;
import io.chaski.core.Receipt;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import java.util.List;
import java.util.Objects;

/**
 * Nodes as those of {@link ChaskiContestant}, on a topic of records that travel as JSON of about as many bytes; in calls such a record
 * is there on both sides, and another one goes back.
 */
final class JsonContestant implements Contestant {

    private static final Topic<Sample> TOPIC =
            Topic.of("benchmark/json", Sample.class).contentType("application/json");

    private static final PayloadCodec JSON = PayloadCodec.json();

    /**
     * What is published instead of bytes.
     *
     * @param number of the message
     * @param end its lowest byte once more
     * @param text fills it up
     */
    record Sample(long number, byte end, String text) {

        /** What the names, the signs and a number of seven digits take. */
        private static final int OTHER_BYTES = 42;

        /** How long the text has to be for a message of a size, in bytes. */
        static int textLength(int bytes) {
            return bytes - OTHER_BYTES;
        }

        boolean isWhole(int textLength) {
            return end == (byte) number && text.length() == textLength;
        }

        private byte[] encode() {
            return JSON.encode(this, Sample.class);
        }

        private static Sample decode(byte[] bytes) {
            return (Sample) Objects.requireNonNull(JSON.decode(bytes, Sample.class), "null is not sent");
        }
    }

    /** Makes records of messages of bytes, with the same number. Confined to one thread. */
    private static final class Samples {

        private String text = "";

        Sample of(byte[] message) {
            int length = Sample.textLength(message.length);
            if (text.length() != length) {
                text = "x".repeat(length);
            }
            long number = Numbered.read(message);
            return new Sample(number, (byte) number, text);
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
                    tally.onMessage(sample.number(), sample.isWhole(length));
                },
                ChaskiContestant.options().build());
        return new ChaskiContestant.ListeningNode(node, subscription);
    }

    @Override
    public OneWay oneWay(List<String> addresses) {
        ChaskiNode node = ChaskiContestant.join(TOPIC, addresses);
        return new Publisher(node);
    }

    @Override
    public Listening echo() {
        return ChaskiContestant.echo(ChaskiNode.builder(), Dispatch.CALLBACK, () -> new StreamListener() {
            @Override
            public void onMessage(Stream stream, byte[] message) {
                Sample sample = Sample.decode(message);
                stream.end(new Sample(sample.number(), sample.end(), sample.text()).encode());
            }
        });
    }

    @Override
    public RoundTrip roundTrip(String address) {
        return new Requester(new ChaskiContestant(Dispatch.CALLBACK).roundTrip(address));
    }

    /** Confined to one thread. */
    private static final class Requester implements RoundTrip {

        private final RoundTrip bytes;
        private final Samples samples = new Samples();

        Requester(RoundTrip bytes) {
            this.bytes = bytes;
        }

        /** The array of the request is what the answer is written into, to be compared. */
        @Override
        public byte[] call(byte[] request) throws Exception {
            Sample order = samples.of(request);
            Sample answer = Sample.decode(bytes.call(order.encode()));
            if (!answer.isWhole(order.text().length()) || !answer.text().equals(order.text())) {
                return new byte[0];
            }
            Numbered.write(request, answer.number());
            return request;
        }

        @Override
        public void close() throws Exception {
            bytes.close();
        }
    }

    /** Confined to one thread. */
    private static final class Publisher implements OneWay {

        private final ChaskiNode node;
        private final Samples samples = new Samples();

        Publisher(ChaskiNode node) {
            this.node = node;
        }

        @Override
        public void send(byte[] message) {
            Receipt receipt = node.publish(TOPIC, samples.of(message));
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
