package io.chaski.streamer.tck;

import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.Topic;
import io.chaski.streamer.MessageStream;
import io.chaski.streamer.TopicPublisher;
import java.time.Duration;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * The publishers' part of the suite of Reactive Streams, on streams between two nodes. Another thread publishes what the
 * suite asks for, and waits when the suite requests nothing.
 */
@Test
public class StreamPublisherTckTest extends FlowPublisherVerification<Message<Long>> {

    private TckNodes nodes;

    public StreamPublisherTckTest() {
        super(TckNodes.environment(), TckNodes.COLLECTION_MILLIS);
    }

    @BeforeClass
    void startNodes() {
        nodes = new TckNodes();
    }

    @AfterClass
    void closeNodes() {
        nodes.close();
    }

    @Override
    public Flow.Publisher<Message<Long>> createFlowPublisher(long elements) {
        Topic<Long> topic = nodes.topic();
        MessageStream<Long> stream = nodes.reading().open(topic);
        TopicPublisher<Long> publisher = nodes.publishing().publisher(topic);
        nodes.awaitPairing(stream, topic);
        Thread thread = new Thread(() -> publish(publisher, elements, stream), "publisher of " + topic);
        thread.setDaemon(true);
        thread.start();
        return new Finite(stream, elements);
    }

    private static void publish(TopicPublisher<Long> publisher, long elements, MessageStream<Long> stream) {
        try {
            for (long i = 0; i < elements && !stream.isClosed(); i++) {
                publisher.publish(i);
            }
        } catch (NodeClosedException over) {
            // So are the tests.
        }
    }

    /** One that is read in another way already. */
    @Override
    public Flow.Publisher<Message<Long>> createFailedFlowPublisher() {
        MessageStream<Long> stream = nodes.reading().open(nodes.topic());
        try {
            stream.poll(Duration.ZERO);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return stream;
    }

    /** A topic has no end, but the suite wants one: here somebody closes the stream when it has given enough. */
    private record Finite(MessageStream<Long> stream, long elements) implements Flow.Publisher<Message<Long>> {

        @Override
        public void subscribe(Flow.Subscriber<? super Message<Long>> subscriber) {
            stream.subscribe(subscriber == null ? null : new Counting(subscriber, this));
            if (elements == 0) {
                stream.close();
            }
        }
    }

    private static final class Counting implements Flow.Subscriber<Message<Long>> {

        private final Flow.Subscriber<? super Message<Long>> suite;
        private final Finite publisher;
        private long seen;

        Counting(Flow.Subscriber<? super Message<Long>> suite, Finite publisher) {
            this.suite = suite;
            this.publisher = publisher;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            suite.onSubscribe(subscription);
        }

        @Override
        public void onNext(Message<Long> item) {
            suite.onNext(item);
            seen++;
            if (seen == publisher.elements()) {
                publisher.stream().close();
            }
        }

        @Override
        public void onError(Throwable failure) {
            suite.onError(failure);
        }

        @Override
        public void onComplete() {
            suite.onComplete();
        }
    }
}
