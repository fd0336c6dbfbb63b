package io.chaski.examples.shopping;

import io.chaski.examples.process.Child;
import io.chaski.examples.process.WorkFolder;
import java.time.Duration;
import java.util.List;

/** Starts the service and the shopper, each as a process of its own. */
public final class Shopping {

    private static final String USAGE = "usage: shopping [--unix]";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Shopping() {}

    /**
     * Runs the example.
     *
     * @param arguments {@code --unix} for a UNIX domain socket in place of TCP
     */
    public static void main(String[] arguments) throws Exception {
        List<String> options = List.of(arguments);
        if (options.isEmpty()) {
            run("127.0.0.1:0");
        } else if (options.equals(List.of("--unix"))) {
            runOverUnixSocket();
        } else {
            System.err.println(USAGE);
            System.exit(2);
        }
    }

    private static void runOverUnixSocket() throws Exception {
        try (WorkFolder folder = WorkFolder.make("chaski-shopping")) {
            run("unix:" + folder.path().resolve("service.sock"));
        }
    }

    private static void run(String listen) throws Exception {
        try (Child service = Child.start(ShoppingService.class, "service", listen)) {
            String address = service.await("READY", LIMIT);
            try (Child shopper = Child.start(Shopper.class, "shopper", address)) {
                shopper.awaitEnd(LIMIT);
            }
        }
    }
}
