package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.TypeRef;
import io.chaski.core.codec.PayloadCodec;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteStringsTest {

    private static final Type LIST_OF_BYTES = new TypeRef<List<byte[]>>() {}.type();

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0",
        "1, 23",
        "1, 24",
        "2, 255",
        "23, 256",
        "24, 3",
        "255, 1",
        "256, 2",
        "3, 65535",
        "2, 65536",
        "65536, 1"
    })
    void are_what_the_codec_writes_and_reads(int count, int bytes) {
        List<byte[]> strings = Collections.nCopies(count, new byte[bytes]);
        byte[] written = ByteStrings.encode(strings);

        assertThat(written).isEqualTo(PayloadCodec.cbor().encode(strings, LIST_OF_BYTES));
        List<byte[]> read = ByteStrings.decode(written);
        assertThat(read).hasSize(count);
        assertThat(ByteStrings.encode(read)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "a0", // a map
                "9f4101ff", // of no stated length
                "8101", // a number
                "816101", // a text
                "81", // one is missing
                "8241014202", // the last is cut
                "814101ff", // something follows
                "9affffffff", // more than there can be
                "815affffffff00", // longer than there can be
                "815b000000000000000100", // a length of eight bytes
                "98", // the count is cut
                "815901" // the length is cut
            })
    void that_are_written_in_another_way_are_left_to_the_codec(String hex) {
        assertThat(ByteStrings.decode(HexFormat.of().parseHex(hex))).isNull();
    }

    @Test
    void arguments_in_an_array_without_a_length_are_still_read() {
        byte[] open = HexFormat.of().parseHex("9f4107ff");
        assertThat(Values.decode(List.of(int.class), open)).isEqualTo(List.of(7));
    }
}
