package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.RemoteCallException;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ModelReader;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exceptions that are made again from what a peer has sent. */
@SuppressWarnings("UnusedMethod") // found by reflection
class ErrorTextTest {

    static final class OutOfPaper extends Exception {
        private static final long serialVersionUID = 1L;

        OutOfPaper(int pages) {
            super(pages + " pages");
        }
    }

    interface Printer {
        void print() throws OutOfPaper;
    }

    private static final NodeId PEER = new NodeId(0, 1);

    private static Throwable made(String message, Function<String, OutOfPaper> factory) {
        MethodModel print = ModelReader.forCalls(Printer.class, new ErrorTypes(Map.of(OutOfPaper.class, factory)))
                .methods()
                .iterator()
                .next();
        return new ErrorText("OutOfPaper", message).toThrowable(print, PEER);
    }

    @Test
    void a_registered_exception_is_made_by_its_factory() {
        assertThat(made("3", message -> new OutOfPaper(Integer.parseInt(message))))
                .isInstanceOf(OutOfPaper.class)
                .hasMessage("3 pages");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not a number"})
    void a_factory_that_can_do_nothing_with_what_a_peer_has_sent_fails_the_call_as_any_other_exception(String message) {
        assertThat(made(message, text -> new OutOfPaper(Integer.parseInt(text))))
                .isInstanceOfSatisfying(
                        RemoteCallException.class,
                        failed -> assertThat(failed.peer()).contains(PEER))
                .hasMessageContaining("OutOfPaper");
        assertThat(made(message, text -> null)).isInstanceOf(RemoteCallException.class);
    }
}
