package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.ChaskiCalls;
import io.chaski.benchmarks.calls.GrpcCalls;
import io.chaski.benchmarks.calls.RSocketCalls;
import io.chaski.benchmarks.calls.RmiCalls;
import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.Dispatch;
import io.chaski.core.internal.netty.tls.TlsEngine;
import java.util.List;

/** Who takes part, in the order of the table. */
enum Contestants {
    /** The limit, which the others are compared with. */
    NETTY_NIO("netty-nio") {
        @Override
        Contestant contestant() {
            return new NettyContestant();
        }
    },
    /** What a user gets who changes nothing. */
    CHASKI("chaski") {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.CALLBACK);
        }

        @Override
        CallContestant calls() {
            return new ChaskiCalls();
        }
    },
    /** The same without the hand-off to the callback executor at the receiving side. */
    CHASKI_INLINE("chaski-inline") {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.INLINE);
        }
    },
    /** A stream that is read in a loop, and a publisher that waits for it. */
    CHASKI_STREAM("chaski-stream") {
        @Override
        Contestant contestant() {
            return new StreamContestant();
        }
    },
    /** Sockets of ZeroMQ, in Java. */
    JEROMQ("jeromq") {
        @Override
        Contestant contestant() {
            return new JeroMqContestant();
        }
    },
    /** Another protocol that repairs what UDP loses. */
    AERON_UDP("aeron-udp") {
        @Override
        Contestant contestant() {
            return new AeronContestant();
        }

        @Override
        List<String> flags() {
            return AeronContestant.FLAGS;
        }
    },
    /** The limit of calls: as {@link #NETTY_NIO}, with a typed argument and a typed answer. */
    NETTY_ECHO("netty-echo") {
        @Override
        CallContestant calls() {
            return new NettyCalls();
        }
    },
    /** Calls over HTTP/2. */
    GRPC("grpc") {
        @Override
        CallContestant calls() {
            return new GrpcCalls();
        }

        @Override
        List<String> flags() {
            return GrpcCalls.FLAGS;
        }
    },
    /** Calls as the JDK has them. */
    RMI("rmi") {
        @Override
        CallContestant calls() {
            return new RmiCalls();
        }

        @Override
        List<String> flags() {
            return RmiCalls.FLAGS;
        }
    },
    /** As {@link #CHASKI}, with TLS of the JDK and certificates on both sides. */
    CHASKI_TLS("chaski-tls") {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.CALLBACK, Identities.ofProcess());
        }

        @Override
        List<String> flags() {
            return List.of("-Dio.netty.handler.ssl.noOpenSsl=true");
        }
    },
    /** The same with the native library, which has to be on the class path. */
    CHASKI_TLS_NATIVE("chaski-tls-native") {
        @Override
        Contestant contestant() {
            return new ChaskiContestant(Dispatch.CALLBACK, Identities.ofProcess());
        }
    },
    /** Messages over HTTP/2. */
    GRPC_BYTES("grpc-bytes") {
        @Override
        Contestant contestant() {
            return GrpcContestant.plain();
        }

        @Override
        List<String> flags() {
            return GrpcCalls.FLAGS;
        }
    },
    /** The same with TLS and certificates on both sides, of the native library that gRPC brings along. */
    GRPC_TLS("grpc-tls") {
        @Override
        Contestant contestant() {
            return GrpcContestant.secured(Identities.ofProcess());
        }

        @Override
        List<String> flags() {
            return GrpcCalls.FLAGS;
        }
    },
    /** The same with TLS of the JDK. */
    GRPC_TLS_JDK("grpc-tls-jdk") {
        @Override
        Contestant contestant() {
            return GrpcContestant.securedByJdk(Identities.ofProcess());
        }

        @Override
        List<String> flags() {
            return GrpcCalls.FLAGS;
        }
    },
    /** A connection with TLS of the JDK for each call. */
    HANDSHAKES_JDK("jdk") {
        @Override
        CallContestant calls() {
            return new TlsConnections(TlsEngine.JDK, Identities.ofProcess());
        }
    },
    /** The same with the native library. */
    HANDSHAKES_NATIVE("native") {
        @Override
        CallContestant calls() {
            return new TlsConnections(TlsEngine.NATIVE, Identities.ofProcess());
        }
    },
    /** Reactive calls. */
    RSOCKET("rsocket") {
        @Override
        CallContestant calls() {
            return new RSocketCalls();
        }
    };

    /** Those who send messages there, and back. */
    static final List<Contestants> NODES = List.of(NETTY_NIO, CHASKI, CHASKI_INLINE);

    /** Those who publish for whoever subscribes. */
    static final List<Contestants> PUBLISHERS = List.of(NETTY_NIO, CHASKI, CHASKI_STREAM, JEROMQ, AERON_UDP);

    /** Those who call methods. */
    static final List<Contestants> CALLERS = List.of(NETTY_ECHO, CHASKI, GRPC, RMI, RSOCKET);

    /** Those who encrypt messages, and the same without. */
    static final List<Contestants> ENCRYPTED =
            List.of(CHASKI, CHASKI_TLS, CHASKI_TLS_NATIVE, GRPC_BYTES, GRPC_TLS, GRPC_TLS_JDK);

    /** Those who shake hands. */
    static final List<Contestants> HANDSHAKES = List.of(HANDSHAKES_JDK, HANDSHAKES_NATIVE);

    private final String label;

    Contestants(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** A new one that moves messages, to be closed; a process has one of them. */
    Contestant contestant() {
        throw new UnsupportedOperationException(label + " moves no messages");
    }

    /** A new one that calls methods; a process has one of them. */
    CallContestant calls() {
        throw new UnsupportedOperationException(label + " calls no methods");
    }

    /** Whether it takes the native TLS library of Netty. */
    boolean needsNativeTls() {
        return this == CHASKI_TLS_NATIVE || this == HANDSHAKES_NATIVE;
    }

    /** What its JVMs need besides the flags that all have, to run at all or for what those mean. */
    List<String> flags() {
        return List.of();
    }
}
