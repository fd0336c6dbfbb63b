package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LinkTableTest {

    @ParameterizedTest
    @ValueSource(ints = {4, 100, 1_000, Integer.MAX_VALUE})
    void it_behaves_like_a_map(int numbers) {
        Random random = new Random(numbers);
        LinkTable<String> table = new LinkTable<>();
        Map<Integer, String> expected = new HashMap<>();

        for (int step = 0; step < 20_000; step++) {
            int number = random.nextInt(numbers);
            if (random.nextBoolean()) {
                table.put(number, "link " + step);
                expected.put(number, "link " + step);
            } else {
                assertThat(table.remove(number)).isEqualTo(expected.remove(number));
            }
            int other = random.nextInt(numbers);
            assertThat(table.get(other)).isEqualTo(expected.get(other));
            assertThat(table.size()).isEqualTo(expected.size());
        }

        expected.forEach((number, link) -> assertThat(table.get(number)).isEqualTo(link));
    }
}
