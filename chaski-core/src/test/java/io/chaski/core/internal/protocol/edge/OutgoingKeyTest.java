package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.DatagramCipher;
import io.chaski.core.internal.runtime.AesGcm;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OutgoingKeyTest {

    private static final ArrayPayload MESSAGE = ArrayPayload.owning(new byte[3]);

    private final DatagramCipher cipher = new AesGcm(ArrayPayload.owning(new byte[44]));

    @Test
    void numbers_begin_with_1_and_none_is_used_twice() {
        OutgoingKey key = new OutgoingKey(7, cipher);
        List<Long> used = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SealedMessage sealed = key.seal(MESSAGE);
            assertThat(sealed.key()).isEqualTo(7);
            used.add(sealed.seq());
        }
        assertThat(used).containsExactly(1L, 2L, 3L);
    }

    @Test
    void row_82_numbers_do_not_wrap_they_end() {
        OutgoingKey key = new OutgoingKey(7, cipher, OutgoingKey.LAST_SEQ - 1);

        assertThat(key.seal(MESSAGE).seq()).isEqualTo(8_388_607);
        assertThat(key.seal(MESSAGE).seq()).isEqualTo(8_388_608);
        for (int i = 0; i < 3; i++) {
            assertThat(key.seal(MESSAGE)).isNull();
        }
    }
}
