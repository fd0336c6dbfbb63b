package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.wire.EdgeFrame.Hello;

/** Hears who is at an address; exactly one method is called, once, in a later step. */
public interface Greeting {

    /**
     * Somebody of this cluster answered.
     *
     * @param hello what he said
     */
    void onHello(Hello hello);

    /** Nobody, somebody who was not understood, or one who refused. */
    void onNobody();
}
