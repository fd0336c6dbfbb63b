package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.file.FileOptions;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An exchange")
@ChaskiTest
class ExchangeTest {

    private static ChaskiNode withoutEvents(ChaskiNode node) {
        return (ChaskiNode) Proxy.newProxyInstance(
                ChaskiNode.class.getClassLoader(), new Class<?>[] {ChaskiNode.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("events")) {
                        throw new OutOfMemoryError("heap");
                    }
                    return method.invoke(node, arguments);
                });
    }

    @Test
    @DisplayName("that cannot begin leaves nothing behind that would be in the way of another one")
    void failedStart(@Node("a") ChaskiNode node) {
        assertThatThrownBy(() -> new Exchange(withoutEvents(node), FileOptions.DEFAULTS, new Disk()))
                .isInstanceOf(OutOfMemoryError.class);

        assertThatCode(() -> new Exchange(node, FileOptions.DEFAULTS, new Disk()).close())
                .doesNotThrowAnyException();
    }
}
