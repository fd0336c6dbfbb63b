package io.chaski.streamer.tck;

import io.chaski.core.Message;
import io.chaski.streamer.guide.Mapped;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * The publishers' part of the suite of Reactive Streams, on what the guide makes of a stream: every other message, as its payload.
 * The part for processors applies to none of our classes: a topic has any number of subscribers, and what is published
 * on one is not handed on by the object that publishes it.
 */
@Test
public class MappedTckTest extends FlowPublisherVerification<Long> {

    private final StreamPublisherTckTest streams = new StreamPublisherTckTest();

    public MappedTckTest() {
        super(TckNodes.environment(), TckNodes.COLLECTION_MILLIS);
    }

    @BeforeClass
    void startNodes() {
        streams.startNodes();
    }

    @AfterClass
    void closeNodes() {
        streams.closeNodes();
    }

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
        return everyOther(streams.createFlowPublisher(elements > Long.MAX_VALUE / 2 ? elements : 2 * elements));
    }

    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
        return everyOther(streams.createFailedFlowPublisher());
    }

    private static Flow.Publisher<Long> everyOther(Flow.Publisher<Message<Long>> source) {
        return new Mapped<>(source, message -> message.payload() % 2 == 1, Message::payload);
    }
}
