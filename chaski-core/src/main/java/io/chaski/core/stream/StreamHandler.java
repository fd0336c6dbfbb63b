package io.chaski.core.stream;

/** Takes the streams that peers open for one protocol. */
@FunctionalInterface
public interface StreamHandler {

    /**
     * A peer has opened a stream. Called on the callback executor, or on the event loop if the protocol is served with
     * {@link io.chaski.core.Dispatch#INLINE}. What it throws is logged and ends the stream with {@link StreamCode#INTERNAL}.
     *
     * @param stream may be used at once, and be reset to refuse it
     * @return who hears what happens to it
     */
    StreamListener onStream(Stream stream);
}
