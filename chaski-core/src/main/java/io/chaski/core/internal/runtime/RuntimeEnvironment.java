package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import io.chaski.core.Environment;
import java.io.IOException;

/** The part of an {@link Environment} that is not public: loops and transports. Thread-safe. */
public interface RuntimeEnvironment extends Environment {

    /**
     * Makes an event loop for one node, with the transports that run on it.
     *
     * @param nodeName label of the node; part of the name of the loop's thread
     * @param limits bounds of its connections
     * @throws IOException if the operating system refuses what a loop needs
     */
    Host open(String nodeName, TransportLimits limits) throws IOException;

    /**
     * As above, for a node whose connections prove who is at their ends.
     *
     * @param nodeName as above
     * @param limits as above
     * @param security what the node proves, and whom it believes
     * @throws IOException if the operating system refuses what a loop needs
     * @throws ConfigurationException if there is no such thing in this environment
     */
    default Host open(String nodeName, TransportLimits limits, LiveSecurity security) throws IOException {
        throw new ConfigurationException("there is no TLS in this environment: leave security() out");
    }

    /**
     * A loop and what runs on it. The loop is shut down last.
     *
     * @param loop the only thread that touches the node's protocol
     * @param transports every callback of theirs comes on the loop
     */
    record Host(TaskLoop loop, Transports transports) {}

    /**
     * The inner side of an environment.
     *
     * @param environment as given by the application
     * @throws IllegalArgumentException if it is neither the system's nor the test kit's
     */
    static RuntimeEnvironment of(Environment environment) {
        if (environment instanceof RuntimeEnvironment inner) {
            return inner;
        }
        throw new IllegalArgumentException("an environment comes from Environment.system() or from the test kit, not "
                + environment.getClass().getName());
    }
}
