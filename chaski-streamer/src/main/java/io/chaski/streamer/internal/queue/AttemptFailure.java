package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.JobFailedException.Problem;
import java.util.Arrays;
import java.util.Optional;

/** Why a worker says that an attempt has failed. The numbers travel and never change. */
enum AttemptFailure {
    /** The handler threw an exception. */
    THROWN(1, Problem.HANDLER_FAILED, true),
    /** The handler said that another attempt is no use. */
    FINAL(2, Problem.DO_NOT_RETRY, false),
    /** The job could not be decoded. */
    UNREADABLE(3, Problem.UNREADABLE_JOB, false),
    /** The result does not fit a message, or could not be encoded. */
    RESULT(4, Problem.RESULT_TOO_LARGE, false);

    private final int number;
    private final Problem problem;
    private final boolean isWorthRetrying;

    AttemptFailure(int number, Problem problem, boolean isWorthRetrying) {
        this.number = number;
        this.problem = problem;
        this.isWorthRetrying = isWorthRetrying;
    }

    int number() {
        return number;
    }

    /** The failure of a number; empty if there is none. */
    static Optional<AttemptFailure> ofNumber(int number) {
        return Arrays.stream(values())
                .filter(failure -> failure.number == number)
                .findFirst();
    }

    Problem problem() {
        return problem;
    }

    boolean isWorthRetrying() {
        return isWorthRetrying;
    }
}
