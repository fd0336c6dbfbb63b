package io.chaski.remote.internal.serve;

import io.chaski.remote.ServerInterceptor;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.PeerSlots;
import java.util.List;

/**
 * What all calls share that one node executes. Thread-safe.
 *
 * @param services what is served
 * @param slots how many calls each peer may have under way
 * @param budget what their arguments and answers may take
 * @param maxBodyBytes most bytes of one of them
 * @param executed the ids that were executed
 * @param stuck watches the calls
 * @param idle watches items that are on their way
 * @param threads where implementations run
 * @param events hears of each execution
 * @param interceptors stand around each execution
 * @param callbacks makes what implementations call their callers back through
 */
record Serving(
        ServedServices services,
        PeerSlots slots,
        Budget budget,
        int maxBodyBytes,
        ExecutedCalls executed,
        StuckCalls stuck,
        IdleInput idle,
        CallThreads threads,
        CallEvents events,
        List<ServerInterceptor> interceptors,
        CallbackFactory callbacks) {}
