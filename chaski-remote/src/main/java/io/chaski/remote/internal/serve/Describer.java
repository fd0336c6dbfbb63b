package io.chaski.remote.internal.serve;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.remote.internal.wire.Description;
import java.util.concurrent.Executor;

/** Tells who asks what a service can do, so that callers find out that interfaces do not fit before they send anything. Thread-safe. */
public final class Describer implements StreamHandler {

    private final ServedServices services;
    private final Executor executor;

    /**
     * Describes what is served.
     *
     * @param services what is served
     * @param executor asks the application who may call
     */
    public Describer(ServedServices services, Executor executor) {
        this.services = services;
        this.executor = executor;
    }

    @Override
    public StreamListener onStream(Stream stream) {
        return new StreamListener() {
            private boolean isAnswered;

            @Override
            public void onMessage(Stream same, byte[] message) {
                if (isAnswered) {
                    return;
                }
                isAnswered = true;
                executor.execute(() -> answer(same, Description.Question.parse(message)));
            }
        };
    }

    private void answer(Stream stream, Description.Question question) {
        try {
            stream.end(describe(stream, question).toBytes());
        } catch (StreamException ended) {
            return; // whoever asked has gone
        }
    }

    private Description describe(Stream stream, Description.Question question) {
        ServedService service = services.find(question.service(), question.version());
        if (service == null) {
            return Description.none(services.namesFor(stream.peer()));
        }
        return services.mayCallAny(service, stream.peer()) ? Description.of(service.model()) : Description.denied();
    }
}
