/** Runs the programs of {@code src/it} the way a user would. */
@NullMarked
package io.chaski.consumers;

import org.jspecify.annotations.NullMarked;
