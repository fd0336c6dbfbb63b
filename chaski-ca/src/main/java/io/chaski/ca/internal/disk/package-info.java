/**
 * Files that nobody else may read and that a power failure leaves old or new, never in between. {@code Disk} is what the
 * authority needs of an operating system; there is a second one in the tests, which loses what was not forced.
 */
@NullMarked
package io.chaski.ca.internal.disk;

import org.jspecify.annotations.NullMarked;
