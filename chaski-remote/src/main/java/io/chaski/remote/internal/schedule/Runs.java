package io.chaski.remote.internal.schedule;

import io.chaski.core.NodeId;
import io.chaski.remote.ScheduleRefusedException;
import java.util.Optional;
import java.util.function.Consumer;

/** What schedules need of those who execute calls. Thread-safe. */
public interface Runs {

    /**
     * Looks whether something may be scheduled.
     *
     * @param caller who wants it
     * @param order what
     * @return remote name of the method
     * @throws ScheduleRefusedException if not
     */
    String check(NodeId caller, Order order);

    /**
     * Executes a method once, on another thread, as if it had been called.
     *
     * @param caller as whom
     * @param order what
     * @param arguments encoded
     * @param onEnded called once, with what went wrong
     */
    void run(NodeId caller, Order order, byte[] arguments, Consumer<Optional<String>> onEnded);
}
