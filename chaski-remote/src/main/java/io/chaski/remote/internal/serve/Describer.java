package io.chaski.remote.internal.serve;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.remote.internal.wire.Description;

/** Tells who asks what a service can do, so that callers find out that interfaces do not fit before they send anything. */
public final class Describer implements StreamHandler {

    private final ServedServices services;

    /**
     * Describes what is served.
     *
     * @param services what is served
     */
    public Describer(ServedServices services) {
        this.services = services;
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
                try {
                    if (same.offer(
                            describe(same, Description.Question.parse(message)).toBytes())) {
                        same.end();
                    }
                } catch (StreamException ended) {
                    return; // whoever asked has gone
                }
            }
        };
    }

    private Description describe(Stream stream, Description.Question question) {
        ServedService service = services.find(question.service(), question.version());
        if (service == null) {
            return Description.none(services.namesFor(stream.peer()));
        }
        return service.isAllowed(stream.peer()) ? Description.of(service.model()) : Description.denied();
    }
}
