package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.DerReader.MalformedDerException;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DerReaderTest {

    @Test
    void values_are_read_in_their_order() throws MalformedDerException {
        DerReader sequence = reader("3006020107040101").enter(DerReader.SEQUENCE);

        assertThat(sequence.take(DerReader.INTEGER)).containsExactly(7);
        assertThat(sequence.peekTag()).isEqualTo(DerReader.OCTET_STRING);
        assertThat(sequence.take(DerReader.OCTET_STRING)).containsExactly(1);
        assertThat(sequence.peekTag()).isEqualTo(-1);
        sequence.end();
    }

    @Test
    void lengths_have_up_to_three_bytes() throws MalformedDerException {
        assertThat(reader("048180" + "00".repeat(128)).take(DerReader.OCTET_STRING))
                .hasSize(128);
        assertThat(reader("04820100" + "00".repeat(256)).take(DerReader.OCTET_STRING))
                .hasSize(256);
        assertThat(reader("0483010000" + "00".repeat(65536)).take(DerReader.OCTET_STRING))
                .hasSize(65536);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "04", // no length
                "0401", // no content
                "0281", // ends within the length
                "040200", // longer than what is there
                "0480" + "0000", // indefinite
                "048101" + "00", // a byte of length would do
                "0482007f" + "00", // two bytes for a length of one
                "0484000000010" + "0", // four bytes of length
                "04ff" + "00",
                "0483ffffff00", // announces 16 MiB
                "020107", // another tag
            })
    void others_are_refused(String hex) {
        assertThatThrownBy(() -> reader(hex).take(DerReader.OCTET_STRING)).isInstanceOf(MalformedDerException.class);
    }

    @Test
    void what_follows_the_last_value_is_refused() throws MalformedDerException {
        DerReader reader = reader("05000500");
        reader.enter(DerReader.NULL).end();

        assertThatThrownBy(reader::end).isInstanceOf(MalformedDerException.class);
    }

    private static DerReader reader(String hex) {
        return new DerReader(HexFormat.of().parseHex(hex));
    }
}
