package io.chaski.testkit.simulation;

/** A simulation cannot go on. The message has the seed and the virtual time, with which the run can be repeated. */
public final class SimulationFailure extends AssertionError {

    private static final long serialVersionUID = 1L;

    SimulationFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
