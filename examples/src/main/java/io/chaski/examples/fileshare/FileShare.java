package io.chaski.examples.fileshare;

import io.chaski.core.ChaskiException;
import io.chaski.examples.terminal.Terminal;
import java.io.IOException;
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
        Settings settings;
        try {
            settings = Settings.parse(List.of(arguments));
        } catch (IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.err.println(Settings.USAGE);
            System.exit(2);
            return;
        }
        System.exit(run(settings, Terminal.ofThisProcess()));
    }

    private static int run(Settings settings, Terminal terminal) throws IOException, InterruptedException {
        try (SharingPeer peer = SharingPeer.start(settings, terminal::print)) {
            // Ctrl-C, SIGTERM: the others hear that it is offline from itself, and at once.
            Runtime.getRuntime().addShutdownHook(new Thread(peer::close, "shutdown"));
            Optional<RestGateway> gateway = settings.rest().isPresent()
                    ? Optional.of(RestGateway.open(settings.rest().get(), peer))
                    : Optional.empty();
            gateway.ifPresent(open -> terminal.print("REST and web page at " + open.address()));
            try {
                new Console(peer, terminal).run();
            } finally {
                gateway.ifPresent(RestGateway::close);
            }
            return 0;
        } catch (ChaskiException e) {
            terminal.print("cannot begin: " + Terminal.printable(String.valueOf(e.getMessage())));
            return 1;
        }
    }
}
