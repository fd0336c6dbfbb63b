package io.chaski.examples.calculator;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.RemoteMethod;
import java.util.Arrays;

/** The process that calculates. Only what is annotated can be called. */
final class CalculatorService {

    // #region methods
    @RemoteMethod
    double sum(double... numbers) {
        return Arrays.stream(numbers).sum();
    }

    @RemoteMethod
    double divide(double dividend, double divisor) throws DivisionByZero {
        if (divisor == 0) {
            throw new DivisionByZero(dividend + " / 0");
        }
        return dividend / divisor;
    }
    // #endregion

    /**
     * Runs until the launcher ends.
     *
     * @param arguments where to listen
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("calculator").listen(arguments[0]).start()) {
            // #region serve
            ChaskiRemote remote = ChaskiRemote.on(node); // ends with the node
            remote.serve("calculator", new CalculatorService());
            remote.attach("square", Double.class, Double.class, x -> x * x);
            // #endregion
            Child.answer("READY " + node.addresses().get(0));
            Child.awaitLauncher();
        }
    }
}
