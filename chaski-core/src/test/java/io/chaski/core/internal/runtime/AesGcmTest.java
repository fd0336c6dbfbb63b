package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AesGcmTest {

    private static final long KEY = 0x0102030405060708L;
    private static final ArrayPayload TICK = ArrayPayload.owning("tick".getBytes(StandardCharsets.UTF_8));

    private final ArrayPayload secret = secret();
    private final AesGcm near = new AesGcm(secret);
    private final AesGcm far = new AesGcm(secret);

    /** 00 to 2b. */
    private static ArrayPayload secret() {
        byte[] bytes = new byte[44];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return ArrayPayload.owning(bytes);
    }

    private static ArrayPayload hex(String digits) {
        return ArrayPayload.owning(HexFormat.of().parseHex(digits));
    }

    /** The box is what another implementation makes of it: see UDP.SEALED_MESSAGE of the golden vectors. */
    @Test
    void it_is_the_cipher_that_the_specification_names() {
        SealedMessage sealed = new SealedMessage(KEY, 3, hex("f224dafb5f8b2653b00e7996e30957d44f5d2936"));

        assertThat(near.seal(KEY, 3, TICK)).isEqualTo(sealed);
        assertThat(far.open(sealed)).isEqualTo(TICK);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 1_152})
    void messages_of_any_size_come_out_as_they_went_in(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        for (long seq = 1; seq <= 3; seq++) {
            SealedMessage sealed = near.seal(KEY, seq, ArrayPayload.owning(bytes));
            assertThat(sealed.box().size()).isEqualTo(size + 16);
            assertThat(far.open(sealed)).isEqualTo(ArrayPayload.owning(bytes));
        }
    }

    @Test
    void a_part_of_an_array_is_sealed_and_opened_as_a_whole_one() {
        ArrayPayload part = hex("007469636b00").slice(1, 4);

        SealedMessage sealed = near.seal(KEY, 3, part);
        byte[] box = sealed.box().toByteArray();
        ArrayPayload partOfABox = ArrayPayload.owning(Arrays.copyOf(box, box.length + 1), 0, box.length);

        assertThat(far.open(new SealedMessage(KEY, 3, partOfABox))).isEqualTo(TICK);
    }

    @Test
    void row_82_the_header_is_authenticated() {
        ArrayPayload box = near.seal(KEY, 3, TICK).box();

        assertThat(far.open(new SealedMessage(KEY + 1, 3, box)))
                .as("id of the key")
                .isNull();
        assertThat(far.open(new SealedMessage(KEY, 4, box))).as("number").isNull();
        assertThat(far.open(new SealedMessage(KEY, 3, box))).as("as it was").isEqualTo(TICK);
    }

    @Test
    void row_82_a_box_with_any_bit_flipped_or_cut_is_not_opened() {
        byte[] box = near.seal(KEY, 3, TICK).box().toByteArray();
        for (int bit = 0; bit < box.length * Byte.SIZE; bit++) {
            byte[] flipped = box.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThat(far.open(new SealedMessage(KEY, 3, ArrayPayload.owning(flipped))))
                    .as("bit %d", bit)
                    .isNull();
        }
        for (int size = SealedMessage.TAG_BYTES; size < box.length; size++) {
            assertThat(far.open(new SealedMessage(KEY, 3, ArrayPayload.owning(box, 0, size))))
                    .as("%d bytes of it", size)
                    .isNull();
        }
        assertThat(far.open(new SealedMessage(KEY, 3, ArrayPayload.owning(box))))
                .isEqualTo(TICK);
    }

    @Test
    void each_part_of_the_secret_counts() {
        SealedMessage sealed = near.seal(KEY, 3, TICK);
        for (int i = 0; i < secret.size(); i++) {
            byte[] other = secret.toByteArray();
            other[i] ^= 1;
            assertThat(new AesGcm(ArrayPayload.owning(other)).open(sealed))
                    .as("byte %d", i)
                    .isNull();
        }
    }
}
