/**
 * What the two sides of calls share: threads, events, who looks after what does not get on, and what a call passes on to the calls
 * that it leads to, its deadline and its end. Start at {@code CurrentCall}.
 */
@NullMarked
package io.chaski.remote.internal.context;

import org.jspecify.annotations.NullMarked;
