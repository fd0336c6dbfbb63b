package io.chaski.core.internal.wire;

/** Which frames exist at this time of a connection. */
interface FrameStage {

    /**
     * Reads a whole frame and hands it over.
     *
     * @param frame from the type to the last field
     * @param sink who gets it
     * @return the stage that reads the next frame
     * @throws ProtocolException if it does not belong here or cannot be read
     */
    FrameStage deliver(WireReader frame, FrameSink sink);
}
