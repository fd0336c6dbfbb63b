package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.model.ModelReader;
import org.junit.jupiter.api.Test;

class CallbacksTest {

    private static final ServedService SERVICE = new ServedService(
            "$callback/Listener",
            ModelReader.ofFunction(String.class, String.class),
            (method, arguments) -> arguments.get(0),
            ServeOptions.DEFAULTS);

    @Test
    void there_is_room_for_so_many_and_again_when_one_has_gone() {
        Callbacks callbacks = new Callbacks(2);
        assertThat(callbacks.tryAdd("$callback/1", SERVICE)).isTrue();
        assertThat(callbacks.tryAdd("$callback/2", SERVICE)).isTrue();
        assertThat(callbacks.tryAdd("$callback/3", SERVICE)).isFalse();
        callbacks.remove("$callback/1");
        callbacks.remove("$callback/1");
        assertThat(callbacks.size()).isEqualTo(1);
        assertThat(callbacks.tryAdd("$callback/3", SERVICE)).isTrue();
        assertThat(callbacks.find("$callback/1")).isNull();
        assertThat(callbacks.find("$callback/3")).isSameAs(SERVICE);
    }

    @Test
    void calls_find_them_and_descriptions_do_not() {
        ServedServices services = new ServedServices(new NoPolicies());
        services.callbacks().tryAdd("$callback/1", SERVICE);
        assertThat(services.findForCall("$callback/1", "")).isSameAs(SERVICE);
        assertThat(services.find("$callback/1", "")).isNull();
    }

    @Test
    void names_of_the_library_are_not_for_applications() {
        assertThatThrownBy(() -> ServedServices.checkOwnName("$callback/1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names that begin with $ are those of the library");
    }
}
