package io.chaski.remote;

import java.util.Map;

/**
 * The numbers of a remote at one moment. Immutable.
 *
 * @param calls calls of this node that have ended, by outcome as in {@link CallEvent.Ended#outcome()}
 * @param executions calls of other nodes that were executed, likewise
 * @param scheduledRuns runs of schedules that were executed, likewise
 * @param pending calls of this node that are under way, or wait for their beginning
 * @param executing calls of other nodes, and runs, that are under way
 * @param schedules schedules of other nodes at this one
 * @param providers other nodes that are known to serve something
 * @param directory what was not believed of others' announcements and why, by names of a fixed set
 * @param eventsDropped events that slow listeners did not get
 */
public record RemoteSnapshot(
        Map<String, Long> calls,
        Map<String, Long> executions,
        Map<String, Long> scheduledRuns,
        int pending,
        int executing,
        int schedules,
        int providers,
        Map<String, Long> directory,
        long eventsDropped) {

    /** Copies the maps. */
    public RemoteSnapshot {
        calls = Map.copyOf(calls);
        executions = Map.copyOf(executions);
        scheduledRuns = Map.copyOf(scheduledRuns);
        directory = Map.copyOf(directory);
    }
}
