/** Calls that a provider makes by itself, after the one who ordered them has gone. Start at {@code SchedulerRun}. */
@NullMarked
package io.chaski.examples.scheduler;

import org.jspecify.annotations.NullMarked;
