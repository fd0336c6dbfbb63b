package io.chaski.remote.internal.schedule;

import io.chaski.core.NodeId;
import io.chaski.core.codec.CodecException;
import io.chaski.remote.BadArgumentsException;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.ScheduleInfo;
import io.chaski.remote.ScheduleRefusedException;
import io.chaski.remote.internal.call.Calling;
import io.chaski.remote.internal.call.Candidate;
import io.chaski.remote.internal.call.CapturedCall;
import io.chaski.remote.internal.call.Providers;
import io.chaski.remote.internal.call.ProxyHandler;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Orders schedules at other nodes. Its methods wait for an answer. Thread-safe. */
public final class ScheduleClient {

    private static final ServiceModel MODEL = ModelReader.forCalls(ScheduleService.class, ErrorTypes.NONE_REGISTERED);

    /** The service of the library has no version, whatever the application has said for all calls. */
    private static final CallOptions UNVERSIONED =
            CallOptions.builder().version("").build();

    private final Calling calling;

    /**
     * Orders for one remote.
     *
     * @param calling makes the calls
     */
    public ScheduleClient(Calling calling) {
        this.calling = calling;
    }

    /**
     * The desk of a node.
     *
     * @param node the provider
     */
    public ScheduleService at(NodeId node) {
        return ProxyHandler.proxy(
                calling, ScheduleService.class, MODEL, ScheduleService.NAME, Providers.at(node), UNVERSIONED);
    }

    /**
     * Orders runs at the first provider of a call that can be reached.
     *
     * @param call what is run
     * @param first how long before the first run, without instants
     * @param period from one run to the next, or empty with instants
     * @param turns how many, or empty for any number
     * @param instants when, or empty with a period
     * @return what the provider says
     * @throws ScheduleRefusedException if the provider refuses it
     * @throws IllegalArgumentException if something is out of range
     */
    public ScheduleInfo order(
            CapturedCall call,
            Duration first,
            Optional<Duration> period,
            Optional<Long> turns,
            List<Instant> instants) {
        String id = CallId.random(calling.ids()).toString();
        byte[] arguments = encode(call);
        Iterator<Candidate> candidates = call.candidates();
        CallException failure = new NoProviderException(null, "nobody serves '" + call.service() + "'", List.of());
        while (candidates.hasNext()) {
            Candidate candidate = candidates.next();
            Order order = new Order(
                    id,
                    call.service(),
                    candidate.version(),
                    call.method().key().toString(),
                    call.method().signature(),
                    call.options().headers(),
                    call.options().deadline().orElse(CallOptions.DEFAULT_DEADLINE),
                    first,
                    period,
                    turns,
                    instants);
            try {
                return at(candidate.node()).create(order, arguments);
            } catch (CallException failed) {
                if (failed.execution() != Execution.NOT_EXECUTED) {
                    throw failed;
                }
                failure = failed;
            }
        }
        throw failure;
    }

    private static byte[] encode(CapturedCall call) {
        byte[] arguments;
        try {
            arguments = Values.encode(call.method().parameters(), call.arguments());
        } catch (CodecException wrong) {
            throw new BadArgumentsException(null, call.service() + ": " + wrong.getMessage());
        }
        if (arguments.length > Limits.MAX_ARGUMENT_BYTES) {
            throw new BadArgumentsException(
                    null,
                    call.service() + ": the arguments of a schedule take " + arguments.length + " bytes, not at most "
                            + Limits.MAX_ARGUMENT_BYTES);
        }
        return arguments;
    }
}
