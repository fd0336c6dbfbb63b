package io.chaski.remote.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.Idempotent;
import io.chaski.remote.RemoteMethod;
import io.chaski.remote.RemoteName;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@SuppressWarnings("UnusedMethod") // the reader finds them by reflection
class NestedServicesTest {

    interface Constants {
        double pi();
    }

    interface Table<T> {
        T first();

        List<T> all();
    }

    interface Statistics {
        double mean(List<Double> numbers);

        Table<String> names();
    }

    interface Maths {
        double sqrt(double x);

        Constants constants();

        @RemoteName("stats")
        Statistics statistics();
    }

    private static ServiceModel read(Class<?> type) {
        return ModelReader.forServing(type, ErrorTypes.NONE_REGISTERED);
    }

    @Test
    void methods_inside_have_the_path_as_part_of_their_names() {
        assertThat(read(Maths.class).signature())
                .isEqualTo("List<String> stats.names.all(); String stats.names.first(); double constants.pi(); "
                        + "double sqrt(double); double stats.mean(List<Double>)");
    }

    @Test
    void a_method_that_takes_the_path_as_its_name_is_the_same_method() {
        interface Flat {
            @RemoteName("constants.pi")
            double anyName();
        }
        assertThat(read(Maths.class).methods().stream().map(MethodModel::key))
                .contains(read(Flat.class).methods().iterator().next().key());
    }

    @Test
    void objects_lead_to_interfaces_and_to_annotated_objects() {
        class Inner {
            @RemoteMethod
            int depth() {
                return 2;
            }
        }
        class Outer {
            @RemoteMethod
            Inner inner() {
                return new Inner();
            }

            @RemoteMethod
            Constants constants() {
                return () -> Math.PI;
            }

            Statistics unannotated() {
                throw new IllegalStateException("not served");
            }
        }
        assertThat(ObjectReader.forServing(Outer.class, ErrorTypes.NONE_REGISTERED)
                        .signature())
                .isEqualTo("double constants.pi(); int inner.depth()");
    }

    @Nested
    class Refuses {

        private void refuses(Class<?> type, String... parts) {
            assertThatThrownBy(() -> read(type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .contains(parts);
        }

        interface Hen {
            Egg egg();
        }

        interface Egg {
            Hen hen();
        }

        @Test
        void circles() {
            refuses(Hen.class, "Egg.hen leads in a circle: Hen, then Egg, then Hen again");
        }

        interface D1 {
            D2 next();
        }

        interface D2 {
            D3 next();
        }

        interface D3 {
            D4 next();
        }

        interface D4 {
            D5 next();
        }

        interface D5 {
            D6 next();
        }

        interface D6 {
            D7 next();
        }

        interface D7 {
            D8 next();
        }

        interface D8 {
            int bottom();

            default D9 tooDeep() {
                throw new IllegalStateException("local");
            }
        }

        interface D9 {
            int bottom();
        }

        interface D0 {
            D1 next();
        }

        @Test
        void paths_of_more_than_eight_services() {
            assertThat(read(D1.class).signature())
                    .isEqualTo("int "
                            + IntStream.range(0, 7).mapToObj(i -> "next.").collect(Collectors.joining()) + "bottom()");
            refuses(D0.class, "D7.next leads deeper than 8 services inside one another");
        }

        @Test
        void annotations_of_calls_on_steps() {
            interface Step {
                @Idempotent
                Constants constants();
            }
            refuses(Step.class, "Step.constants leads to a nested service", "@Idempotent belongs to the methods");
        }

        @Test
        void steps_with_parameters_and_interfaces_that_say_nothing() {
            interface Parameter {
                Constants constants(String language);
            }
            interface Empty {}
            interface Marked {
                Empty empty();
            }
            refuses(Parameter.class, "Constants is no type that travels");
            refuses(Marked.class, "Marked.empty", "Empty is no type that travels");
        }

        @Test
        void two_ways_to_one_name() {
            interface Twice {
                Constants constants();

                @RemoteName("constants.pi")
                double pi();
            }
            refuses(Twice.class, "two methods are called double constants.pi()");
        }

        @Test
        void what_cannot_travel_inside() {
            interface Open {
                Object anything();
            }
            interface Outside {
                Open open();
            }
            refuses(Outside.class, "Open.anything, the result: Object is no type that travels");
        }
    }
}
