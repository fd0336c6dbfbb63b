package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChainWindowTest {

    private final ChainWindow window = new ChainWindow();

    private static ArrayPayload chain(int number, int bytes) {
        return ArrayPayload.owning(ByteBuffer.allocate(bytes).putInt(number).array());
    }

    private ChainHash add(int number, int bytes) {
        ArrayPayload chain = chain(number, bytes);
        ChainHash hash = ChainHash.of(chain);
        window.add(hash, chain);
        return hash;
    }

    @Test
    void remembers_so_many_and_forgets_the_first_one() {
        ChainHash first = add(0, 100);
        ChainHash second = add(1, 100);
        for (int i = 2; i <= ChainWindow.MAX; i++) {
            add(i, 100);
        }
        assertThat(window.find(first)).isNull();
        assertThat(window.find(second)).isEqualTo(chain(1, 100));
    }

    @Test
    void remembers_so_many_bytes() {
        ChainHash first = add(0, 8_000);
        int more = ChainWindow.MAX_BYTES / 8_000 - 1;
        for (int i = 1; i <= more; i++) {
            add(i, 8_000);
        }
        assertThat(window.find(first)).isNotNull();
        add(more + 1, 8_000);
        assertThat(window.find(first)).isNull();
    }

    @Test
    void one_that_is_announced_again_is_the_last() {
        ChainHash first = add(0, 100);
        for (int i = 1; i < ChainWindow.MAX; i++) {
            add(i, 100);
        }
        add(0, 100);
        ChainHash second = ChainHash.of(chain(1, 100));
        add(ChainWindow.MAX, 100);
        assertThat(window.find(first)).isNotNull();
        assertThat(window.find(second)).isNull();
    }
}
