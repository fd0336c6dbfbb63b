package io.chaski.streamer.tck;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** The subscribers' part of the suite of Reactive Streams, with a look at what the subscriber gets. */
@Test
public class PublishingSubscriberWhiteboxTckTest extends FlowSubscriberWhiteboxVerification<Long> {

    private TckNodes nodes;

    public PublishingSubscriberWhiteboxTckTest() {
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
    protected Flow.Subscriber<Long> createFlowSubscriber(WhiteboxSubscriberProbe<Long> probe) {
        return new Probed(nodes.publishing().publisher(nodes.topic()).subscriber(), probe);
    }

    @Override
    public Long createElement(int element) {
        return (long) element;
    }

    /** Tells the suite of each signal after the subscriber has seen it. */
    private record Probed(Flow.Subscriber<Long> subscriber, WhiteboxSubscriberProbe<Long> probe)
            implements Flow.Subscriber<Long> {

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriber.onSubscribe(subscription);
            probe.registerOnSubscribe(new SubscriberPuppet() {
                @Override
                public void triggerRequest(long elements) {
                    subscription.request(elements);
                }

                @Override
                public void signalCancel() {
                    subscription.cancel();
                }
            });
        }

        @Override
        public void onNext(Long item) {
            subscriber.onNext(item);
            probe.registerOnNext(item);
        }

        @Override
        public void onError(Throwable failure) {
            subscriber.onError(failure);
            probe.registerOnError(failure);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
            probe.registerOnComplete();
        }
    }
}
