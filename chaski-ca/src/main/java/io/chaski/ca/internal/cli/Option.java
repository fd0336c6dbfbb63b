package io.chaski.ca.internal.cli;

/**
 * An option of a verb.
 *
 * @param name with its dashes
 * @param value what follows it, in capitals; empty for one that is there or not
 * @param help one line
 */
record Option(String name, String value, String help) {

    static final Option DIR = new Option("--dir", "DIR", "directory of the authority, or of the node");
    static final Option WHY = new Option("--why", "TEXT", "reason, for the audit log");
    static final Option PASSWORD_FILE = new Option("--password-file", "FILE", "password is the first line of a file");
    static final Option PASSWORD_FD =
            new Option("--password-fd", "N", "password is the first line of an open descriptor");
    static final Option PASSWORD_ENV = new Option("--password-env", "VAR", "password is in an environment variable");
    static final Option JSON = new Option("--json", "", "one JSON object a line, for programs");
    static final Option HELP = new Option("--help", "", "this text");

    boolean isFlag() {
        return value.isEmpty();
    }
}
