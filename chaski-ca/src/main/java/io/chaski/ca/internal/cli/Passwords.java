package io.chaski.ca.internal.cli;

import io.chaski.ca.PasswordSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the password comes from: never from the command line, which every user of the machine can read. */
final class Passwords {

    static final List<Option> OPTIONS = List.of(Option.PASSWORD_FILE, Option.PASSWORD_FD, Option.PASSWORD_ENV);

    private Passwords() {}

    /** All options of a verb that opens an authority: its directory, those of the verb alone, and those of the password. */
    static List<Option> withOptions(List<Option> ownOptions) {
        List<Option> all = new ArrayList<>(List.of(Option.DIR));
        all.addAll(ownOptions);
        all.addAll(OPTIONS);
        return all;
    }

    static PasswordSource of(Arguments arguments, Terminal terminal) {
        long given = OPTIONS.stream().filter(arguments::has).count();
        if (given > 1) {
            throw new UsageException("one of --password-file, --password-fd and --password-env is enough");
        }
        Optional<String> file = arguments.value(Option.PASSWORD_FILE);
        if (file.isPresent()) {
            return PasswordSource.ofFile(Path.of(file.get()));
        }
        Optional<String> descriptor = arguments.value(Option.PASSWORD_FD);
        if (descriptor.isPresent()) {
            if (!descriptor.get().matches("[0-9]{1,4}")) {
                throw new UsageException("--password-fd is the number of an open descriptor");
            }
            return PasswordSource.ofFile(Path.of("/dev/fd", descriptor.get()));
        }
        Optional<String> variable = arguments.value(Option.PASSWORD_ENV);
        if (variable.isPresent()) {
            return PasswordSource.ofEnvironment(variable.get());
        }
        Terminal.Prompt prompt = terminal.prompt()
                .orElseThrow(() -> new UsageException(
                        "no terminal to ask for the password: give --password-file, --password-fd or --password-env"));
        return () -> prompt.password("Password of the authority: ");
    }
}
