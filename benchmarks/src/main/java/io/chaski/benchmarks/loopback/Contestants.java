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
    };

    /** Those who answer calls. */
    static final List<Contestants> NODES = List.of(NETTY_NIO, CHASKI, CHASKI_INLINE);

    /** Those who publish for whoever subscribes. */
    static final List<Contestants> PUBLISHERS = List.of(NETTY_NIO, CHASKI, CHASKI_STREAM, JEROMQ);

    private final String label;

    Contestants(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract Contestant contestant();
}
