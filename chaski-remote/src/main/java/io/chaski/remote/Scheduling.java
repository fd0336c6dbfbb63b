package io.chaski.remote;

import io.chaski.remote.internal.call.CapturedCall;
import io.chaski.remote.internal.schedule.ScheduleClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a call is to be run by its provider; see {@link ChaskiRemote#schedule}. {@link #every} and {@link #at} order it and wait for the
 * answer. The provider runs it as this node: its list of callers, its interceptors and {@link RemoteContext} see a call of this node, with
 * the headers and the deadline of the call, on a thread of the calls.
 *
 * <p>One schedule never runs twice at a time: a turn that comes while a run is under way is skipped and counted, and of several that have
 * become due at once, as after a long pause, one is run. Immutable.
 */
public final class Scheduling {

    private final ScheduleClient client;
    private final CapturedCall call;
    private final @Nullable Duration first;
    private final Optional<Long> turns;

    Scheduling(ScheduleClient client, CapturedCall call, @Nullable Duration first, Optional<Long> turns) {
        this.client = client;
        this.call = call;
        this.first = first;
        this.turns = turns;
    }

    /**
     * How long the provider waits before the first run.
     *
     * @param delay zero to 36,525 days; one period if nothing is said
     */
    public Scheduling firstAfter(Duration delay) {
        return new Scheduling(client, call, delay, turns);
    }

    /**
     * How many turns there are; skipped ones count.
     *
     * @param count 1 or more; without end if nothing is said
     */
    public Scheduling times(long count) {
        return new Scheduling(client, call, first, Optional.of(count));
    }

    /**
     * Runs it every so often, by the clock of the provider that nobody sets.
     *
     * @param period from the beginning of one run to that of the next, 10 ms to 36,525 days
     * @return the schedule
     * @throws ScheduleRefusedException if the provider refuses it: the service is not {@linkplain ServeOptions#isSchedulable()
     *     schedulable}, or there are too many schedules, 64 of a caller and 1,024 of all
     * @throws CallException if no provider was reached; if {@link CallException#execution()} is unknown, the schedule may be there
     * @throws IllegalArgumentException if a time or the count is out of range
     * @throws IllegalStateException if called on an event loop
     */
    public Schedule every(Duration period) {
        return order(first == null ? period : first, Optional.of(period), List.of());
    }

    /**
     * Runs it at instants, by the provider's clock of the wall. What has passed when the provider hears of it is run at once, and once.
     *
     * @param instants 1 to 1,000
     * @return the schedule
     * @throws ScheduleRefusedException as {@link #every}
     * @throws CallException as {@link #every}
     * @throws IllegalArgumentException if there is none or are too many
     * @throws IllegalStateException if called on an event loop, or with a first delay or a number of turns
     */
    public Schedule at(Instant... instants) {
        if (first != null || turns.isPresent()) {
            throw new IllegalStateException("instants are all there is to say: no first delay, no number of turns");
        }
        return order(Duration.ZERO, Optional.empty(), List.of(instants));
    }

    private Schedule order(Duration firstDelay, Optional<Duration> period, List<Instant> instants) {
        ScheduleInfo made = client.order(call, firstDelay, period, turns, instants);
        return new Schedule(client, made.node(), made.id());
    }
}
