package io.chaski.remote.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.internal.wire.CallbackName;
import java.lang.reflect.Type;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

@SuppressWarnings("UnusedMethod") // the reader finds them by reflection
class CallbackTypeTest {

    interface Listener {
        int heard(String word);

        default void heardTwice(String word) {
            heard(word + word);
        }
    }

    interface Watching {
        void watch(String what, Listener listener, Consumer<String> lines);
    }

    private static MethodModel only(Class<?> type) {
        return ModelReader.forServing(type, ErrorTypes.NONE_REGISTERED)
                .methods()
                .iterator()
                .next();
    }

    private static CallbackType callback(int parameter) {
        return (CallbackType) only(Watching.class).parameters().get(parameter);
    }

    @Test
    void a_signature_names_the_interface_and_the_hash_of_its_signature() {
        assertThat(callback(1).model().signature()).isEqualTo("int heard(String)");
        assertThat(callback(2).model().signature()).isEqualTo("void accept(String)");
        assertThat(only(Watching.class).signature())
                .isEqualTo("void watch(String,Listener#" + callback(1).hash() + ",Consumer#"
                        + callback(2).hash() + "<String>)");
        assertThat(only(Watching.class).key()).isEqualTo(MethodKey.of("watch(String,Listener,Consumer)"));
        assertThat(callback(1).hash())
                .hasSize(16)
                .isEqualTo(callback(1).model().hash().substring(0, 16));
    }

    @Test
    void what_is_sent_is_a_text() {
        assertThat(only(Watching.class).sentParameters()).containsExactly(String.class, String.class, String.class);
    }

    @Test
    void a_name_is_read_as_it_was_drawn_and_nothing_else_is_a_name() {
        CallbackName name = CallbackName.random(callback(1), new SecureRandom());
        String text = name.toString();
        assertThat(CallbackName.parse(text)).contains(name);
        assertThat(name.service()).matches("\\$callback/[0-9a-f]{32}");
        assertThat(CallbackName.isCallback(name.service())).isTrue();
        for (String wrong : List.of(
                "",
                "$callback/",
                text.substring(1),
                text + "0",
                text.substring(0, text.length() - 1),
                text.replace('#', '/'),
                "x" + text.substring(1),
                text.replace("$callback", "$CALLBACK"),
                text.substring(0, text.length() - 1) + "g",
                text.substring(0, 10) + " " + text.substring(11))) {
            assertThat(CallbackName.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void callbacks_have_neither_callbacks_nor_services_inside() {
        interface Again {
            void again(Listener listener);
        }
        interface Inside {
            Listener listener();
        }
        interface Passing {
            void pass(Again again);
        }
        interface Leading {
            void lead(Inside inside);
        }
        refuses(Passing.class, "Passing.pass, parameter 1", "Again is no type that travels, nor a callback: ");
        refuses(Passing.class, "Again.again, parameter 1", "Listener is no type that travels");
        refuses(Leading.class, "Inside.listener, the result: Listener is no type that travels");
    }

    @Test
    void what_is_no_interface_or_cannot_be_called_is_refused() {
        interface Lines {
            Iterator<String> lines();
        }
        interface Taking {
            void take(Lines lines);
        }
        interface Many {
            void many(List<Listener> listeners);
        }
        interface Array {
            void array(Listener... listeners);
        }
        refuses(Taking.class, "parameter 1", "nor a callback: ", "Lines.lines takes or returns a stream of items");
        refuses(Many.class, "Listener is no type that travels");
        refuses(Array.class, "Listener is no type that travels");
    }

    private static void refuses(Class<?> type, String... parts) {
        assertThatThrownBy(() -> only(type))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(parts);
    }

    @Test
    void a_method_has_64_at_most() {
        List<Type> most = Collections.nCopies(64, callback(1));
        MethodModel.requireFewCallbacks(most, "here");
        assertThatThrownBy(() -> MethodModel.requireFewCallbacks(Collections.nCopies(65, callback(1)), "here"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("here has 65 callbacks, not at most 64");
    }
}
