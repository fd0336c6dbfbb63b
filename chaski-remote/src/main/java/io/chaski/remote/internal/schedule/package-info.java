/**
 * Calls that a provider makes to itself for somebody else, again and again: the service by which others order them, when each is due,
 * and how they are kept. Start at {@code Schedules}.
 */
@NullMarked
package io.chaski.remote.internal.schedule;

import org.jspecify.annotations.NullMarked;
