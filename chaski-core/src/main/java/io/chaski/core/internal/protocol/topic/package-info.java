/** The topics of this node: each joins a membership with a broadcast tree. Start at {@code Topics}. */
@NullMarked
package io.chaski.core.internal.protocol.topic;

import org.jspecify.annotations.NullMarked;
