package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterfaceInvokerTest {

    interface Parent {
        Object get();
    }

    interface Child extends Parent {
        @Override
        String get();
    }

    @Test
    void an_overridden_method_of_an_interface_that_is_not_public_can_be_called() throws Throwable {
        ServiceModel model = ModelReader.forServing(Child.class, ErrorTypes.NONE_REGISTERED);
        MethodModel get = model.methods().iterator().next();
        assertThat(new InterfaceInvoker(model, (Child) () -> "it").invoke(get, List.of()))
                .isEqualTo("it");
    }

    @Test
    void an_interface_that_its_module_keeps_for_itself_is_refused_when_it_is_served() throws Exception {
        Class<?> hidden = Class.forName("jdk.internal.jimage.ImageStrings");
        Object implementation = Proxy.newProxyInstance(
                hidden.getClassLoader(), new Class<?>[] {hidden}, (proxy, method, arguments) -> null);
        ServiceModel model = ModelReader.forServing(hidden, ErrorTypes.NONE_REGISTERED);
        assertThatThrownBy(() -> new InterfaceInvoker(model, implementation))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ImageStrings");
    }
}
