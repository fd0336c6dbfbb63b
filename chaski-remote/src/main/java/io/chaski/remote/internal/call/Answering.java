package io.chaski.remote.internal.call;

import io.chaski.core.stream.Stream;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/** Reads what the other side of one attempt says. Confined to the event loop, but for {@link #release}. */
interface Answering {

    /**
     * Takes what it needs of the memory, before anything is sent.
     *
     * @return whether there is so much
     */
    boolean tryBegin();

    /**
     * The next message.
     *
     * @return how the attempt ends, if this message ends it
     * @throws MalformedException if it is no part of an answer
     * @throws BudgetExceededException if the answer is too large
     */
    @Nullable
    AttemptEnd onMessage(Stream from, byte[] message) throws MalformedException, BudgetExceededException;

    /**
     * The other side says no more.
     *
     * @return how the attempt ends
     * @throws MalformedException if that is no answer
     */
    AttemptEnd onEnd() throws MalformedException;

    /** Nothing more will be read. */
    void release();
}
