package io.chaski.remote.internal.call;

import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.NoProviderException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a call is tried again: if it certainly was not executed, or may be executed twice. Stateless but for the generator.
 */
final class RetryRule {

    private RetryRule() {}

    /**
     * Whether to go on after a failure.
     *
     * @param failure how the attempt ended
     * @param next what the failure allows
     * @param isIdempotent whether the method may be executed twice
     * @param isNodeLeft whether there is another node to try; after {@code AGAIN} one that was not tried yet
     * @param attempt how many attempts there were, without those at nodes that have said no
     * @param maxAttempts how many there may be
     */
    static boolean goesOn(
            CallException failure,
            AttemptEnd.Next next,
            boolean isIdempotent,
            boolean isNodeLeft,
            int attempt,
            int maxAttempts) {
        boolean isSafe = failure.execution() == Execution.NOT_EXECUTED || isIdempotent;
        return switch (next) {
            case NOTHING -> false;
            case ANOTHER_NODE -> isSafe && isNodeLeft; // costs no attempt: nobody has tried to execute it
            case AGAIN, AGAIN_ANEW -> {
                // Of a node that is gone the record stays for a while; whoever is not there has tried nothing either.
                boolean costsNothing = failure instanceof NoProviderException && isNodeLeft;
                yield isSafe && (attempt < maxAttempts || costsNothing);
            }
        };
    }

    /**
     * The failure that tells the caller more: that the method was executed, that it may have been, that a node which serves it
     * has said why not. The later one if both say the same.
     *
     * @param earlier of an earlier attempt, null if there was none
     * @param later of a later one
     */
    static CallException stronger(@Nullable CallException earlier, CallException later) {
        return earlier != null && strength(earlier) > strength(later) ? earlier : later;
    }

    private static int strength(CallException failure) {
        return switch (failure.execution()) {
            case EXECUTED -> 3;
            case UNKNOWN -> 2;
            case NOT_EXECUTED -> failure instanceof NoProviderException ? 0 : 1;
        };
    }

    /**
     * How long to wait before the next attempt at the same node: doubled each time, and a half more or less by chance, so that callers
     * who failed together do not come back together.
     *
     * @param first how long before the second attempt, give or take a half
     * @param attempt how many attempts there were, 1 or more
     * @param random where chance comes from
     */
    static Duration delay(Duration first, int attempt, RandomGenerator random) {
        long nanos = first.toNanos() << (attempt - 1);
        return nanos == 0 ? Duration.ZERO : Duration.ofNanos(nanos / 2 + random.nextLong(nanos));
    }
}
