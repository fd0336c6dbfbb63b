package io.chaski.ca.internal.cli;

import java.io.IOException;
import java.util.List;

/** Something that the command can do. */
interface Verb {

    /** One or two words. */
    String name();

    /** One line. */
    String summary();

    /** In the order in which they are explained; {@code --json} and {@code --help} are everybody's. */
    List<Option> options();

    /** In capitals, in the order in which they are written. */
    default List<String> operands() {
        return List.of();
    }

    /** What somebody might type. */
    String example();

    /**
     * Does it.
     *
     * @throws IOException if a file cannot be read or written
     */
    ExitCode run(Arguments arguments, Terminal terminal) throws IOException;
}
