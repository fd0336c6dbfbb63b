package io.chaski.testkit.simulation;

import io.chaski.testkit.internal.virtual.VirtualNetwork;

/**
 * What nodes send beside messages, from the first message of a run on: before it, they join. Confined to the simulation's
 * thread.
 */
final class ControlLoad {

    private final VirtualNetwork wires;
    private long framesBefore;
    private long bytesBefore;
    private long messages;
    private long seconds;
    private long nodeSeconds;

    ControlLoad(VirtualNetwork wires) {
        this.wires = wires;
    }

    void onPublished() {
        if (messages++ == 0) {
            framesBefore = wires.controlFrames();
            bytesBefore = wires.controlBytes();
        }
    }

    /** Once a second. */
    void onSecond(int nodesUp) {
        if (messages > 0) {
            seconds++;
            nodeSeconds += nodesUp;
        }
    }

    /** Whether there is anything to say: a message was published, and a node has been up for a second since. */
    boolean isKnown() {
        return nodeSeconds > 0;
    }

    double framesPerSecond() {
        return (wires.controlFrames() - framesBefore) / (double) nodeSeconds;
    }

    double bytesPerSecond() {
        return (wires.controlBytes() - bytesBefore) / (double) nodeSeconds;
    }

    double framesPerMessage() {
        return framesPerSecond() * secondsPerMessage();
    }

    double bytesPerMessage() {
        return bytesPerSecond() * secondsPerMessage();
    }

    private double secondsPerMessage() {
        return seconds / (double) messages;
    }
}
