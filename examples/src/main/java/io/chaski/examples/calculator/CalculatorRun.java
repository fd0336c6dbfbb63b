package io.chaski.examples.calculator;

import io.chaski.examples.process.Child;
import java.time.Duration;

/** Starts the service and the client, each as a process of its own. */
public final class CalculatorRun {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private CalculatorRun() {}

    /**
     * Runs the example.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        try (Child service = Child.start(CalculatorService.class, "service", "127.0.0.1:0")) {
            String address = service.await("READY", LIMIT);
            try (Child client = Child.start(CalculatorClient.class, "client", address)) {
                client.awaitEnd(LIMIT);
            }
        }
    }
}
