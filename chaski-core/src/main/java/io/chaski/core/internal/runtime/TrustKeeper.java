package io.chaski.core.internal.runtime;

import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustKind;
import java.time.Instant;

/** Keeps what an authority has signed, for a node that restarts and for its neighbours. Thread-safe. */
interface TrustKeeper {

    /** Keeps nothing: of a node that is being put together. */
    TrustKeeper NONE = new TrustKeeper() {
        @Override
        public long number(TrustKind kind) {
            return -1;
        }

        @Override
        public boolean isNews(Edition edition) {
            return true;
        }

        @Override
        public void raise(TrustKind kind, long number) {}

        @Override
        public void keep(Edition edition, byte[] document, Instant end) {}

        @Override
        public void onFollowed(Edition edition) {}
    };

    /**
     * The highest number that this node has had of a kind: nothing below is taken.
     *
     * @param kind of the document
     * @return -1 if none
     */
    long number(TrustKind kind);

    /**
     * Whether an edition is later than what is kept.
     *
     * @param edition of a document that is believed
     */
    boolean isNews(Edition edition);

    /**
     * Lets nothing in that has a lower number. Another edition of this number may come.
     *
     * @param kind of the document
     * @param number of what this node follows, and need not have been signed
     */
    void raise(TrustKind kind, long number);

    /**
     * Stores a document and hands it on. Before it is applied: what a node has followed once it does not forget.
     *
     * @param edition which
     * @param document all of it
     * @param end when others cease to have a use for it
     */
    void keep(Edition edition, byte[] document, Instant end);

    /**
     * What was kept holds now.
     *
     * @param edition which
     */
    void onFollowed(Edition edition);
}
