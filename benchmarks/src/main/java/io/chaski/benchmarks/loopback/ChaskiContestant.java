package io.chaski.benchmarks.loopback;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Two nodes with all defaults, as a user would write it: messages are published on a topic that both subscribe to,
 * calls are {@code streams().request}, which opens a stream for each of them.
 */
final class ChaskiContestant implements Contestant {

    private static final Topic<byte[]> TOPIC = Topic.bytes("benchmark");
    private static final String ECHO = "echo";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Dispatch dispatch;

    /**
     * Two nodes.
     *
     * @param dispatch where the receiving side's handlers run
     */
    ChaskiContestant(Dispatch dispatch) {
        this.dispatch = dispatch;
    }

    @Override
    public Listening receiver(Tally tally) {
        ChaskiNode node = ChaskiNode.builder().name("receiver").start();
        // The window bounds what is queued, so a queue that holds two windows never drops.
        SubscribeOptions options = SubscribeOptions.builder()
                .capacity(2 * Window.MESSAGES)
                .capacityBytes(2L * Window.BYTES)
                .dispatch(dispatch)
                .build();
        Subscription subscription = node.subscribe(TOPIC, message -> tally.onMessage(message.payload()), options);
        return new ListeningNode(node, subscription);
    }

    @Override
    public Listening echo() {
        ChaskiNode node = ChaskiNode.builder().name("echo").start();
        StreamOptions options = StreamOptions.builder().dispatch(dispatch).build();
        node.streams().serve(ECHO, options, stream -> new Echo());
        return new ListeningNode(node, node.subscribe(TOPIC, message -> {}));
    }

    @Override
    public OneWay oneWay(String address) throws InterruptedException {
        return new Publisher(join(address));
    }

    @Override
    public RoundTrip roundTrip(String address) throws InterruptedException {
        ChaskiNode node = join(address);
        return new Caller(node, node.edges().get(0).peer());
    }

    private static ChaskiNode join(String address) throws InterruptedException {
        ChaskiNode node = ChaskiNode.builder().name("sender").bootstrap(address).start();
        node.subscribe(TOPIC, message -> {}).awaitPaired(LIMIT);
        return node;
    }

    private record ListeningNode(ChaskiNode node, Subscription subscription) implements Listening {

        @Override
        public String address() {
            return node.addresses().get(0).toString();
        }

        @Override
        public long dropped() {
            return subscription.statistics().dropped();
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private record Publisher(ChaskiNode node) implements OneWay {

        @Override
        public void send(byte[] message) {
            Receipt receipt = node.publish(TOPIC, message);
            if (receipt.isRejected()) {
                throw new IllegalStateException("rejected: " + receipt);
            }
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private record Caller(ChaskiNode node, NodeId peer) implements RoundTrip {

        @Override
        public byte[] call(byte[] request) throws Exception {
            return node.streams().request(peer, ECHO, request, LIMIT).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            node.close();
        }
    }

    /** Answers one message with the same. */
    private static final class Echo implements StreamListener {

        @Override
        public void onMessage(Stream stream, byte[] message) {
            try {
                stream.send(message);
                stream.end();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
