package io.chaski.core.internal.wire;

/** Passes on what a test does not care about. */
class ForwardingSink implements FrameSink {

    private final FrameSink next;

    ForwardingSink(FrameSink next) {
        this.next = next;
    }

    @Override
    public void onFrame(Frame frame) {
        next.onFrame(frame);
    }

    @Override
    public void onSkipped(int type) {
        next.onSkipped(type);
    }

    @Override
    public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        next.onData(source, seq, hop, hopLimit, flags, body);
    }
}
