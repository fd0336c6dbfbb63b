package io.chaski.benchmarks.loopback;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.Receipt;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.MessageStream;
import io.chaski.streamer.TopicPublisher;
import java.util.List;

/** Nodes as those of {@link ChaskiContestant}: a stream with its default queue is read in a loop, {@code publish} waits when it is full. */
final class StreamContestant implements Contestant {

    @Override
    public Listening receiver(Tally tally) {
        ChaskiNode node = ChaskiContestant.start("receiver");
        MessageStream<byte[]> stream = ChaskiStreamer.on(node).open(ChaskiContestant.TOPIC);
        Thread reader = new Thread(() -> read(stream, tally), "reader");
        reader.setDaemon(true);
        reader.start();
        return new ListeningStream(node, stream);
    }

    private static void read(MessageStream<byte[]> stream, Tally tally) {
        for (Message<byte[]> message : stream) {
            tally.onMessage(message.payload());
        }
    }

    @Override
    public OneWay oneWay(List<String> addresses) {
        ChaskiNode node = ChaskiContestant.join(ChaskiContestant.TOPIC, addresses);
        return new Publisher(node, ChaskiStreamer.on(node).publisher(ChaskiContestant.TOPIC));
    }

    private record ListeningStream(ChaskiNode node, MessageStream<byte[]> stream) implements Listening {

        @Override
        public String address() {
            return node.addresses().get(0).toString();
        }

        @Override
        public long dropped() {
            return stream.statistics().dropped();
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private record Publisher(ChaskiNode node, TopicPublisher<byte[]> out) implements OneWay {

        @Override
        public void send(byte[] message) {
            Receipt receipt = out.publish(message);
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
