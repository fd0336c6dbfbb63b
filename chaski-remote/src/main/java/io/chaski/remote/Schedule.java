package io.chaski.remote;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.schedule.ScheduleClient;
import java.util.Optional;

/**
 * A schedule that this node has made at a provider. It lives there, and does not end with the one who made it. The methods that ask
 * the provider wait as those of a proxy do, and fail as they do. Thread-safe.
 */
public final class Schedule {

    private final ScheduleClient client;
    private final NodeId node;
    private final String id;

    Schedule(ScheduleClient client, NodeId node, String id) {
        this.client = client;
        this.node = node;
        this.id = id;
    }

    /** 32 hexadecimal digits. */
    public String id() {
        return id;
    }

    /** The provider. */
    public NodeId node() {
        return node;
    }

    /**
     * What the provider tells of it now: runs, errors, when it is due next. Waits.
     *
     * @return empty if the provider does not know it: it began anew without a store, or 1,024 others have ended since this one has
     */
    public Optional<ScheduleInfo> info() {
        return client.at(node).find(id);
    }

    /**
     * Ends it. A run that has begun goes on. Waits.
     *
     * @return false if it was over, or is not known
     */
    public boolean cancel() {
        return client.at(node).cancel(id);
    }

    @Override
    public String toString() {
        return "schedule " + id + " at " + node.shortForm();
    }
}
