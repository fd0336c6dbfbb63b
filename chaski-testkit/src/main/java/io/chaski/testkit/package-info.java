/**
 * For tests of applications: real nodes on a network that a test controls. Start at {@link
 * io.chaski.testkit.ChaskiTest} with JUnit, or at {@link io.chaski.testkit.ChaskiNetwork#builder} without.
 */
@NullMarked
package io.chaski.testkit;

import org.jspecify.annotations.NullMarked;
