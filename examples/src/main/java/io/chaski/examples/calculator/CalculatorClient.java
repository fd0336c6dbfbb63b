package io.chaski.examples.calculator;

import io.chaski.core.ChaskiNode;
import io.chaski.remote.ChaskiRemote;
import java.time.Duration;
import java.util.function.Function;

/** The process that wants to know. */
final class CalculatorClient {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private CalculatorClient() {}

    /**
     * Calls, and ends.
     *
     * @param arguments address of any node of the mesh
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("client").bootstrap(arguments[0]).start()) {
            // #region client
            ChaskiRemote remote = ChaskiRemote.on(node);
            remote.awaitService("calculator", 1, LIMIT);
            Calculator calculator = remote.proxy("calculator", Calculator.class);
            System.out.println("1 + 2 = " + calculator.sum(1, 2));
            System.out.println("10 + 20 + 30 = " + calculator.total(10, 20, 30)); // another name for sum
            System.out.println("2 * 1 + 2 * 2 = " + calculator.doubledSum(1, 2));
            try {
                calculator.divide(1, 0);
            } catch (DivisionByZero declared) {
                System.out.println("refused: " + declared.getMessage());
            }

            remote.awaitService("square", 1, LIMIT);
            Function<Double, Double> square = remote.function("square", Double.class, Double.class);
            System.out.println("3 * 3 = " + square.apply(3.0));
            // #endregion
        }
    }
}
