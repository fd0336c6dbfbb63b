package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServedServicesTest {

    interface Turbine {
        int start(int speed);

        int stop();

        int speed();
    }

    private static final NodeId ALICE = new NodeId(0, 1);
    private static final NodeId BOB = new NodeId(0, 2);

    private final List<NodeId> asked = new ArrayList<>();

    private final ServedService turbine = new ServedService(
            "turbine",
            ModelReader.forServing(Turbine.class, ErrorTypes.NONE_REGISTERED),
            (method, arguments) -> 0,
            ServeOptions.onlyFor(caller -> {
                asked.add(caller);
                return caller.equals(ALICE);
            }));

    /** With a policy that lets everybody call these methods. */
    private ServedServices services(String... allowed) {
        ServedServices services = new ServedServices(new NoPolicies() {
            @Override
            public Optional<String> refusalToCall(NodeId caller, String service, String method) {
                return List.of(allowed).contains(method) ? Optional.empty() : Optional.of("no");
            }
        });
        services.add(turbine);
        return services;
    }

    @Test
    void are_told_to_those_who_may_call_some_method_by_policy_and_by_the_rule_of_the_service() {
        ServedServices some = services("speed", "stop");
        assertThat(some.mayCallAny(turbine, ALICE)).isTrue();
        assertThat(some.mayCallAny(turbine, BOB)).isFalse();
        assertThat(some.namesFor(ALICE)).containsExactly("turbine");
        assertThat(some.namesFor(BOB)).isEmpty();
        assertThat(some.mayCall(turbine, "turbine", ALICE, "start")).isFalse();
        assertThat(services().mayCallAny(turbine, ALICE)).isFalse();
    }

    @Test
    void ask_the_rule_of_a_service_once_however_many_methods_it_has() {
        assertThat(services("start", "speed", "stop").mayCallAny(turbine, BOB)).isFalse();
        assertThat(asked).containsExactly(BOB);
    }

    @Test
    void do_not_ask_it_for_whom_no_policy_lets_in() {
        assertThat(services().mayCallAny(turbine, ALICE)).isFalse();
        assertThat(asked).isEmpty();
    }
}
