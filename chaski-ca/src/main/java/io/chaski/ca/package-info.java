/**
 * An authority that gives nodes their certificates. Start at {@link io.chaski.ca.PasswordSource}, which opens its keys.
 */
@NullMarked
package io.chaski.ca;

import org.jspecify.annotations.NullMarked;
