package io.chaski.streamer.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.PulledSubscription;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FlowSubscriptionTest {

    private final List<String> heard = new ArrayList<>();
    private Runnable hook = () -> {};
    private Runnable whilePolled = () -> {};
    private boolean isClosed;

    /** One that nothing comes to; the test says what happens while it is looked at. */
    @SuppressWarnings("unchecked")
    private final PulledSubscription<String> source = (PulledSubscription<String>) Proxy.newProxyInstance(
            PulledSubscription.class.getClassLoader(),
            new Class<?>[] {PulledSubscription.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "onAvailable" -> {
                    hook = (Runnable) arguments[0];
                    yield null;
                }
                case "poll" -> {
                    whilePolled.run();
                    yield Optional.empty();
                }
                case "isClosed" -> isClosed;
                case "close" -> {
                    isClosed = true;
                    yield null;
                }
                default -> throw new AssertionError(method);
            });

    private FlowSubscription<String, String> begun() {
        FlowSubscription<String, String> begun =
                new FlowSubscription<>(source, delivery -> "item", new Flow.Subscriber<String>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(1);
                    }

                    @Override
                    public void onNext(String item) {
                        heard.add(item);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        heard.add(failure.toString());
                    }

                    @Override
                    public void onComplete() {
                        heard.add("complete");
                    }
                });
        begun.begin();
        return begun;
    }

    @Test
    void completes_when_its_source_is_closed() {
        begun();
        source.close();
        hook.run();

        assertThat(heard).containsExactly("complete");
    }

    /** The source is closed by the cancelling as well. */
    @Test
    void does_not_complete_when_it_is_cancelled_while_it_looks_for_items() {
        FlowSubscription<String, String> subscription = begun();
        whilePolled = subscription::cancel;
        hook.run();

        assertThat(heard).isEmpty();
    }
}
