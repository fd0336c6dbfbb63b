package io.chaski.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpreadTest {

    @Test
    void has_the_middle_of_an_odd_number_of_figures() {
        assertThat(Spread.of(List.of(5.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 5));
    }

    @Test
    void has_the_mean_of_the_two_in_the_middle_of_an_even_number() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(new Spread(3, 1, 9));
    }

    @Test
    void of_nothing_is_refused() {
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void prints_median_minimum_and_maximum() {
        assertThat(new Spread(1_500_000, 900_000, 2_000_000).print(Spread::threeDigits))
                .isEqualTo("1.50 M (900 k-2.00 M)");
    }

    @Test
    void a_ratio_is_that_of_a_round() {
        assertThat(Spread.ofRatios(List.of(4.0, 6.0, 9.0), List.of(10.0, 12.0, 20.0)))
                .isEqualTo(new Spread(0.45, 0.4, 0.5));
    }

    @Test
    void who_has_another_number_of_rounds_is_not_compared() {
        assertThatThrownBy(() -> Spread.ofRatios(List.of(4.0), List.of(10.0, 12.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 rounds beside 2");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.00",
        "0.003488, 0.0035",
        "0.05, 0.050",
        "0.0996, 0.10",
        "0.123, 0.12",
        "9.994, 9.99",
        "9.996, 10.0",
        "99.96, 100",
        "1234, 1234",
        "12345, 12.3 k",
        "999499, 999 k",
        "999500, 1.00 M",
        "21430000, 21.4 M"
    })
    void figures_keep_the_digits_that_count(double figure, String text) {
        assertThat(Spread.threeDigits(figure)).isEqualTo(text);
    }
}
