package io.chaski.benchmarks.loopback;

import static io.chaski.benchmarks.loopback.Workload.Way.CALLS;
import static io.chaski.benchmarks.loopback.Workload.Way.DIRECT;
import static io.chaski.benchmarks.loopback.Workload.Way.OVER_A_RELAY;
import static io.chaski.benchmarks.loopback.Workload.Way.THERE_AND_BACK;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.ChaskiCalls;
import io.chaski.benchmarks.calls.GrpcCalls;
import io.chaski.benchmarks.calls.GrpcWire;
import io.chaski.benchmarks.calls.RSocketCalls;
import io.chaski.benchmarks.calls.RSocketWire;
import io.chaski.benchmarks.calls.RmiCalls;
import io.chaski.benchmarks.loopback.Workload.Way;
import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.Dispatch;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who takes part, in the order of the table. */
enum Contestants {
    /** The limit, which the others are compared with. */
    NETTY_NIO("netty-nio", DIRECT, OVER_A_RELAY, THERE_AND_BACK) {
        @Override
        Contestant contestant() {
            return new NettyContestant(NettyWire.NIO);
        }
    },
    /** The same, and the receiver makes an array of each message and changes the thread, as nodes do. */
    NETTY_NIO_HANDED("netty-nio-handed", DIRECT) {
        @Override
        Contestant contestant() {
            return new NettyContestant(NettyWire.NIO, true);
        }
    },
    /** The limit with epoll, whose native library has to be on the class path. */
    NETTY_EPOLL("netty-epoll", DIRECT, OVER_A_RELAY, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new NettyContestant(NettyWire.epoll());
        }

        @Override
        CallContestant calls() {
            return new NettyCalls(NettyWire.epoll());
        }

        @Override
        List<String> flags() {
            return WITH_EPOLL;
        }

        @Override
        Optional<String> lacks() {
            return epollLacks();
        }
    },
    /** What a user gets who changes nothing but the size of a queue. */
    CHASKI("chaski", DIRECT, OVER_A_RELAY, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.CALLBACK);
        }

        @Override
        CallContestant calls() {
            return new ChaskiCalls();
        }
    },
    /** The same with the native library of epoll. */
    CHASKI_EPOLL("chaski-epoll", DIRECT, OVER_A_RELAY, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.CALLBACK);
        }

        @Override
        CallContestant calls() {
            return new ChaskiCalls();
        }

        @Override
        Optional<Contestants> limit() {
            return Optional.of(NETTY_EPOLL);
        }

        @Override
        List<String> flags() {
            return WITH_EPOLL;
        }

        @Override
        Optional<String> lacks() {
            return epollLacks();
        }
    },
    /** As {@link #CHASKI}, with records as JSON. */
    CHASKI_JSON("chaski-json", DIRECT, THERE_AND_BACK) {
        @Override
        Contestant contestant() {
            return new JsonContestant();
        }
    },
    /** As {@link #CHASKI}, without the hand-off to the callback executor at the receiving side. */
    CHASKI_INLINE("chaski-inline", DIRECT, THERE_AND_BACK) {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.INLINE);
        }
    },
    /** A stream that is read in a loop, and a publisher that waits for it. */
    CHASKI_STREAM("chaski-stream", DIRECT) {
        @Override
        Contestant contestant() {
            return new StreamContestant();
        }
    },
    /** Sockets of ZeroMQ, in Java. */
    JEROMQ("jeromq", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new JeroMqContestant();
        }

        @Override
        CallContestant calls() {
            return new JeroMqCalls();
        }
    },
    /** Another protocol that repairs what UDP loses. */
    AERON_UDP("aeron-udp", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new AeronContestant();
        }

        @Override
        CallContestant calls() {
            return new AeronCalls();
        }

        @Override
        List<String> flags() {
            return AeronContestant.FLAGS;
        }
    },
    /** Over a server, which has to be installed. */
    NATS("nats", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new NatsContestant();
        }

        @Override
        CallContestant calls() {
            return new NatsCalls();
        }

        @Override
        Optional<String> lacks() {
            return NatsContestant.program().isPresent()
                    ? Optional.empty()
                    : Optional.of("nats-server is not on the PATH");
        }
    },
    /** The limit of calls: as {@link #NETTY_NIO}, with a typed argument and a typed answer. */
    NETTY_ECHO("netty-echo", CALLS) {
        @Override
        CallContestant calls() {
            return new NettyCalls(NettyWire.NIO);
        }
    },
    /** The same, and orders and answers change the thread at both sides, as those of nodes do. */
    NETTY_ECHO_HANDED("netty-echo-handed", CALLS) {
        @Override
        CallContestant calls() {
            return new NettyHandedCalls(NettyWire.NIO);
        }
    },
    /** Calls over HTTP/2. */
    GRPC("grpc", CALLS) {
        @Override
        CallContestant calls() {
            return new GrpcCalls(GrpcWire.PLAIN);
        }

        @Override
        List<String> flags() {
            return GrpcWire.FLAGS;
        }
    },
    /** Calls as the JDK has them; bytes are an argument and a result. */
    RMI("rmi", THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new RmiContestant();
        }

        @Override
        CallContestant calls() {
            return new RmiCalls();
        }

        @Override
        List<String> flags() {
            return RmiCalls.FLAGS;
        }
    },
    /** As {@link #NETTY_NIO} and {@link #NETTY_ECHO}, with TLS of the JDK and certificates on both sides. */
    NETTY_TLS("netty-tls", DIRECT, OVER_A_RELAY, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new NettyContestant(NettyWire.secured(TlsEngine.JDK, Identities.ofProcess()));
        }

        @Override
        CallContestant calls() {
            return new NettyCalls(NettyWire.secured(TlsEngine.JDK, Identities.ofProcess()));
        }
    },
    /** The same with the native library, which has to be on the class path. */
    NETTY_TLS_NATIVE("netty-tls-native", DIRECT, OVER_A_RELAY, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new NettyContestant(NettyWire.secured(TlsEngine.NATIVE, Identities.ofProcess()));
        }

        @Override
        CallContestant calls() {
            return new NettyCalls(NettyWire.secured(TlsEngine.NATIVE, Identities.ofProcess()));
        }

        @Override
        Optional<String> lacks() {
            return nativeTlsLacks();
        }
    },
    /** As {@link #CHASKI}, with TLS of the JDK and certificates on both sides. */
    CHASKI_TLS("chaski-tls", DIRECT, OVER_A_RELAY, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.CALLBACK, Identities.ofProcess());
        }

        @Override
        CallContestant calls() {
            return new ChaskiCalls(Identities.ofProcess());
        }

        @Override
        List<String> flags() {
            return List.of("-Dio.netty.handler.ssl.noOpenSsl=true");
        }
    },
    /** The same with the native library, which has to be on the class path. */
    CHASKI_TLS_NATIVE("chaski-tls-native", DIRECT, OVER_A_RELAY, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.CALLBACK, Identities.ofProcess());
        }

        @Override
        CallContestant calls() {
            return new ChaskiCalls(Identities.ofProcess());
        }

        @Override
        Optional<String> lacks() {
            return nativeTlsLacks();
        }
    },
    /** Messages over HTTP/2. */
    GRPC_BYTES("grpc-bytes", DIRECT, THERE_AND_BACK) {
        @Override
        Contestant contestant() {
            return new GrpcContestant(GrpcWire.PLAIN);
        }

        @Override
        List<String> flags() {
            return GrpcWire.FLAGS;
        }
    },
    /** The same with TLS and certificates on both sides, of the native library that gRPC brings along. */
    GRPC_TLS("grpc-tls", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new GrpcContestant(GrpcWire.secured(Identities.ofProcess()));
        }

        @Override
        CallContestant calls() {
            return new GrpcCalls(GrpcWire.secured(Identities.ofProcess()));
        }

        @Override
        List<String> flags() {
            return GrpcWire.FLAGS;
        }
    },
    /** The same with TLS of the JDK. */
    GRPC_TLS_JDK("grpc-tls-jdk", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new GrpcContestant(GrpcWire.securedByJdk(Identities.ofProcess()));
        }

        @Override
        CallContestant calls() {
            return new GrpcCalls(GrpcWire.securedByJdk(Identities.ofProcess()));
        }

        @Override
        List<String> flags() {
            return GrpcWire.FLAGS;
        }
    },
    /** A connection with TLS of the JDK for each call. */
    HANDSHAKES_JDK("jdk", CALLS) {
        @Override
        CallContestant calls() {
            return new TlsConnections(TlsEngine.JDK, Identities.ofProcess());
        }
    },
    /** The same with the native library. */
    HANDSHAKES_NATIVE("native", CALLS) {
        @Override
        CallContestant calls() {
            return new TlsConnections(TlsEngine.NATIVE, Identities.ofProcess());
        }

        @Override
        Optional<String> lacks() {
            return nativeTlsLacks();
        }
    },
    /** Reactive calls and streams. */
    RSOCKET("rsocket", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new RSocketContestant(RSocketWire.PLAIN);
        }

        @Override
        CallContestant calls() {
            return new RSocketCalls(RSocketWire.PLAIN);
        }
    },
    /** The same with TLS of the JDK and certificates on both sides. */
    RSOCKET_TLS("rsocket-tls", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new RSocketContestant(RSocketWire.secured(SslProvider.JDK, Identities.ofProcess()));
        }

        @Override
        CallContestant calls() {
            return new RSocketCalls(RSocketWire.secured(SslProvider.JDK, Identities.ofProcess()));
        }
    },
    /** The same with the native library, which has to be on the class path. */
    RSOCKET_TLS_NATIVE("rsocket-tls-native", DIRECT, THERE_AND_BACK, CALLS) {
        @Override
        Contestant contestant() {
            return new RSocketContestant(RSocketWire.secured(SslProvider.OPENSSL, Identities.ofProcess()));
        }

        @Override
        CallContestant calls() {
            return new RSocketCalls(RSocketWire.secured(SslProvider.OPENSSL, Identities.ofProcess()));
        }

        @Override
        Optional<String> lacks() {
            return nativeTlsLacks();
        }
    };

    /** Those who send messages there, and back. */
    static final List<Contestants> NODES = List.of(
            NETTY_NIO,
            NETTY_NIO_HANDED,
            NETTY_EPOLL,
            CHASKI,
            CHASKI_EPOLL,
            CHASKI_JSON,
            CHASKI_INLINE,
            GRPC_BYTES,
            RSOCKET,
            RMI,
            JEROMQ,
            AERON_UDP,
            NATS);

    /** Those who publish for whoever subscribes. */
    static final List<Contestants> PUBLISHERS = List.of(
            NETTY_NIO,
            NETTY_NIO_HANDED,
            NETTY_EPOLL,
            CHASKI,
            CHASKI_EPOLL,
            CHASKI_JSON,
            CHASKI_STREAM,
            JEROMQ,
            AERON_UDP,
            NATS,
            GRPC_BYTES,
            RSOCKET);

    /** Those who pass messages on. */
    static final List<Contestants> RELAYS = List.of(NETTY_NIO, NETTY_EPOLL, CHASKI, CHASKI_EPOLL);

    /** Those who call methods. */
    static final List<Contestants> CALLERS = List.of(
            NETTY_ECHO,
            NETTY_ECHO_HANDED,
            NETTY_EPOLL,
            CHASKI,
            CHASKI_EPOLL,
            GRPC,
            RMI,
            RSOCKET,
            JEROMQ,
            AERON_UDP,
            NATS);

    /** Those who encrypt messages with the engine of the JDK, and the same without. */
    static final List<Contestants> ENCRYPTED =
            List.of(NETTY_TLS, CHASKI_TLS, GRPC_TLS_JDK, RSOCKET_TLS, CHASKI, GRPC_BYTES);

    /** Those who encrypt messages with the native library. */
    static final List<Contestants> ENCRYPTED_NATIVELY =
            List.of(NETTY_TLS_NATIVE, CHASKI_TLS_NATIVE, GRPC_TLS, RSOCKET_TLS_NATIVE);

    /** Those who call methods over TLS with the engine of the JDK. */
    static final List<Contestants> ENCRYPTED_CALLERS = List.of(NETTY_TLS, CHASKI_TLS, GRPC_TLS_JDK, RSOCKET_TLS);

    /** The same with the native library. */
    static final List<Contestants> NATIVELY_ENCRYPTED_CALLERS =
            List.of(NETTY_TLS_NATIVE, CHASKI_TLS_NATIVE, GRPC_TLS, RSOCKET_TLS_NATIVE);

    /** Those who shake hands. */
    static final List<Contestants> HANDSHAKES = List.of(HANDSHAKES_JDK, HANDSHAKES_NATIVE);

    /** All others are kept from it, see {@link LoopbackBenchmark}. */
    private static final List<String> WITH_EPOLL = List.of(LoopbackBenchmark.WITHOUT_NATIVE_TRANSPORT + "false");

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable
    private final Set<Way> ways;

    Contestants(String label, Way... ways) {
        this.label = label;
        this.ways = Set.of(ways);
    }

    String label() {
        return label;
    }

    /** Whether it can do a workload; who cannot has a dash in the table. */
    boolean can(Workload workload) {
        return ways.contains(workload.way());
    }

    /** A new one that moves messages, to be closed; a process has one of them. */
    Contestant contestant() {
        throw new UnsupportedOperationException(label + " moves no messages");
    }

    /** A new one that calls methods; a process has one of them. */
    CallContestant calls() {
        throw new UnsupportedOperationException(label + " calls no methods");
    }

    /** Whom it is compared with if that one takes part; empty for the first of the table. */
    Optional<Contestants> limit() {
        return Optional.empty();
    }

    /** What it needs and this machine or the class path does not have; empty if it can take part. */
    Optional<String> lacks() {
        return Optional.empty();
    }

    private static Optional<String> epollLacks() {
        return Epoll.isAvailable()
                ? Optional.empty()
                : Optional.of(
                        "no epoll (-Pnative): " + Epoll.unavailabilityCause().getMessage());
    }

    private static Optional<String> nativeTlsLacks() {
        return OpenSsl.isAvailable()
                ? Optional.empty()
                : Optional.of("no native TLS library (-Pnative): "
                        + OpenSsl.unavailabilityCause().getMessage());
    }

    /** What its JVMs need besides the flags that all have, to run at all or for what those mean. */
    List<String> flags() {
        return List.of();
    }
}
