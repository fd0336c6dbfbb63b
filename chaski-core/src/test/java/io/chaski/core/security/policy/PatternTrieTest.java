package io.chaski.core.security.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PatternTrieTest {

    private static final List<String> SELF = List.of("node", "mill-3");

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/b, a, false",
        "a/b, a/b/c, false",
        "a/*, a/b, true",
        "a/*, a, false",
        "a/*, a/b/c, false",
        "*/b, a/b, true",
        "*, a, true",
        "*/*, a, false",
        "a/**, a, true",
        "a/**, a/b, true",
        "a/**, a/b/c/d, true",
        "a/**, b, false",
        "a/**, ab, false",
        "**, a/b/c, true",
        "a/*/c/**, a/b/c, true",
        "a/*/c/**, a/b/d, false",
        "{self}, node/mill-3, true",
        "{self}, node, false",
        "t/{self}/x, t/node/mill-3/x, true",
        "t/{self}/x, t/node/mill-33/x, false",
        "t/{self}/x, t/{self}/x, false",
        "t/{self}/**, t/node/mill-3, true",
        "t/{self}/**, t/node/mill-3/a/b, true",
        "{self}/{self}, node/mill-3/node/mill-3, true",
        "**, $services, false",
        "*, @, false",
        "*/trust, $chaski/trust, false",
        "**, $chaski/trust/x, false",
        "$chaski/**, $chaski/trust/x, true",
        "$services, $services, true",
        "a/*, a/$b, true",
    })
    void matches_as_described(String pattern, String name, boolean isExpected) {
        assertThat(matches(trie(List.of(pattern)), name)).isEqualTo(isExpected ? Set.of(pattern) : Set.of());
        assertThat(matchesNaively(Levels.of(pattern), 0, Levels.of(name), 0, SELF))
                .as("the naive matcher")
                .isEqualTo(isExpected);
    }

    @Test
    void agrees_with_a_naive_matcher() {
        Random random = new Random(20261126);
        int found = 0;
        for (int round = 0; round < 300; round++) {
            List<String> patterns = new ArrayList<>(new TreeSet<>(many(random, 30, true)));
            PatternTrie<String> trie = trie(patterns);
            for (String name : many(random, 30, false)) {
                Set<String> expected = new TreeSet<>();
                for (String pattern : patterns) {
                    if (matchesNaively(Levels.of(pattern), 0, Levels.of(name), 0, SELF)) {
                        expected.add(pattern);
                    }
                }
                found += expected.size();
                assertThat(matches(trie, name)).as("%s of %s", name, patterns).isEqualTo(expected);
            }
        }
        assertThat(found)
                .as("matches, or the names and patterns have nothing in common")
                .isGreaterThan(10_000);
    }

    private static List<String> many(Random random, int count, boolean isPattern) {
        String[] levels = {"a", "b", "node", "mill-3", "$s"};
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> text = new ArrayList<>();
            int length = 1 + random.nextInt(5);
            for (int level = 0; level < length; level++) {
                int kind = isPattern ? random.nextInt(8) : 0;
                text.add(kind == 6 ? Levels.ANY : kind == 7 ? Levels.SELF : levels[random.nextInt(levels.length)]);
            }
            if (isPattern && random.nextInt(3) == 0) {
                text.set(length - 1, Levels.TAIL);
            }
            texts.add(String.join("/", text));
        }
        return texts;
    }

    /** The definition of a match, by recursion over two short lists. */
    private static boolean matchesNaively(List<String> pattern, int p, List<String> name, int n, List<String> self) {
        if (p == pattern.size()) {
            return n == name.size();
        }
        String level = pattern.get(p);
        boolean isShy = n == 0 && (name.get(0).startsWith("$") || name.get(0).startsWith("@"));
        if (level.equals("**")) {
            return !isShy;
        }
        if (level.equals("{self}")) {
            return n + self.size() <= name.size()
                    && name.subList(n, n + self.size()).equals(self)
                    && matchesNaively(pattern, p + 1, name, n + self.size(), self);
        }
        boolean isEqual = n < name.size() && (level.equals("*") ? !isShy : level.equals(name.get(n)));
        return isEqual && matchesNaively(pattern, p + 1, name, n + 1, self);
    }

    @Test
    void looks_at_as_many_places_among_ten_thousand_patterns_as_among_ten() {
        Map<Integer, Integer> looks = new HashMap<>();
        for (int size : List.of(10, 10_000)) {
            List<String> patterns = new ArrayList<>(List.of("plant/*/speed", "plant/mill-1/**"));
            for (int i = patterns.size(); i < size; i++) {
                patterns.add("plant/mill-" + i + "/temperature");
            }
            looks.put(size, trie(patterns).match(Levels.of("plant/mill-1/speed"), SELF, pattern -> {}));
        }

        assertThat(looks.get(10)).isGreaterThan(3);
        assertThat(looks.get(10_000)).isEqualTo(looks.get(10));
    }

    @Test
    void is_not_exhausted_by_wildcards_on_all_levels() {
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < PolicyDocument.MAX_RULES; i++) {
            List<String> levels = new ArrayList<>(Collections.nCopies(15, "a"));
            for (int bit = 0; bit < 15; bit++) {
                if ((i >> bit & 1) == 1) {
                    levels.set(bit, Levels.ANY);
                }
            }
            patterns.add(String.join("/", levels));
        }
        PatternTrie<String> trie = trie(patterns);
        String name = String.join("/", Collections.nCopies(15, "a"));

        assertThat(matches(trie, name)).hasSize(PolicyDocument.MAX_RULES);
        assertThat(trie.match(Levels.of(name), SELF, pattern -> {}))
                .as("no place twice")
                .isLessThanOrEqualTo(PolicyDocument.MAX_RULES * 15);
    }

    private static PatternTrie<String> trie(List<String> patterns) {
        PatternTrie<String> trie = new PatternTrie<>();
        patterns.forEach(pattern -> trie.at(Levels.of(pattern), () -> pattern));
        return trie;
    }

    private static Set<String> matches(PatternTrie<String> trie, String name) {
        Set<String> found = new TreeSet<>();
        trie.match(
                Levels.of(name),
                SELF,
                pattern -> assertThat(found.add(pattern))
                        .as("%s found once", pattern)
                        .isTrue());
        return found;
    }
}
