package io.chaski.core.internal.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a decoder handed over, in order. */
final class Recorder implements FrameSink {

    /** Stands for a frame that was skipped. */
    record Skipped(int type) {}

    private final List<Object> seen = new ArrayList<>();

    @Override
    public void onFrame(Frame frame) {
        seen.add(frame);
    }

    @Override
    public void onSkipped(int type) {
        seen.add(new Skipped(type));
    }

    @Override
    public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        String text = new String(body.toByteArray(), StandardCharsets.UTF_8);
        seen.add(new Samples.Data(source, seq, hop, hopLimit, flags, text));
    }

    List<Object> seen() {
        return seen;
    }
}
