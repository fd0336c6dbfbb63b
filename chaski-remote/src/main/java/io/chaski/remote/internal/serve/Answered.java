package io.chaski.remote.internal.serve;

import io.chaski.remote.CallEvent;
import io.chaski.remote.internal.wire.Body;
import java.time.Duration;
import java.util.Optional;

/** Whoever hears how an execution ended: exactly one of {@link #answer} and {@link #onFinished} is called, once. Thread-safe. */
interface Answered {

    /** On whose behalf it is executed, for events. */
    CallEvent.Side side();

    /** Time left; empty for as long as the connection lasts, which only calls with streams of items may. */
    Optional<Duration> remaining();

    /** It has ended with this answer. */
    void answer(Body body);

    /** It was given up before it began. */
    void onFinished();
}
