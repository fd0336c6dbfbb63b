package io.chaski.benchmarks.loopback;

import io.chaski.core.Dispatch;

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
    };

    private final String label;

    Contestants(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract Contestant contestant();
}
