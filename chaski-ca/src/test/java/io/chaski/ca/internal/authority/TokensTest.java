package io.chaski.ca.internal.authority;

import static io.chaski.ca.internal.authority.AuthorityFixture.MILL;
import static io.chaski.ca.internal.authority.AuthorityFixture.NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.authority.Authority.TokenEntry;
import io.chaski.ca.internal.token.TokenId;
import io.chaski.ca.internal.wire.Reply;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TokensTest {

    private AuthorityFixture ca;

    @BeforeEach
    void make() throws IOException {
        ca = new AuthorityFixture(80);
    }

    private TokenEntry only() {
        assertThat(ca.authority.tokens(ca.now())).hasSize(1);
        return ca.authority.tokens(ca.now()).get(0);
    }

    private static EnrolmentProblem problem(Reply reply) {
        return ((Reply.Refused) reply).problem();
    }

    @Test
    void one_that_was_made_is_known_until_it_ends() throws IOException {
        ca.token();
        TokenEntry made = only();
        assertThat(made.name()).isEqualTo(MILL);
        assertThat(made.isUsed()).isFalse();
        ca.restart();
        assertThat(only()).isEqualTo(made);

        ca.advance(Duration.ofMinutes(16));
        assertThat(ca.authority.tokens(ca.now())).isEmpty();
    }

    @Test
    void one_that_was_used_says_so() {
        ca.enrol(ca.token(), NODES.get(0));

        assertThat(only().isUsed()).isTrue();
    }

    @Test
    void one_that_was_taken_back_is_refused_also_after_a_restart() throws IOException {
        String token = ca.token();
        ca.authority.revokeToken(only().id(), "lost", ca.now());
        ca.authority.revokeToken(only().id(), "lost", ca.now()); // once more changes nothing
        ca.restart();

        assertThat(problem(ca.enrol(token, NODES.get(0)))).isEqualTo(EnrolmentProblem.TOKEN_INVALID);
        assertThat(only().isRevoked()).isTrue();
    }

    /** Otherwise somebody would believe that a node is kept out that is in already. */
    @Test
    void one_that_was_used_or_is_unknown_or_has_ended_cannot_be_taken_back() {
        assertUnknown(new TokenId(1, 2));
        ca.enrol(ca.token(), NODES.get(0));
        assertUnknown(only().id());
        ca.token(MILL);
        TokenId second = ca.authority.tokens(ca.now()).get(1).id();
        ca.advance(Duration.ofHours(1));
        assertUnknown(second);
    }

    private void assertUnknown(TokenId id) {
        assertThatThrownBy(() -> ca.authority.revokeToken(id, "test", ca.now()))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNKNOWN));
    }
}
