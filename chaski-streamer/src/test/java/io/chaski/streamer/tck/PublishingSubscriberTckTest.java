package io.chaski.streamer.tck;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** The subscribers' part of the suite of Reactive Streams, as seen from outside. */
@Test
public class PublishingSubscriberTckTest extends FlowSubscriberBlackboxVerification<Long> {

    private TckNodes nodes;

    public PublishingSubscriberTckTest() {
        super(TckNodes.environment());
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
    public Flow.Subscriber<Long> createFlowSubscriber() {
        return nodes.publishing().publisher(nodes.topic()).subscriber();
    }

    @Override
    public Long createElement(int element) {
        return (long) element;
    }
}
