package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.SignedPolicy;
import io.chaski.core.security.policy.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RightsTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId KEEPER = new NodeId(0, 2);
    private static final NodeId GUEST = new NodeId(0, 3);
    private static final NodeId STRANGER = new NodeId(0, 4);

    private final MetNodes met = new MetNodes();
    private final Rights rights = new Rights(met, SELF);

    RightsTest() {
        met.subjects.put(SELF, new Subject("test:reader"));
        met.subjects.put(KEEPER, new Subject("test:keeper"));
        met.subjects.put(GUEST, new Subject("test:guest"));
        allow("\"keeper\":{\"match\":[\"test:keeper\"],\"durable.create\":[\"room\"]},"
                + "\"reader\":{\"match\":[\"test:reader\"],\"durable.consume\":[\"room\"]}");
    }

    private void allow(String roles) {
        met.rules = AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{" + roles + "}}"));
    }

    @Test
    void leave_out_keepers_that_were_met_and_may_not_keep() {
        assertThat(rights.thoseThatMayKeep(List.of(GUEST, STRANGER, KEEPER), "room"))
                .containsExactly(STRANGER, KEEPER);
        assertThat(rights.thoseThatMayKeep(List.of(KEEPER), "attic")).isEmpty();
    }

    @Test
    void leave_nobody_out_if_everybody_may_do_everything() {
        met.rules = AccessRules.OPEN;

        assertThat(rights.thoseThatMayKeep(List.of(GUEST, KEEPER), "room")).containsExactly(GUEST, KEEPER);
    }

    @Test
    void are_asked_of_both_sides_of_a_line() {
        assertThat(rights.objection(KEEPER, "room", Role.FOLLOW)).isEmpty();
        assertThat(rights.objection(GUEST, "room", Role.FOLLOW)).isEqualTo("you may not keep that");
        assertThat(rights.objection(KEEPER, "room", Role.PUBLISH)).isEqualTo("this node may not do that any more");
    }

    private static final class MetNodes implements NodeAccess {
        private final Map<NodeId, Subject> subjects = new HashMap<>();
        private AccessRules rules = AccessRules.OPEN;

        @Override
        public Subject self() {
            return subjects.getOrDefault(SELF, Subject.ANONYMOUS);
        }

        @Override
        public Optional<Subject> subject(NodeId node) {
            return Optional.ofNullable(subjects.get(node));
        }

        @Override
        public AccessRules rules() {
            return rules;
        }

        @Override
        public void update(Policy policy) {
            rules = AccessRules.of(policy);
        }

        @Override
        public void update(SignedPolicy signed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Decision decide(NodeId node, Action action, String object) {
            return rules.decide(subject(node).orElse(Subject.ANONYMOUS), action, object);
        }

        @Override
        public void require(Action action, String object) {
            Decision decision = decide(SELF, action, object);
            if (!decision.isAllowed()) {
                throw new AccessDeniedException(decision);
            }
        }
    }
}
