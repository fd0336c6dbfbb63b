package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.core.Environment;

/** The machine of one node. It stays when the node's process ends and is started again. */
public interface Site {

    /** Where the node of the first life shall listen; those that follow keep the port that it was given. */
    Address listen();

    /** What the next life takes from the world. Its wall clock is ahead of that of the lives before. */
    Environment boot();

    /** The process is gone, without a goodbye. What is left of the node is closed by whoever holds it. */
    void crash();

    /** The process stands still; what comes waits. */
    void pause();

    /** The process goes on. Does nothing if it does not stand still. */
    void resume();
}
