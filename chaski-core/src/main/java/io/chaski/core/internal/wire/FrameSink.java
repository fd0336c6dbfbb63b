package io.chaski.core.internal.wire;

/** Takes what a {@link FrameDecoder} has read, in the order of the bytes. */
public interface FrameSink extends DataHandler {

    /**
     * A frame.
     *
     * @param frame anything but DATA, which goes to {@link #onData}
     */
    void onFrame(Frame frame);

    /**
     * A frame of a type we do not know was skipped, because its type says that it may be. How many of them are too
     * many is for the protocol to say.
     *
     * @param type as on the wire, with {@link FrameType#SKIPPABLE} set
     */
    void onSkipped(int type);
}
