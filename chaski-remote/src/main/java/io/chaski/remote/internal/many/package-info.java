/** One call at many providers: all of them at once, and what they answer taken together. Start at {@code Fanout}. */
@NullMarked
package io.chaski.remote.internal.many;

import org.jspecify.annotations.NullMarked;
