package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.security.ChaskiUri.Role;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChaskiUriTest {

    static final String MILL = "chaski://plant-7.example/node/mill-3";

    /** The grammar once more, written down as one expression: what the parser must agree with. */
    private static final Pattern GRAMMAR =
            Pattern.compile("chaski://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
                    + "/(?:node|ca|admin)(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,64}){1,7}");

    @Nested
    class Identities {
        @Test
        void have_a_trust_domain_a_role_and_a_name() {
            assertThat(ChaskiUri.parse("chaski://plant-7.example/node/hall/2/Mill_3.x"))
                    .isEqualTo(new ChaskiUri(
                            new TrustDomain("plant-7.example"), Role.NODE, List.of("hall", "2", "Mill_3.x")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    MILL,
                    "chaski://a/ca/b",
                    "chaski://1.a-b.c3/admin/...",
                    "chaski://xn--mhle-0ra.example/node/1/2/3/4/5/6/7",
                })
        void are_printed_as_they_were_read(String text) {
            assertThat(ChaskiUri.parse(text)).hasToString(text);
        }

        @Test
        void may_have_the_longest_trust_domain() {
            String label = "a".repeat(63);
            String domain = String.join(".", label, label, label, "a".repeat(61));

            assertThat(ChaskiUri.parse("chaski://" + domain + "/node/x").trustDomain())
                    .isEqualTo(new TrustDomain(domain));
        }

        @Test
        void are_read_by_the_JDK_with_the_same_host() {
            URI uri = URI.create(MILL);

            assertThat(uri.getHost()).isEqualTo("plant-7.example");
            assertThat(uri.getPath()).isEqualTo("/node/mill-3");
        }

        @Test
        void print_nothing_of_what_they_refuse() {
            assertThatThrownBy(() -> ChaskiUri.parse("chaski://plant\u001b[31m/node/x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("plant");
        }
    }

    @Nested
    class Refused_is {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "chaski:",
                    "chaski:/a/node/x",
                    "chaski:///node/x",
                    "CHASKI://a/node/x",
                    "spiffe://a/node/x",
                    " chaski://a/node/x",
                    "chaski://a/node/x ",
                    "chaski://a/node/x\n",
                    "chaski://a",
                    "chaski://a/",
                    "chaski://a/node",
                    "chaski://a/node/",
                    "chaski://a//x",
                    "chaski://a/node//x",
                    "chaski://a/node/x/",
                    "chaski://a/node/.",
                    "chaski://a/node/..",
                    "chaski://a/node/../x",
                    "chaski://a/Node/x",
                    "chaski://a/root/x",
                    "chaski://a/node/x?y",
                    "chaski://a/node/x#y",
                    "chaski://a/node/%78",
                    "chaski://a/node/x y",
                    "chaski://a/node/x:y",
                    "chaski://a/node/x\\y",
                    "chaski://a/node/\u00fc",
                    "chaski://a/node/x\0",
                    "chaski://a/node/1/2/3/4/5/6/7/8",
                })
        void another_shape(String text) {
            assertThatThrownBy(() -> ChaskiUri.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }

        /** Rows 20 and 21 of the list of bad input, and what the JDK's name constraints let through. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a.",
                    "plant.example.",
                    ".a",
                    "a..b",
                    "a_b",
                    "a%62",
                    "a:443",
                    "u@a",
                    "u:p@a",
                    "A",
                    "a-",
                    "-a",
                    "a.-b",
                    "a-.b",
                    "127.0.0.1",
                    "plant.7",
                    "[::1]",
                    "a\u3002b",
                    "\u0430",
                    "*",
                    "*.example",
                })
        void another_host(String host) {
            assertThatThrownBy(() -> ChaskiUri.parse("chaski://" + host + "/node/x"))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void a_label_of_64_characters() {
            assertThatThrownBy(() -> new TrustDomain("a".repeat(64))).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void a_trust_domain_of_254_characters() {
            String label = "a".repeat(63);

            assertThatThrownBy(() -> new TrustDomain(String.join(".", label, label, label, "a".repeat(62))))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void a_segment_of_65_characters() {
            assertThatThrownBy(() -> ChaskiUri.parse("chaski://a/node/" + "x".repeat(65)))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void more_than_512_characters() {
            String six = String.join("/", Collections.nCopies(7, "x".repeat(64)));
            int rest = ChaskiUri.MAX_LENGTH - "chaski:///node/".length() - six.length();
            String longest = "chaski://" + "a".repeat(rest) + "/node/" + six;

            assertThat(ChaskiUri.parse(longest).toString()).hasSize(ChaskiUri.MAX_LENGTH);
            assertThatThrownBy(() -> ChaskiUri.parse(longest.replace("//a", "//aa")))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void a_long_text_before_it_is_looked_at() {
            assertThatThrownBy(() -> ChaskiUri.parse("chaski://a/node/" + "/".repeat(1 << 20)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Fuzzed {
        @Test
        void texts_are_read_exactly_when_they_are_in_the_grammar() {
            List<String> parts = List.of(
                    "chaski://",
                    "a",
                    "plant-7",
                    ".",
                    "/",
                    "node",
                    "ca",
                    "admin",
                    "x",
                    "-",
                    "_",
                    "..",
                    "%41",
                    ":",
                    "@",
                    "7",
                    "A",
                    "?",
                    "#",
                    "\u00fc",
                    "\0",
                    "//",
                    "a.b",
                    "[",
                    "b".repeat(60));
            Random random = new Random(20);
            int accepted = 0;
            for (int i = 0; i < 20_000; i++) {
                StringBuilder text = new StringBuilder(random.nextInt(4) > 0 ? MILL : "chaski://a/node/");
                for (int edits = random.nextInt(4); edits > 0; edits--) {
                    int at = random.nextInt(text.length() + 1);
                    int end = Math.min(text.length(), at + random.nextInt(3));
                    text.replace(at, end, parts.get(random.nextInt(parts.size())));
                }
                boolean isInGrammar = GRAMMAR.matcher(text).matches() && text.length() <= ChaskiUri.MAX_LENGTH;
                assertThat(isRead(text.toString())).as(() -> "<" + text + ">").isEqualTo(isInGrammar);
                accepted += isInGrammar ? 1 : 0;
            }
            assertThat(accepted).as("of both kinds").isBetween(2_000, 18_000);
        }

        private boolean isRead(String text) {
            try {
                assertThat(ChaskiUri.parse(text)).hasToString(text);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }

    @Nested
    class Node_ids {
        /** Computed with Python: {@code hashlib.sha256(b"chaski-node-v1\0" + uri).hexdigest()[:32]}. */
        @ParameterizedTest
        @CsvSource({
            MILL + ", 4113c6fc21c8c372d5e2dc1c1991dd16",
            "chaski://a/ca/b, 7fec6996e0db022aa86119e198d06d01",
            "chaski://plant-7.example/node/hall/2/Mill_3.x, e1d80983cdf46dcfaf56802cb59d26f0",
        })
        void are_the_same_everywhere(String uri, String id) {
            assertThat(ChaskiUri.parse(uri).nodeId()).isEqualTo(NodeId.parse(id));
        }
    }
}
