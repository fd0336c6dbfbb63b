/** One question to all who serve the same: restaurants say what they cook today. Start at {@code MenusRun}. */
@NullMarked
package io.chaski.examples.menus;

import org.jspecify.annotations.NullMarked;
