/**
 * Whole networks of nodes in virtual time, with faults, from one seed: the same seed gives the same run. Start at
 * {@link io.chaski.testkit.simulation.SimulatedNetwork}.
 */
@NullMarked
package io.chaski.testkit.simulation;

import org.jspecify.annotations.NullMarked;
