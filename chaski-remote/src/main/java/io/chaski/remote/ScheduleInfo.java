package io.chaski.remote;

import io.chaski.core.NodeId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a provider tells of a schedule. Immutable.
 *
 * @param id 32 hexadecimal digits
 * @param node the provider
 * @param service name of the service
 * @param version version of the service, empty if it has none
 * @param method remote name of the method
 * @param runs how often it was run
 * @param errors how many of the runs have thrown, were denied, or took longer than their deadline
 * @param skipped turns that were left out, because an earlier run was not over, or nobody was there at the time
 * @param nextRun when it is due next by the clock of the provider; empty if never
 * @param lastError type and message of the last error, at most 1,300 bytes; empty if there was none
 */
public record ScheduleInfo(
        String id,
        NodeId node,
        String service,
        String version,
        String method,
        long runs,
        long errors,
        long skipped,
        Optional<Instant> nextRun,
        Optional<String> lastError) {

    /** Checks that nothing is missing. */
    public ScheduleInfo {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(nextRun, "nextRun");
        Objects.requireNonNull(lastError, "lastError");
    }
}
