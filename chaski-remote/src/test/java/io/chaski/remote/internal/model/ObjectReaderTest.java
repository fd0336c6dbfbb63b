package io.chaski.remote.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.Deadline;
import io.chaski.remote.Idempotent;
import io.chaski.remote.OneWay;
import io.chaski.remote.RemoteMethod;
import io.chaski.remote.RemoteName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // the reader finds them by reflection
class ObjectReaderTest {

    interface Greeter {
        @RemoteMethod
        default String greet(String whom) {
            return "hello " + whom;
        }
    }

    static class Base<T> {
        @RemoteMethod
        public T same(T value) {
            return value;
        }

        @RemoteMethod
        protected List<T> listed(T value) {
            return List.of(value);
        }

        @RemoteMethod("old")
        void renamed() {}
    }

    private static final class Real extends Base<String> implements Greeter {
        @Override
        public String same(String value) {
            return value;
        }

        @Override
        @RemoteMethod("young")
        void renamed() {}

        @RemoteMethod
        int add(int a, int b) {
            return a + b;
        }

        @RemoteMethod
        double add(double a, double b) {
            return a + b;
        }

        String secret() {
            return "unannotated";
        }

        private String innermost() {
            return "private";
        }

        @Override
        public String toString() {
            return "real";
        }
    }

    private static ServiceModel read(Class<?> type) {
        return ObjectReader.forServing(type, ErrorTypes.NONE_REGISTERED);
    }

    @Test
    void what_is_annotated_here_and_above_is_served_and_nothing_else() {
        assertThat(read(Real.class).signature())
                .isEqualTo("List<String> listed(String); String greet(String); String same(String); "
                        + "double add(double,double); int add(int,int); void young()");
    }

    @Test
    void the_other_annotations_hold_as_in_an_interface() {
        class Annotated {
            @RemoteMethod
            @RemoteName("other")
            @Idempotent
            @Deadline(value = 2, unit = TimeUnit.SECONDS)
            @OneWay
            void name() {}
        }
        MethodModel method = read(Annotated.class).methods().iterator().next();
        assertThat(method.signature()).isEqualTo("void other()");
        assertThat(method.isIdempotent()).isTrue();
        assertThat(method.isOneWay()).isTrue();
        assertThat(method.deadline()).contains(Duration.ofSeconds(2));
    }

    @Nested
    class Refuses {

        private void refuses(Class<?> type, String... parts) {
            assertThatThrownBy(() -> read(type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .contains(parts);
        }

        @Test
        void objects_without_annotated_methods() {
            refuses(String.class, "java.lang.String has 0 remote methods");
        }

        @Test
        void private_and_static_methods() {
            class Private {
                @RemoteMethod
                private void hidden() {}
            }
            refuses(Private.class, "Private.hidden is private and cannot be called remotely");
            refuses(Static.class, "Static.shared is public static and cannot be called remotely");
        }

        static class Static {
            @RemoteMethod
            public static void shared() {}
        }

        @Test
        void methods_of_Object() {
            class Named {
                @Override
                @RemoteMethod
                public String toString() {
                    return "name";
                }
            }
            refuses(Named.class, "Named.toString is a method of Object");
        }

        @Test
        void two_names_for_one_method_and_one_name_for_two() {
            class TwoNames {
                @RemoteMethod("one")
                @RemoteName("two")
                void called() {}
            }
            class OneName {
                @RemoteMethod("add")
                int sum(int a, int b) {
                    return a + b;
                }

                @RemoteMethod
                int add(int a, int b) {
                    return a + b;
                }
            }
            refuses(TwoNames.class, "TwoNames.called has two remote names, one and two");
            refuses(OneName.class, "two methods are called int add(int,int)");
        }

        @Test
        void types_that_do_not_travel_and_open_variables() {
            class Open {
                @RemoteMethod
                void take(Object anything) {}
            }
            refuses(Open.class, "Open.take", "parameter 1", "Object is no type that travels");
            refuses(Base.class, "nothing says what T stands for");
        }
    }
}
