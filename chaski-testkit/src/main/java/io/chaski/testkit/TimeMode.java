package io.chaski.testkit;

/** Which time the nodes of a test live in. */
public enum TimeMode {
    /**
     * Virtual: time stands still until the test moves it, connections are simulated, callbacks run on the test's thread.
     * The same seed gives the same run.
     */
    VIRTUAL,
    /** Real time and real TCP and UDP over 127.0.0.1, with free ports. */
    LOOPBACK
}
