package io.chaski.examples.calculator;

import io.chaski.remote.Idempotent;
import io.chaski.remote.RemoteName;

// #region interface
/** What the client calls. Its default method runs at the client's. */
interface Calculator {
    @Idempotent
    double sum(double... numbers);

    @Idempotent
    @RemoteName("sum")
    double total(double... numbers);

    double divide(double dividend, double divisor) throws DivisionByZero;

    default double doubledSum(double one, double other) {
        return sum(2 * one, 2 * other);
    }
}
// #endregion
