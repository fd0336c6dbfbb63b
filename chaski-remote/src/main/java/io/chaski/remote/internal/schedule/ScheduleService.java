package io.chaski.remote.internal.schedule;

import io.chaski.remote.Idempotent;
import io.chaski.remote.ScheduleInfo;
import io.chaski.remote.ScheduleRefusedException;
import java.util.List;
import java.util.Optional;

/** The service by which a node orders runs at another one. Each caller sees and ends its own schedules only. */
public interface ScheduleService {

    /** A name of the library: every node with a remote serves it, and none announces it. */
    String NAME = "$schedules";

    /**
     * Orders runs. The id is the caller's, so that a call that is repeated orders them once.
     *
     * @param order what, and when
     * @param arguments encoded as those of a call, at most {@link Limits#MAX_ARGUMENT_BYTES}
     * @throws ScheduleRefusedException if the service is not there or not schedulable, the caller may not call it, or there is no room
     */
    @Idempotent
    ScheduleInfo create(Order order, byte[] arguments) throws ScheduleRefusedException;

    /** What has become of a schedule; empty if the provider does not know it, or any more. */
    @Idempotent
    Optional<ScheduleInfo> find(String id);

    /** Ends a schedule; a run that has begun goes on. False if there is none of this id. */
    @Idempotent
    boolean cancel(String id);

    /** The schedules of the caller that are not over, in the order they were made. */
    @Idempotent
    List<ScheduleInfo> list();
}
