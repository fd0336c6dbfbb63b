package io.chaski.examples.fileshare;

import io.chaski.core.ChaskiException;
import io.chaski.examples.terminal.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** A peer that shares the files of a directory, with a console and, if it is told to, a REST gateway. */
public final class FileShare {

    private FileShare() {}

    /**
     * Runs until its person types {@code exit}, or its input ends.
     *
     * @param arguments see {@link Settings#USAGE}
     */
    public static void main(String[] arguments) throws Exception {
        System.exit(run(List.of(arguments), Terminal.ofThisProcess(), System.err));
    }

    /** Returns what the process returns: 0, 1 if it cannot begin, 2 if it was not told how. */
    static int run(List<String> arguments, Terminal terminal, PrintStream errors) throws InterruptedException {
        Settings settings;
        try {
            settings = Settings.parse(arguments);
        } catch (IllegalArgumentException | IOException e) {
            errors.println(e.getMessage());
            errors.println(Settings.USAGE);
            return 2;
        }
        try {
            run(settings, terminal);
            return 0;
        } catch (IllegalArgumentException | ChaskiException | IOException e) {
            errors.println("cannot go on: " + Terminal.printable(e.toString()));
            return 1;
        }
    }

    private static void run(Settings settings, Terminal terminal) throws IOException, InterruptedException {
        try (SharingPeer peer = SharingPeer.start(settings, terminal::print)) {
            Optional<RestGateway> gateway = settings.rest().isPresent()
                    ? Optional.of(RestGateway.open(settings.rest().get(), peer))
                    : Optional.empty();
            // Ctrl-C, SIGTERM: the others hear that it is offline from itself, and at once.
            Runtime.getRuntime().addShutdownHook(new Thread(peer::close, "shutdown"));
            gateway.ifPresent(open -> terminal.print("REST and web page at " + open.address()));
            try {
                new Console(peer, terminal).run();
            } finally {
                gateway.ifPresent(RestGateway::close);
            }
        }
    }
}
