package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FetchTest {

    private static final Sha256 HASH = Sha256.of(new byte[] {1});
    private static final Manifest TRUE = new Manifest(HASH, 3, Sha256.of(new byte[] {2}));
    private static final Manifest FALSE = new Manifest(HASH, 4, Sha256.of(new byte[] {3}));
    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);

    private static List<ShareMessage.Found> found(Manifest manifest, String name) {
        return List.of(new ShareMessage.Found(name, manifest));
    }

    @Test
    void what_most_peers_say_about_a_hash_is_tried_first_and_the_others_later() {
        Map<NodeId, List<ShareMessage.Found>> answers = new LinkedHashMap<>();
        answers.put(A, found(FALSE, "lie"));
        answers.put(B, found(TRUE, "b"));
        answers.put(C, found(TRUE, "c"));

        List<Fetch.Claim> claims = Fetch.Claim.of(HASH, answers);

        assertThat(claims).extracting(Fetch.Claim::peers).containsExactly(List.of(B, C), List.of(A));
        assertThat(claims.get(0).incoming().offer().name()).isEqualTo("b");
        assertThat(claims.get(0).incoming().manifest()).isEqualTo(TRUE);
    }

    @Test
    void what_is_about_another_hash_is_no_answer() {
        Manifest other = new Manifest(Sha256.OF_NOTHING, 0, Sha256.OF_NOTHING);

        assertThat(Fetch.Claim.of(HASH, Map.of(A, found(other, "f"), B, List.of())))
                .isEmpty();
    }
}
