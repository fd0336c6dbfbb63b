package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Policies decide about each method, at both ends. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CallPolicyIT {

    /** What is called. */
    interface Turbine {
        int start(int speed);

        int shutDown(int reason);
    }

    /** Calls its caller back. */
    interface Watched {
        int each(int count, IntUnaryCallback callback);
    }

    /** Called back. */
    interface IntUnaryCallback {
        int apply(int value);
    }

    private final Remotes remotes = Remotes.inProcess();
    private final AtomicInteger executed = new AtomicInteger();

    @AfterEach
    void close() {
        remotes.close();
    }

    private static Policy policy(String rules) {
        return Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":[\"anonymous:\"],\"publish\":[\"**\"],"
                + "\"subscribe\":[\"**\"],\"relay\":[\"**\"],\"discover\":[\"**\"]," + rules + "}}}");
    }

    private ChaskiRemote remote(String name, Policy policy) {
        return ChaskiRemote.on(
                policy == null ? remotes.node(name) : remotes.node(name, builder -> builder.policy(policy)));
    }

    private Turbine turbine(IntUnaryOperator each) {
        return new Turbine() {
            @Override
            public int start(int speed) {
                executed.incrementAndGet();
                return each.applyAsInt(speed);
            }

            @Override
            public int shutDown(int reason) {
                executed.incrementAndGet();
                return reason;
            }
        };
    }

    private Turbine proxy(ChaskiRemote provider, ChaskiRemote caller) throws Exception {
        provider.serve("turbine", Turbine.class, turbine(speed -> speed + 1));
        Remotes.connect(caller, provider);
        return caller.at(provider.node().id()).proxy("turbine", Turbine.class);
    }

    @Test
    void a_provider_executes_the_methods_that_its_policy_allows_and_no_others() throws Exception {
        ChaskiRemote provider =
                remote("provider", policy("\"rpc.serve\":[\"turbine\"],\"rpc.call\":[\"turbine/start\"]"));
        Turbine turbine = proxy(provider, remote("caller", null));

        assertThat(turbine.start(1)).isEqualTo(2);
        assertThatThrownBy(() -> turbine.shutDown(1)).isInstanceOf(CallDeniedException.class);
        assertThat(executed).hasValue(1);

        provider.node().access().update(policy("\"rpc.serve\":[\"turbine\"],\"rpc.call\":[\"turbine/*\"]"));
        assertThat(turbine.shutDown(7)).isEqualTo(7);
        provider.node().access().update(policy("\"rpc.serve\":[\"turbine\"]"));
        assertThatThrownBy(() -> turbine.start(1)).isInstanceOf(CallDeniedException.class);
        assertThat(executed).hasValue(2);
    }

    @Test
    void a_caller_that_may_not_call_sends_nothing() throws Exception {
        Turbine turbine = proxy(
                remote("provider", null),
                remote("caller", policy("\"rpc.call\":[\"turbine/start\"],\"rpc.serve\":[\"turbine\"]")));

        assertThat(turbine.start(1)).isEqualTo(2);
        assertThatThrownBy(() -> turbine.shutDown(1))
                .isInstanceOf(CallDeniedException.class)
                .hasMessageContaining("may not rpc.call turbine/shutDown");
        assertThat(executed).hasValue(1);
    }

    @Test
    void a_caller_does_not_call_a_provider_that_may_not_serve() throws Exception {
        Turbine turbine = proxy(remote("provider", null), remote("caller", policy("\"rpc.call\":[\"**\"]")));

        assertThatThrownBy(() -> turbine.start(1)).isInstanceOf(CallDeniedException.class);
        assertThat(executed).hasValue(0);
    }

    @Test
    void a_node_that_may_not_serve_hears_so_at_once() {
        ChaskiRemote remote = remote("provider", policy("\"rpc.serve\":[\"other\"]"));

        assertThatThrownBy(() -> remote.serve("turbine", Turbine.class, turbine(speed -> speed)))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not rpc.serve turbine");
    }

    @Test
    void callbacks_come_along_with_the_call() throws Exception {
        ChaskiRemote provider = remote("provider", policy("\"rpc.serve\":[\"watched\"],\"rpc.call\":[\"watched/*\"]"));
        ChaskiRemote caller = remote("caller", policy("\"rpc.serve\":[\"watched\"],\"rpc.call\":[\"watched/each\"]"));
        provider.serve("watched", Watched.class, (count, callback) -> callback.apply(count));
        Remotes.connect(caller, provider);
        Watched watched = caller.at(provider.node().id()).proxy("watched", Watched.class);

        assertThat(watched.each(3, value -> value * 2)).isEqualTo(6);
    }

    /** As with a policy that is spread: nodes begin with less, and it may go back. */
    @Test
    void services_are_heard_of_once_a_policy_allows_it() throws Exception {
        Policy calls = policy("\"rpc.serve\":[\"*\"],\"rpc.call\":[\"*/*\"]");
        ChaskiRemote provider = remote("provider", calls);
        ChaskiRemote caller = remote("caller", policy("\"file.send\":[\"none\"]"));
        Remotes.connect(caller, provider);

        for (String name : List.of("turbine", "pump")) {
            provider.serve(name, Turbine.class, turbine(speed -> speed + 1));
            assertThatThrownBy(() -> caller.proxy(name, Turbine.class).start(1)).isInstanceOf(CallException.class);
            assertThat(caller.knownServices()).doesNotContain(name);
            caller.node().access().update(calls);
            assertThat(caller.awaitService(name, 1, Remotes.LIMIT)).hasSize(1);
            assertThat(caller.proxy(name, Turbine.class).start(1)).isEqualTo(2);
            caller.node().access().update(Policy.strict());
        }
    }
}
