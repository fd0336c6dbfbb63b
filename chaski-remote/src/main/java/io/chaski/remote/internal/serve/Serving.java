package io.chaski.remote.internal.serve;

import io.chaski.remote.ServerInterceptor;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.context.PeerThreads;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.PeerSlots;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What all calls share that one node executes. Thread-safe.
 *
 * @param services what is served
 * @param slots how many calls each peer may have under way
 * @param waiters how many of them may hold a thread because they wait for items
 * @param budget what their arguments and answers may take
 * @param maxBodyBytes most bytes of one of them
 * @param executed the ids that were executed
 * @param stuck watches the calls
 * @param idle watches items that are on their way
 * @param silent watches implementations that wait for items
 * @param threads where implementations run
 * @param producers where their streams are read, for each caller
 * @param inEventLoop whether the current thread must not wait
 * @param events hears of each execution
 * @param interceptors stand around each execution
 * @param callbacks makes what implementations call their callers back through
 */
record Serving(
        ServedServices services,
        PeerSlots slots,
        PeerSlots waiters,
        Budget budget,
        int maxBodyBytes,
        ExecutedCalls executed,
        StuckCalls stuck,
        IdleInput idle,
        IdleInput silent,
        CallThreads threads,
        PeerThreads producers,
        BooleanSupplier inEventLoop,
        CallEvents events,
        List<ServerInterceptor> interceptors,
        CallbackFactory callbacks) {}
