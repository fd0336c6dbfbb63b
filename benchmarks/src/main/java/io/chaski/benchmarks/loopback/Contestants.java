package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.ChaskiCalls;
import io.chaski.benchmarks.calls.GrpcCalls;
import io.chaski.benchmarks.calls.RSocketCalls;
import io.chaski.benchmarks.calls.RmiCalls;
import io.chaski.core.Dispatch;
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

    /** What its JVMs need besides the flags that all have, to run at all or for what those mean. */
    List<String> flags() {
        return List.of();
    }
}
