package io.chaski.testkit.simulation;

/** The protocol did what it must never do. The message names the node; {@link SimulationFailure} adds seed and time. */
public final class InvariantViolation extends AssertionError {

    private static final long serialVersionUID = 1L;

    InvariantViolation(String message) {
        super(message);
    }
}
