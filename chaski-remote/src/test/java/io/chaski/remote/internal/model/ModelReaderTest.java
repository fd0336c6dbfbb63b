package io.chaski.remote.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.Deadline;
import io.chaski.remote.Idempotent;
import io.chaski.remote.OneWay;
import io.chaski.remote.RemoteName;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("UnusedMethod") // the reader finds them by reflection
class ModelReaderTest {

    record Node(String name, List<Node> children) {}

    record Page<T>(List<T> items) {}

    record Leaky(Object anything) {}

    static class NoMessage extends Exception {
        private static final long serialVersionUID = 1L;
    }

    interface Parent<T> {
        void put(T value);

        Object get();
    }

    interface Child extends Parent<String> {
        @Override
        String get();
    }

    interface Plain {
        double add(double a, double b);

        int add(int a, int b);

        String join(List<String> separators, String... parts);

        default int one() {
            return 1;
        }

        static int two() {
            return 2;
        }

        @Override
        String toString();
    }

    interface PlainLater {
        CompletableFuture<Double> add(double a, double b);
    }

    private static ServiceModel read(Class<?> type) {
        return ModelReader.forCalls(type, ErrorTypes.NONE_REGISTERED);
    }

    private static MethodModel only(Class<?> type) {
        return read(type).methods().iterator().next();
    }

    @Test
    void the_signature_lists_what_is_remote_and_nothing_else() {
        assertThat(read(Plain.class).signature())
                .isEqualTo("String join(List<String>,String[]); double add(double,double); int add(int,int)");
    }

    @Test
    void the_key_is_the_beginning_of_the_hash_of_name_and_erased_parameters() {
        byte[] hash = MethodKey.sha256("add(double,double)");
        assertThat(only(PlainLater.class).key().toString())
                .isEqualTo(String.format(
                        "%02x%02x%02x%02x%02x%02x%02x%02x",
                        hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]));
        assertThat(MethodKey.parse(only(PlainLater.class).key().toString()))
                .isEqualTo(only(PlainLater.class).key());
    }

    @Test
    void a_future_of_a_box_has_the_signature_of_the_primitive() {
        assertThat(only(PlainLater.class).signature()).isEqualTo("double add(double,double)");
        assertThat(only(PlainLater.class).isFuture()).isTrue();
    }

    @Test
    void variables_of_a_parent_are_replaced_and_a_narrower_result_counts() {
        assertThat(read(Child.class).signature()).isEqualTo("String get(); void put(String)");
    }

    @Test
    void annotations_are_read() {
        interface Annotated {
            @RemoteName("other")
            @Idempotent
            @Deadline(value = 2, unit = TimeUnit.SECONDS)
            @OneWay
            void name();
        }
        MethodModel method = only(Annotated.class);
        assertThat(method.signature()).isEqualTo("void other()");
        assertThat(method.isIdempotent()).isTrue();
        assertThat(method.isOneWay()).isTrue();
        assertThat(method.deadline()).contains(Duration.ofSeconds(2));
    }

    @Test
    void records_may_contain_themselves_and_be_generic() {
        interface Records {
            Page<Node> page(Map<String, Optional<Node[]>> nodes);
        }
        assertThat(only(Records.class).signature()).isEqualTo("Page<Node> page(Map<String,Optional<Node[]>>)");
    }

    @Test
    void declared_exceptions_with_a_message_can_be_made_again() {
        interface Throwing {
            void fail() throws NoMessage, java.io.IOException, InterruptedException;
        }
        assertThat(only(Throwing.class).errors())
                .extracting(DeclaredError::name)
                .containsExactly("IOException");
    }

    @Test
    void a_registered_exception_needs_no_message() {
        interface Throwing {
            void fail() throws NoMessage;
        }
        ErrorTypes types = new ErrorTypes(Map.of(NoMessage.class, message -> new NoMessage()));
        assertThat(ModelReader.forCalls(Throwing.class, types)
                        .methods()
                        .iterator()
                        .next()
                        .errors())
                .extracting(DeclaredError::name)
                .containsExactly("NoMessage");
    }

    @Test
    void streams_are_the_same_in_each_shape_and_no_list() {
        interface AsPublisher {
            Flow.Publisher<Node> merge(String name, Flow.Publisher<List<Integer>> items, int count);
        }
        interface AsStream {
            Stream<Node> merge(String name, Iterator<List<Integer>> items, int count);
        }
        interface AsList {
            List<Node> merge(String name, List<List<Integer>> items, int count);
        }
        MethodModel method = only(AsPublisher.class);
        assertThat(method.signature()).isEqualTo("stream of Node merge(String,stream of List<Integer>,int)");
        assertThat(only(AsStream.class).signature()).isEqualTo(method.signature());
        assertThat(only(AsStream.class).key())
                .isEqualTo(method.key())
                .isNotEqualTo(only(AsList.class).key());
        assertThat(method.parameters()).containsExactly(String.class, int.class);
        assertThat(method.streams().index()).isEqualTo(1);
        assertThat(method.streams().result()).isEqualTo(new ItemStream(StreamShape.PUBLISHER, Node.class));
        assertThat(method.streams().without(List.of("a", "stream", 2))).containsExactly("a", 2);
        assertThat(method.streams().with(List.of("a", 2), "stream")).containsExactly("a", "stream", 2);
        assertThat(only(PlainLater.class).streams()).isEqualTo(MethodStreams.NONE);
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
        @DisplayName("naming method and parameter")
        void objects() {
            interface Open {
                void take(int number, Object anything);
            }
            refuses(Open.class, "Open.take", "parameter 2", "Object is no type that travels");
        }

        @Test
        void a_record_with_an_open_component() {
            interface Open {
                Leaky give();
            }
            refuses(Open.class, "Open.give, the result", "Leaky.anything: Object");
        }

        @Test
        void interfaces_and_classes_of_the_application() {
            interface Open {
                void take(StringBuilder anything);
            }
            interface Gadget {
                void take(Serializable gadget);
            }
            refuses(Open.class, "StringBuilder is no type that travels");
            refuses(Gadget.class, "Serializable is no type that travels");
        }

        @Test
        void type_variables_wildcards_and_raw_types() {
            interface Variable {
                <T> T same(T value);
            }
            interface Wildcard {
                void take(List<? extends Number> numbers);
            }
            interface Raw {
                @SuppressWarnings("rawtypes")
                void take(List list);
            }
            refuses(Variable.class, "nothing says what T stands for");
            refuses(Wildcard.class, "wildcard");
            refuses(Raw.class, "List needs its type arguments");
        }

        @Test
        void keys_of_maps_that_are_no_text() {
            interface Keys {
                void take(Map<List<String>, String> map);
            }
            refuses(Keys.class, "List<String> cannot be the key of a map");
        }

        @Test
        void one_way_methods_with_a_result() {
            interface Both {
                @OneWay
                int give();
            }
            refuses(Both.class, "Both.give is one-way and has a result");
        }

        @Test
        void futures_as_parameters() {
            interface Future {
                void take(CompletableFuture<String> later);
            }
            refuses(Future.class, "CompletableFuture is no type that travels");
        }

        @Test
        void streams_elsewhere_than_as_result_or_one_parameter() {
            interface Two {
                void take(Flow.Publisher<String> many, int number, Iterator<String> more);
            }
            interface Later {
                CompletableFuture<Stream<String>> give();
            }
            interface Inside {
                List<Flow.Publisher<String>> give();
            }
            interface Raw {
                @SuppressWarnings("rawtypes")
                Iterator give();
            }
            interface Open {
                void take(Stream<Object> anything);
            }
            interface Way {
                @OneWay
                void take(Flow.Publisher<String> many);
            }
            refuses(Two.class, "Two.take", "parameters 1 and 3 are streams");
            refuses(Later.class, "Later.give, the result", "Stream is no type that travels");
            refuses(Inside.class, "Publisher is no type that travels");
            refuses(Raw.class, "Raw.give, the result", "Iterator needs its type argument");
            refuses(Open.class, "Open.take, parameter 1, its items: Object is no type that travels");
            refuses(Way.class, "one-way and has a stream");
        }

        @Test
        void classes_annotations_and_interfaces_without_methods() {
            interface Empty {}
            refuses(String.class, "is not an interface");
            refuses(Override.class, "is not an interface");
            refuses(Empty.class, "0 remote methods");
        }

        @Test
        void two_served_methods_with_one_name() {
            interface Twice {
                int add(int a, int b);

                @RemoteName("add")
                int plus(int a, int b);
            }
            assertThat(read(Twice.class).methods()).hasSize(1);
            assertThatThrownBy(() -> ModelReader.forServing(Twice.class, ErrorTypes.NONE_REGISTERED))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("two methods are called int add(int,int)");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "1", "0123456789abcdeg", "0123456789abcdef0"})
        void keys_that_are_none(String text) {
            assertThatThrownBy(() -> MethodKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void of_methods_that_override_each_other_the_nearest_is_invoked() {
        ServiceModel model = ModelReader.forServing(Child.class, ErrorTypes.NONE_REGISTERED);
        MethodModel get = model.methods().stream()
                .filter(method -> method.name().equals("get"))
                .findFirst()
                .orElseThrow();
        Method first = model.table().methods().entrySet().stream()
                .filter(entry -> entry.getValue().equals(get))
                .findFirst()
                .orElseThrow()
                .getKey();
        assertThat(first.getDeclaringClass()).isEqualTo(Child.class);
        assertThat(first.getReturnType()).isEqualTo(String.class);
    }

    @Test
    void of_declared_exceptions_the_most_specific_comes_first() {
        interface Reader {
            String read() throws IOException, FileNotFoundException;
        }
        MethodModel read = ModelReader.forServing(Reader.class, ErrorTypes.NONE_REGISTERED)
                .methods()
                .iterator()
                .next();
        assertThat(read.errors())
                .extracting(DeclaredError::name)
                .containsExactly("FileNotFoundException", "IOException");
    }
}
