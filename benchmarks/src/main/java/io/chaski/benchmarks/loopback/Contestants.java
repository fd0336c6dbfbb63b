package io.chaski.benchmarks.loopback;

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
    };

    /** Those who answer calls. */
    static final List<Contestants> NODES = List.of(NETTY_NIO, CHASKI, CHASKI_INLINE);

    /** Those who publish for whoever subscribes. */
    static final List<Contestants> PUBLISHERS = List.of(NETTY_NIO, CHASKI, CHASKI_STREAM, JEROMQ, AERON_UDP);

    private final String label;

    Contestants(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** A new one, to be closed; a process has one of them. */
    abstract Contestant contestant();

    /** What its JVMs need besides the flags that all have: without it, it would not run at all. */
    List<String> flags() {
        return List.of();
    }
}
