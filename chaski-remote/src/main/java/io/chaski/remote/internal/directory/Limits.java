package io.chaski.remote.internal.directory;

import java.time.Duration;

/** The numbers of the directory. */
final class Limits {

    /** How long an announcement counts. */
    static final Duration LEASE = Duration.ofSeconds(30);

    /** How often a provider says that it is still there: two may be lost. */
    static final Duration REFRESH = Duration.ofSeconds(10);

    /** As much earlier at most, so that nodes that started together do not speak together for ever. */
    static final Duration REFRESH_JITTER = Duration.ofSeconds(1);

    /** A change is said at once, those that follow it together: whoever serves 1,000 things in a loop sends two messages. */
    static final Duration CHANGES_AFTER = Duration.ofMillis(20);

    /** Whoever asks in a small company waits so long at most. */
    static final Duration REPEATED_AFTER = Duration.ofSeconds(1);

    /** In a large one everybody answering everybody who comes would be a storm. */
    static final Duration REPEATED_AFTER_IN_A_CROWD = Duration.ofSeconds(5);

    /** Providers that are still a small company. */
    static final int SMALL_COMPANY = 32;

    /** Answers to one question are spread over this time for each provider there is, over a second at most. */
    static final Duration SPREAD_PER_PROVIDER = Duration.ofMillis(10);

    static final Duration MAX_SPREAD = Duration.ofSeconds(1);

    /** Between questions. */
    static final Duration ASK_PACE = Duration.ofSeconds(1);

    /** Before the same node is asked again. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    /** Nodes asked by one question; more are asked by the next one. */
    static final int MAX_ASKED = 64;

    /** Nodes whose records are kept: as the design says. */
    static final int MAX_RECORDS = 4_096;

    /** A node that serves more does something that one service with an argument does better. */
    static final int MAX_SERVICES_PER_NODE = 1_024;

    /** Services of all nodes together: some ten megabytes at most. */
    static final int MAX_SERVICES = 32_768;

    /** A record fits a message of the smallest frames, 128 KiB, that a node may be configured to. */
    static final int MAX_MESSAGE_BYTES = 96 << 10;

    /** As many as a machine has networks. */
    static final int MAX_ADDRESSES = 8;

    /** The longest host name, a port, and the words around them. */
    static final int MAX_ADDRESS_BYTES = 255;

    /** Those who said goodbye, remembered so that a late message does not bring them back. */
    static final int MAX_DEPARTED = 1_024;

    private Limits() {}
}
