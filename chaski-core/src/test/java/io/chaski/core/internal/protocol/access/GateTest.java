package io.chaski.core.internal.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameRule;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.Samples;
import io.chaski.core.internal.wire.TreeFrame;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.Subject;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Each kind of frames that peers send each other about topics needs what the table says, and nothing else will do. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GateTest {

    private static final String NAME = "plant/speed";

    private final TopicRef topic = new Names().retainTopic(NAME);
    private final Permissions permissions = new Permissions(new Counters(), new Timers(), () -> 0, again -> {});

    /** Null as for an alias, or a hash, that stands for nothing here. */
    private @Nullable TopicRef known = topic;

    private final Gate gate = new Gate(permissions, hash -> known);

    private final Peer mill = (Peer) Proxy.newProxyInstance(
            Peer.class.getClassLoader(),
            new Class<?>[] {Peer.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "subject" -> new Subject("chaski://plant-7.example/node/mill");
                case "topicOf" -> known;
                default -> throw new AssertionError(method);
            });

    private void allow(Action action, String pattern) {
        permissions.set(AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":"
                + "[\"chaski://plant-7.example/**\"],\"" + action + "\":[\"" + pattern + "\"]}}}")));
    }

    private static List<Frame> frames() {
        List<Frame> frames = new ArrayList<>(Samples.frames().values());
        frames.removeIf(frame ->
                !(frame instanceof MembershipFrame || frame instanceof TreeFrame || frame instanceof DiscoveryFrame));
        return frames;
    }

    @Test
    void each_frame_is_let_in_by_one_of_its_actions_and_by_no_other() {
        assertThat(frames()).hasSizeGreaterThan(20);
        for (Frame frame : frames()) {
            List<Action> needed = FrameRule.of(frame.type()).need().actions();
            for (Action action : Action.values()) {
                allow(action, NAME);
                assertThat(gate.admits(mill, frame))
                        .as("%s by %s", frame, action)
                        .isEqualTo(needed.contains(action));
                allow(action, "other");
                assertThat(gate.admits(mill, frame))
                        .as("%s by %s of another", frame, action)
                        .isFalse();
            }
        }
    }

    @Test
    void a_name_that_is_not_known_is_no_matter_of_rights_except_to_look_it_up() {
        known = null;
        for (Frame frame : frames()) {
            allow(Action.FILE_SEND, "**");
            boolean isLookUp = frame instanceof DiscoveryFrame;
            assertThat(gate.admits(mill, frame)).as("%s", frame).isNotEqualTo(isLookUp);
            allow(Action.DISCOVER, "other");
            assertThat(gate.admits(mill, frame)).as("%s", frame).isTrue();
        }
    }

    @Test
    void everything_is_let_in_where_there_are_no_rules() {
        for (Frame frame : frames()) {
            assertThat(gate.admits(mill, frame)).as("%s", frame).isTrue();
        }
    }
}
