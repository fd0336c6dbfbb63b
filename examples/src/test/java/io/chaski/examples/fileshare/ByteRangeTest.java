package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ByteRangeTest {

    @Test
    void without_a_range_the_whole_file_is_wanted() throws HttpProblem {
        assertThat(ByteRange.parse(null, 1_000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes", "items=0-1", "bytes=0-1,3-4", "bytes=0-9,0-9,0-9", "bytes=a,b"})
    void what_is_no_single_range_of_bytes_does_not_count(String header) throws HttpProblem {
        assertThat(ByteRange.parse(header, 1_000)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,0,0",
        "bytes=0-499,0,499",
        "Bytes=0-499,0,499",
        "bytes=500-,500,999",
        "bytes=-1,999,999",
        "bytes=-5000,0,999",
        "bytes=900-5000,900,999",
        "bytes=999-999999999999999999,999,999"
    })
    void a_range_is_cut_to_what_there_is(String header, long first, long last) throws HttpProblem {
        assertThat(ByteRange.parse(header, 1_000)).isEqualTo(Optional.of(new ByteRange(first, last)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=5-4",
                "bytes=1000-",
                "bytes=-0",
                "bytes=--5",
                "bytes= 0-1",
                "bytes=0-9999999999999999999"
            })
    void what_the_file_has_not_is_refused_with_its_size(String header) {
        assertThatExceptionOfType(HttpProblem.class)
                .isThrownBy(() -> ByteRange.parse(header, 1_000))
                .satisfies(problem -> {
                    assertThat(problem.status()).isEqualTo(416);
                    assertThat(problem.headers()).containsEntry("Content-Range", "bytes */1000");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-0", "bytes=-1", "bytes=0-"})
    void an_empty_file_has_no_parts(String header) {
        assertThatExceptionOfType(HttpProblem.class).isThrownBy(() -> ByteRange.parse(header, 0));
    }
}
