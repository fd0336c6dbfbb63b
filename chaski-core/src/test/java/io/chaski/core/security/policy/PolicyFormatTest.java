package io.chaski.core.security.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.PolicyDocument.Grants;
import io.chaski.core.security.policy.PolicyDocument.Role;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PolicyFormatTest {

    private static final String MATCH = "'match':['chaski://plant-7.example/node/*']";

    private static byte[] text(String quotedByApostrophes) {
        return quotedByApostrophes.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void has_a_head_roles_and_newcomers() {
        PolicyDocument document = Policy.parse(text("{'version':7,'domain':'plant-7.example',"
                        + "'notBefore':'2026-11-01T00:00:00Z','expires':'2027-01-01T00:00:00Z',"
                        + "'roles':{'mill':{" + MATCH + ",'publish':['a','b/*'],'deny':{'rpc.call':['x/y']}}},"
                        + "'newcomer':{'subscribe':['$chaski/trust/**']}}"))
                .document();

        assertThat(document)
                .isEqualTo(new PolicyDocument(
                        7,
                        Optional.of(new TrustDomain("plant-7.example")),
                        Optional.of(Instant.parse("2026-11-01T00:00:00Z")),
                        Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
                        List.of(new Role(
                                "mill",
                                List.of("chaski://plant-7.example/node/*"),
                                new Grants(
                                        Map.of(Action.PUBLISH, List.of("a", "b/*")),
                                        Map.of(Action.RPC_CALL, List.of("x/y"))))),
                        new Grants(Map.of(Action.SUBSCRIBE, List.of("$chaski/trust/**")), Map.of())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-10-31T23:59:59Z | false",
                "2026-11-01T00:00:00Z | true",
                "2026-12-31T23:59:59Z | true",
                "2027-01-01T00:00:00Z | false",
            })
    void counts_from_its_begin_to_before_its_end(Instant at, boolean isInForce) {
        PolicyDocument document = Policy.parse(
                        text("{'version':1,'notBefore':'2026-11-01T00:00:00Z','expires':'2027-01-01T00:00:00Z'}"))
                .document();

        assertThat(document.isInForce(at)).isEqualTo(isInForce);
    }

    @Nested
    class Mistakes {
        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '^',
                value = {
                    // not JSON of this form
                    "                                                 | the document | ends too soon",
                    "[]                                               | the document | an object is expected",
                    "null                                             | the document | an object is expected",
                    "{'version':1}x                                   | the document | not JSON",
                    "{'version':1}{}                                  | the document | nothing may follow",
                    "{'version':1                                     | the document | not JSON",
                    "{'version':1,}                                   | the document | not JSON",
                    "{'version':1,/*c*/'domain':'a'}                  | the document | not JSON",
                    "{version:1}                                      | the document | not JSON",
                    "{'version':[[[[[[[[[1]]]]]]]]]}                  | version      | a whole number is expected",
                    // keys
                    "{}                                               | the document | no version",
                    "{'version':1,'roels':{}}                         | roels        | unknown",
                    "{'version':1,'Version':1}                        | Version      | unknown",
                    "{'version':1,'version':1}                        | version      | comes twice",
                    "{'version':1,'roles':{'r':{MATCH,'pubish':['a']}}} | roles.r.pubish | unknown; what can be allowed is [publish, subscribe",
                    "{'version':1,'roles':{'r':{MATCH,'publish':['a'],'publish':['b']}}} | roles.r.publish | comes twice",
                    "{'version':1,'roles':{'r':{MATCH},'r':{MATCH}}}  | roles.r      | comes twice",
                    "{'version':1,'roles':{'r':{MATCH,'deny':{'match':['a']}}}} | roles.r.deny.match | unknown",
                    "{'version':1,'newcomer':{'match':['a']}}         | newcomer.match | unknown",
                    // types
                    "{'version':'1'}                                  | version      | a whole number is expected",
                    "{'version':1.0}                                  | version      | a whole number is expected",
                    "{'version':1e3}                                  | version      | a whole number is expected",
                    "{'version':null}                                 | version      | a whole number is expected",
                    "{'version':0}                                    | version      | 1 or more",
                    "{'version':-1}                                   | version      | 1 or more",
                    "{'version':9223372036854775808}                  | version      | more than 63 bits",
                    "{'version':1,'domain':7}                         | domain       | a text is expected",
                    "{'version':1,'roles':[]}                         | roles        | an object is expected",
                    "{'version':1,'roles':{'r':[]}}                   | roles.r      | an object is expected",
                    "{'version':1,'roles':{'r':{MATCH,'publish':'a'}}} | roles.r.publish | an array is expected",
                    "{'version':1,'roles':{'r':{MATCH,'publish':['a',7]}}} | roles.r.publish[1] | a text is expected",
                    "{'version':1,'roles':{'r':{MATCH,'publish':['a',['b']]}}} | roles.r.publish[1] | a text is expected",
                    "{'version':1,'newcomer':7}                       | newcomer     | an object is expected",
                    // values
                    "{'version':1,'domain':'Plant'}                   | domain       | lower-case",
                    "{'version':1,'expires':'tomorrow'}               | expires      | a time looks like",
                    "{'version':1,'notBefore':'2027-01-01T00:00:00Z','expires':'2027-01-01T00:00:00Z'} | the document | after it begins",
                    "{'version':1,'roles':{'r':{}}}                   | roles.r      | nobody's",
                    "{'version':1,'roles':{'r':{'match':[]}}}         | roles.r      | nobody's",
                    "{'version':1,'roles':{'':{MATCH}}}               | roles        | the name of a role",
                    "{'version':1,'roles':{'a b':{MATCH}}}            | roles.a?b    | the name of a role",
                    // patterns of identities
                    "{'version':1,'roles':{'r':{'match':['**']}}}     | roles.r.match[0] | begins with a scheme",
                    "{'version':1,'roles':{'r':{'match':['*:x']}}}    | roles.r.match[0] | begins with a scheme",
                    "{'version':1,'roles':{'r':{'match':['node/mill']}}} | roles.r.match[0] | begins with a scheme",
                    "{'version':1,'roles':{'r':{'match':['chaski://a/**/b']}}} | roles.r.match[0] | only at the end",
                    "{'version':1,'roles':{'r':{'match':['chaski://a/node/m*']}}} | roles.r.match[0] | begins with a scheme",
                    "{'version':1,'roles':{'r':{'match':['chaski://a/node/{self}']}}} | roles.r.match[0] | begins with a scheme",
                    "{'version':1,'roles':{'r':{'match':['chaski://a//b']}}} | roles.r.match[0] | begins with a scheme",
                    "{'version':1,'domain':'a.example','roles':{'r':{'match':['chaski://b.example/**']}}} | the document | role r matches chaski://b.example/**",
                    "{'version':1,'domain':'a.example','roles':{'r':{'match':['chaski://*/**']}}} | the document | role r matches chaski://*/**",
                    // patterns of objects
                    "{'version':1,'newcomer':{'publish':['']}}        | newcomer.publish[0] | a level is empty",
                    "{'version':1,'newcomer':{'publish':['a//b']}}    | newcomer.publish[0] | a level is empty",
                    "{'version':1,'newcomer':{'publish':['/a']}}      | newcomer.publish[0] | a level is empty",
                    "{'version':1,'newcomer':{'publish':['a/**/b']}}  | newcomer.publish[0] | last level",
                    "{'version':1,'newcomer':{'publish':['**/**']}}   | newcomer.publish[0] | last level",
                    "{'version':1,'newcomer':{'publish':['a','b','a']}} | newcomer.publish[2] | comes twice",
                    "{'version':1,'roles':{'r':{'match':['chaski://a/**','chaski://a/**']}}} | roles.r.match[1] | comes twice",
                    "{'version':1,'newcomer':{'publish':['a/b*']}}    | newcomer.publish[0] | a whole level",
                    "{'version':1,'newcomer':{'publish':['a/***']}}   | newcomer.publish[0] | a whole level",
                    "{'version':1,'newcomer':{'publish':['a/{Self}']}} | newcomer.publish[0] | braces",
                    "{'version':1,'newcomer':{'publish':['a/x{self}']}} | newcomer.publish[0] | braces",
                    "{'version':1,'newcomer':{'publish':['a/#']}}     | newcomer.publish[0] | no name has",
                    "{'version':1,'newcomer':{'publish':['a/\\n']}}   | newcomer.publish[0] | no name has",
                    "{'version':1,'newcomer':{'publish':['1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17']}} | newcomer.publish[0] | at most 16 levels",
                })
        void are_found_where_they_are(String document, String place, String problem) {
            byte[] bytes = text((document == null ? "" : document).replace("MATCH", MATCH));
            assertThatThrownBy(() -> Policy.parse(bytes))
                    .isInstanceOfSatisfying(PolicyFormatException.class, refused -> {
                        assertThat(refused.place())
                                .satisfiesAnyOf(
                                        at -> assertThat(at).isEqualTo(place),
                                        at -> assertThat(at).startsWith(place + ", line "));
                        assertThat(refused).hasMessageContaining(problem);
                        assertThat(refused.reason()).isEqualTo("POLICY_FORMAT");
                    });
        }

        @Test
        void are_found_in_their_line() {
            assertThatThrownBy(() -> Policy.parse("{\n\"version\":1,\n\"newcomer\":{\"publish\":[\"a\",\n\"b/*c\"]}}"))
                    .hasMessageContaining("newcomer.publish[1], line 4");
        }

        @Test
        void are_text_that_is_not_UTF_8() {
            byte[] bytes = text("{'version':1,'newcomer':{'publish':['a?']}}");
            bytes[bytes.length - 5] = (byte) 0xC0;

            assertThatThrownBy(() -> Policy.parse(bytes)).hasMessageContaining("not UTF-8");
            assertThatThrownBy(() -> Policy.parse("{\"version\":1}".getBytes(StandardCharsets.UTF_16)))
                    .isInstanceOf(PolicyFormatException.class);
        }
    }

    @Nested
    class Limits {
        private String patterns(int count) {
            return IntStream.range(0, count).mapToObj(i -> "\"t/" + i + "\"").collect(Collectors.joining(","));
        }

        @Test
        void are_ten_thousand_patterns() {
            assertThat(Policy.parse("{\"version\":1,\"newcomer\":{\"publish\":[" + patterns(10_000) + "]}}")
                            .version())
                    .isEqualTo(1);
            assertThatThrownBy(
                            () -> Policy.parse("{\"version\":1,\"newcomer\":{\"publish\":[" + patterns(10_001) + "]}}"))
                    .hasMessageContaining("newcomer.publish[10000], line 1: a policy has at most 10000 patterns");
        }

        @Test
        void count_patterns_of_all_roles_and_of_identities() {
            String half = patterns(5_000);
            assertThatThrownBy(() -> Policy.parse(
                            ("{'version':1,'roles':{'r':{" + MATCH + ",'publish':[H],'deny':{'publish':[H]}}}}")
                                    .replace('\'', '"')
                                    .replace("H", half)))
                    .hasMessageContaining("roles.r.deny.publish[4999]");
        }

        @Test
        void are_a_mebibyte() {
            byte[] whole = text("{'version':1}" + " ".repeat((1 << 20) - 13));

            assertThat(Policy.parse(whole).version()).isEqualTo(1);
            assertThatThrownBy(() -> Policy.parse(new byte[(1 << 20) + 1]))
                    .hasMessageContaining("it has 1048577 bytes, more than 1048576");
        }

        @Test
        void hold_in_code_too() {
            List<String> tooMany =
                    IntStream.range(0, 10_001).mapToObj(i -> "t/" + i).toList();
            Grants grants = new Grants(Map.of(Action.PUBLISH, tooMany), Map.of());

            assertThatThrownBy(() -> new PolicyDocument(
                            1, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), grants))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Grants(Map.of(), Map.of(Action.PUBLISH, List.of("a*"))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Grants(Map.of(Action.PUBLISH, List.of("a", "a")), Map.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Role("r", List.of("chaski://a/b", "chaski://a/b"), Grants.NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Role("r", List.of("mill"), Grants.NONE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Earlier versions have signed such. */
    @Test
    void a_pattern_that_comes_twice_in_a_signed_policy_counts_once() {
        byte[] text = text("{'version':7,'newcomer':{'publish':['a','b','a'],'deny':{'publish':['b','b']}}}");

        Grants grants = new SignedPolicy(text, List.of(), new byte[0])
                .policy()
                .document()
                .newcomer();

        assertThat(grants.allow()).isEqualTo(Map.of(Action.PUBLISH, List.of("a", "b")));
        assertThat(grants.deny()).isEqualTo(Map.of(Action.PUBLISH, List.of("b")));
    }

    /** Nothing but a policy or a refusal comes out, whatever goes in. */
    @Test
    void changed_bytes_are_a_policy_or_a_mistake() {
        byte[] good = text("{'version':7,'domain':'plant-7.example','expires':'2027-01-01T00:00:00Z','roles':{'mill':{"
                + MATCH + ",'publish':['a','b/*','c/{self}/**'],'deny':{'rpc.call':['x/y']}}},'newcomer':{}}");
        Random random = new Random(54);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] changed = good.clone();
            int count = 1 + random.nextInt(3);
            for (int change = 0; change < count; change++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                Policy.parse(changed);
            } catch (PolicyFormatException e) {
                refused++;
                assertThat(e.getMessage())
                        .as("no text of the document beyond its keys")
                        .hasSizeLessThan(400);
            }
        }
        assertThat(refused).isBetween(1_500, 2_000);
    }
}
