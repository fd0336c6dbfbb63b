package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R04: services inside services. */
class NestedServicesIT {

    interface Constants {
        double pi();
    }

    interface Statistics {
        double mean(List<Double> numbers);

        Constants constants();

        default double meanOfPi() {
            return mean(List.of(constants().pi()));
        }
    }

    interface Maths {
        double sqrt(double x);

        Constants constants();

        Statistics stats();
    }

    private static final class RealMaths implements Maths {
        private final AtomicInteger handedOut = new AtomicInteger();
        private Constants constants = () -> 3.14;

        @Override
        public double sqrt(double x) {
            return Math.sqrt(x);
        }

        @Override
        public Constants constants() {
            handedOut.incrementAndGet();
            return constants;
        }

        @Override
        public Statistics stats() {
            return new Statistics() {
                @Override
                public double mean(List<Double> numbers) {
                    return numbers.stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElse(Double.NaN);
                }

                @Override
                public Constants constants() {
                    return () -> 2.0;
                }
            };
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final RealMaths real = new RealMaths();
    private ChaskiRemote server;
    private RemotePeer peer;
    private Maths maths;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote("server");
        ChaskiRemote client = remotes.remote("client");
        Remotes.connect(client, server);
        peer = client.at(server.node().id());
        server.serve("math", Maths.class, real);
        maths = peer.proxy("math", Maths.class);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    void a_path_is_one_call_at_its_end() {
        Constants constants = maths.constants();
        assertThat(real.handedOut).hasValue(0);
        assertThat(constants.pi()).isEqualTo(3.14);
        assertThat(real.handedOut).hasValue(1);
        assertThat(maths.stats().mean(List.of(1.0, 2.0))).isEqualTo(1.5);
        assertThat(maths.stats().constants().pi()).isEqualTo(2.0);
        assertThat(maths.stats().meanOfPi()).isEqualTo(2.0);
    }

    @Test
    void the_object_inside_is_asked_for_at_each_call() {
        Constants constants = maths.constants();
        assertThat(constants.pi()).isEqualTo(3.14);
        real.constants = () -> 3.15;
        assertThat(constants.pi()).isEqualTo(3.15);
        real.constants = null;
        assertThatThrownBy(constants::pi)
                .isInstanceOf(RemoteCallException.class)
                .hasMessageContaining("constants has returned null, so there is no constants.pi");
    }

    @Test
    void a_proxy_inside_says_where_it_leads_and_has_options_of_its_own() {
        Constants constants = maths.stats().constants();
        assertThat(constants).hasToString("remote math.stats.constants (Constants)");
        Constants limited = ChaskiRemote.with(constants, CallOptions.within(Duration.ofNanos(1)));
        assertThatThrownBy(limited::pi).isInstanceOf(CallTimeoutException.class);
        Maths hurried = ChaskiRemote.with(maths, CallOptions.within(Duration.ofNanos(1)));
        assertThatThrownBy(() -> hurried.constants().pi()).isInstanceOf(CallTimeoutException.class);
    }

    @Test
    @SuppressWarnings("UnusedMethod") // found by reflection
    @DisplayName("an object without an interface has services inside as well")
    void objects() {
        class Clock {
            @RemoteMethod
            String zone() {
                return "UTC";
            }
        }
        class Machine {
            @RemoteMethod
            Clock clock() {
                return new Clock();
            }
        }
        interface RemoteClock {
            String zone();
        }
        interface RemoteMachine {
            RemoteClock clock();
        }
        server.serve("machine", new Machine());
        assertThat(peer.proxy("machine", RemoteMachine.class).clock().zone()).isEqualTo("UTC");
    }

    @Test
    void a_service_inside_that_the_other_side_lacks_is_found_before_anything_is_sent() {
        interface More {
            String unknown();
        }
        interface Wider {
            More constants();
        }
        assertThatThrownBy(() -> peer.proxy("math", Wider.class).constants().unknown())
                .isInstanceOf(SignatureMismatchException.class)
                .hasMessageContaining("[String constants.unknown()]");
        assertThat(real.handedOut).hasValue(0);
    }
}
