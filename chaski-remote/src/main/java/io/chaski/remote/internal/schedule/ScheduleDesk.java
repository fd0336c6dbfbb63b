package io.chaski.remote.internal.schedule;

import io.chaski.core.NodeId;
import io.chaski.remote.RemoteContext;
import io.chaski.remote.ScheduleInfo;
import java.util.List;
import java.util.Optional;

/** Takes the orders of other nodes, each for the node at the other end of the connection. Thread-safe. */
public final class ScheduleDesk implements ScheduleService {

    private final Schedules schedules;

    /**
     * Takes orders.
     *
     * @param schedules where they go
     */
    public ScheduleDesk(Schedules schedules) {
        this.schedules = schedules;
    }

    private static NodeId caller() {
        return RemoteContext.current().caller();
    }

    @Override
    public ScheduleInfo create(Order order, byte[] arguments) {
        return schedules.create(caller(), order, arguments);
    }

    @Override
    public Optional<ScheduleInfo> find(String id) {
        return schedules.find(caller(), id);
    }

    @Override
    public boolean cancel(String id) {
        return schedules.cancel(caller(), id);
    }

    @Override
    public List<ScheduleInfo> list() {
        return schedules.list(caller());
    }
}
