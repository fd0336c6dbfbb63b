package io.chaski.testkit.simulation;

import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.Frame;
import java.util.List;
import java.util.function.Consumer;

/** One connection of a liar, with the names it has given there to an overlay and to a publisher. Confined to the simulation's thread. */
final class LiarsLine {

    /** Instead of an overlay, for what belongs to none. */
    static final String ANY = "";

    final int topic;
    final int source;
    private final Consumer<Frame> out;

    LiarsLine(List<? extends Frame> named, String overlay, Consumer<Frame> out) {
        this.out = out;
        int lastTopic = -1;
        int lastSource = -1;
        for (Frame name : named) {
            if (name instanceof InternTopic intern && intern.topic().equals(overlay)) {
                lastTopic = intern.alias();
            } else if (name instanceof InternSource intern) {
                lastSource = intern.alias();
            }
        }
        this.topic = lastTopic;
        this.source = lastSource;
    }

    /** Whether the names are known there without which nobody would understand. */
    boolean isUsable(String overlay) {
        return overlay.equals(ANY) || topic >= 0 && (source >= 0 || overlay.equals(HyParView.CONTROL));
    }

    void say(Frame frame) {
        out.accept(frame);
    }
}
