package io.chaski.remote.internal.serve;

import io.chaski.remote.CallEvent;
import io.chaski.remote.internal.wire.Body;

/** Whoever hears how an execution ended: exactly one of the methods is called, once. Thread-safe. */
interface Answered {

    /** On whose behalf it is executed, for events. */
    CallEvent.Side side();

    /** It has ended with this answer. */
    void answer(Body body);

    /** It was given up before it began. */
    void onFinished();
}
