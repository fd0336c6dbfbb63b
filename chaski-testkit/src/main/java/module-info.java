/** A simulated network with faults and a JUnit 5 extension, for tests of applications that use Chaski. */
module io.chaski.testkit {
    requires transitive io.chaski.core;
    requires io.netty.buffer;
    requires static org.jspecify;
    requires static org.junit.jupiter.api;

    exports io.chaski.testkit;

    opens io.chaski.testkit to
            org.junit.platform.commons;
}
