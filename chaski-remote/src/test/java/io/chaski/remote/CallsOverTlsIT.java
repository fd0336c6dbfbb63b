package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.AuthorityServer;
import io.chaski.ca.CertificateAuthority;
import io.chaski.core.Address;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** D40: calls between nodes that an authority has given identities, over mutual TLS, under its policy. */
class CallsOverTlsIT {

    private static final String DOMAIN = "plant-7.example";

    private static final String ON_TOPICS =
            "\"publish\":[\"**\"],\"subscribe\":[\"**\"],\"relay\":[\"**\"],\"discover\":[\"**\"]";

    private static final String EVERYBODY_MAY_CALL = "{\"version\":1,\"domain\":\"" + DOMAIN
            + "\",\"roles\":{\"all\":{\"match\":[\"chaski://" + DOMAIN + "/**\"]," + ON_TOPICS
            + ",\"rpc.serve\":[\"**\"],\"rpc.call\":[\"**\"]}}}";

    private static final String SOME_MAY_CALL = "{\"version\":2,\"domain\":\"" + DOMAIN + "\",\"roles\":{"
            + role("hall", "\"rpc.serve\":[\"turbine\",\"$schedules\"]") + ","
            + role("desk", "\"rpc.call\":[\"turbine/*\",\"$schedules/*\"]") + ","
            + role("press", "\"rpc.call\":[\"turbine/speeds\"]") + "}}";

    @TempDir
    static Path folder;

    /** Signs no policy. */
    private static Plant plain;

    /** Another one, since who has signed a policy gives it to each node that enrols. */
    private static Plant ruled;

    @BeforeAll
    static void serve() throws IOException {
        plain = new Plant(folder.resolve("plain"));
        ruled = new Plant(folder.resolve("ruled"));
    }

    @AfterAll
    static void close() {
        plain.close();
        ruled.close();
    }

    /** An authority that is served, and the directories of nodes that enrol with it. */
    private static final class Plant {
        private final Path nodes;
        private final CertificateAuthority authority;
        private final AuthorityServer server;

        Plant(Path directory) throws IOException {
            nodes = Files.createDirectory(directory);
            Address address = Address.tcp("127.0.0.1", freePort());
            CertificateAuthority.init(
                    directory.resolve("ca"),
                    AuthorityOptions.builder(new TrustDomain(DOMAIN))
                            .address(address.toString())
                            .build(),
                    "correct horse"::toCharArray);
            authority = CertificateAuthority.open(directory.resolve("ca"), "correct horse"::toCharArray);
            server = authority.serve(address);
        }

        /** A node enrols the first time that a test starts it, and has its identity in its directory after that. */
        void enrol(String name, NodeBuilder builder) {
            builder.dataDirectory(nodes.resolve(name))
                    .enroll(authority.createToken(uri(name), Duration.ofMinutes(15), Optional.empty()));
        }

        void close() {
            server.close();
            authority.close();
        }

        /** Tokens carry the address of the authority, so its port is chosen before it listens. */
        private static int freePort() throws IOException {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        }
    }

    private static String role(String name, String calls) {
        return "\"" + name + "\":{\"match\":[\"" + uri(name) + "\"]," + ON_TOPICS + "," + calls + "}";
    }

    private static ChaskiUri uri(String name) {
        return ChaskiUri.parse("chaski://" + DOMAIN + "/node/" + name);
    }

    @Nested
    class What_a_program_sees extends CallsIT.Suite {
        What_a_program_sees() {
            super(Remotes.overTcp((name, builder) -> {
                plain.enrol(name, builder);
                builder.policy(Policy.parse(EVERYBODY_MAY_CALL));
            }));
        }
    }

    interface Turbine {
        int start(int speed);

        List<String> caller();

        Flow.Publisher<Integer> speeds(int count);
    }

    @Nested
    class Under_a_policy {
        private final Remotes remotes = Remotes.overTcp(ruled::enrol);
        private final AtomicInteger started = new AtomicInteger();
        private final SignedPolicy policy = ruled.authority.signPolicy(SOME_MAY_CALL.getBytes(StandardCharsets.UTF_8));
        private ChaskiRemote hall;

        @BeforeEach
        void serve() {
            hall = remotes.remote(
                    "hall",
                    RemoteOptions.builder()
                            .scheduleStore(folder.resolve("schedules"))
                            .build());
            hall.node().access().update(policy);
            hall.serve(
                    "turbine",
                    Turbine.class,
                    new Turbine() {
                        @Override
                        public int start(int speed) {
                            started.incrementAndGet();
                            return speed + 1;
                        }

                        @Override
                        public List<String> caller() {
                            RemoteContext call = RemoteContext.current();
                            return List.of(
                                    call.caller().toString(),
                                    call.identity().orElseThrow().name());
                        }

                        @Override
                        public Flow.Publisher<Integer> speeds(int count) {
                            return new Numbers(count);
                        }
                    },
                    ServeOptions.schedulable());
        }

        @AfterEach
        void close() {
            remotes.close();
        }

        private ChaskiRemote caller(String name) throws Exception {
            ChaskiRemote caller = remotes.remote(name);
            Remotes.connect(caller, hall);
            return caller;
        }

        private Turbine turbineOf(ChaskiRemote caller) {
            return caller.at(hall.node().id()).proxy("turbine", Turbine.class, CallOptions.within(LIMIT));
        }

        @Test
        void whom_it_lets_call_is_served_and_known() throws Exception {
            ChaskiRemote desk = caller("desk");
            desk.node().access().update(policy);
            Turbine turbine = turbineOf(desk);

            assertThat(turbine.start(1)).isEqualTo(2);
            assertThat(turbine.caller())
                    .containsExactly(
                            uri("desk").nodeId().toString(), uri("desk").toString());
            assertThat(get(Taker.ofAll(turbine.speeds(1_000)).all)).hasSize(1_000);
            assertThat(desk.awaitService("turbine", 1, LIMIT)).hasSize(1);
            assertThat(desk.proxy("turbine", Turbine.class).start(2)).isEqualTo(3);
        }

        @Test
        void whom_it_does_not_let_call_is_refused_here_and_there() throws Exception {
            ChaskiRemote press = caller("press");
            press.node().access().update(policy);
            assertThatThrownBy(() -> turbineOf(press).start(1))
                    .isInstanceOf(CallDeniedException.class)
                    .hasMessageContaining(uri("press") + " may not rpc.call turbine/start");

            press.node().access().update(Policy.parse(EVERYBODY_MAY_CALL)); // as a hostile node would
            assertThatThrownBy(() -> turbineOf(press).start(1))
                    .isInstanceOf(CallDeniedException.class)
                    .hasMessageContaining("this node may not call 'turbine'");
            assertThat(started).hasValue(0);
            assertThat(get(Taker.ofAll(turbineOf(press).speeds(10)).all))
                    .as("what it may call")
                    .hasSize(10);
        }

        @Test
        void whoever_has_made_a_schedule_is_met_again_before_it_runs_after_a_restart() throws Exception {
            ChaskiRemote desk = caller("desk");
            desk.node().access().update(policy);
            desk.schedule(turbineOf(desk), turbine -> turbine.start(1)).every(Duration.ofMillis(50));
            soon(() -> assertThat(started).hasPositiveValue());
            desk.node().close();
            hall.node().close();
            started.set(0);

            serve();
            soon(() -> assertThat(hall.snapshot().scheduledRuns().getOrDefault("DENIED", 0L))
                    .isPositive());
            assertThat(started).hasValue(0);
            ChaskiRemote back = caller("desk");
            soon(() -> assertThat(started).hasPositiveValue());
            List<Schedule> made = back.at(hall.node().id()).schedules();
            assertThat(made).hasSize(1);
            assertThat(made.get(0).cancel()).isTrue();
        }

        @Test
        void a_stranger_reaches_nothing() throws Exception {
            try (Remotes strangers = Remotes.overTcp()) {
                ChaskiRemote stranger =
                        ChaskiRemote.on(strangers.node("stranger", builder -> builder.cluster(remotes.cluster())));
                Address address = hall.node().addresses().get(0);
                assertThatThrownBy(() -> get(stranger.node().connect(address)))
                        .hasCauseInstanceOf(ConnectFailedException.class);
                assertThatThrownBy(() -> turbineOf(stranger).start(1)).isInstanceOf(NoProviderException.class);
            }
            assertThat(hall.node().edges()).isEmpty();
            assertThat(started).hasValue(0);
        }
    }

    @Nested
    class Without_a_policy {
        private final Remotes remotes = Remotes.overTcp(plain::enrol);

        @AfterEach
        void close() {
            remotes.close();
        }

        @Test
        void members_neither_call_nor_serve() throws Exception {
            ChaskiRemote mill = remotes.remote("mill");
            ChaskiRemote pump = remotes.remote("pump");
            Remotes.connect(pump, mill);
            assertThatThrownBy(() -> mill.attach("square", Integer.class, Integer.class, x -> x * x))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining(uri("mill") + " may not rpc.serve square");
            Turbine turbine = pump.at(mill.node().id()).proxy("turbine", Turbine.class);
            assertThatThrownBy(() -> turbine.start(1))
                    .isInstanceOf(CallDeniedException.class)
                    .hasMessageContaining(uri("pump") + " may not rpc.call turbine/start");
        }
    }
}
