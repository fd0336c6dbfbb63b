package io.chaski.core.internal.protocol.stream;

/** Decides what to do with streams that peers open. Called on the event loop. */
@FunctionalInterface
public interface StreamAcceptor {

    /**
     * A peer has opened a stream of a protocol that is served here.
     *
     * @param stream the stream; messages follow after this method has returned
     * @return who hears its events
     */
    StreamEvents onOpen(ProtocolStream stream);
}
