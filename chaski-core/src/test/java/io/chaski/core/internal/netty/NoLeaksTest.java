package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** The alarm rings. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NoLeaksTest {

    private final Logger detector = (Logger) LoggerFactory.getLogger("io.netty.util.ResourceLeakDetector");

    @BeforeEach
    void keepItToOurselves() {
        detector.setAdditive(false);
    }

    @AfterEach
    void letOthersBeHeard() {
        detector.setAdditive(true);
    }

    static Stream<Runnable> losses() {
        return Stream.of(
                () -> lose(ByteBufAllocator.DEFAULT.directBuffer(100)),
                () -> lose(ByteBufAllocator.DEFAULT.heapBuffer(100)));
    }

    private static void lose(ByteBuf buffer) {
        buffer.writeByte(1);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void finds_a_buffer_that_nobody_released(Runnable loss) {
        NoLeaks noLeaks = new NoLeaks();
        noLeaks.beforeAll(null);
        loss.run();

        assertThatThrownBy(() -> noLeaks.afterAll(null))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("buffers that were not released");
    }
}
