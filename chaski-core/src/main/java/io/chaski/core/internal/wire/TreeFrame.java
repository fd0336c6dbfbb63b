package io.chaski.core.internal.wire;

import java.util.List;

/**
 * Frames of the broadcast tree, one tree per topic (Plumtree, Leitao, Pereira, Rodrigues, SRDS 2007). Aliases are the
 * sender's. The message itself is DATA; see {@link DataHandler}.
 */
public sealed interface TreeFrame extends Frame {

    /** Most ranges in one frame. */
    int MAX_RANGES = 128;

    /** Most gaps named per source in a {@link Digest}. */
    int MAX_GAPS = 8;

    /** Sender's topic alias. */
    int topic();

    /** Calls the handler's method for this kind of frame. */
    void deliverTo(Handler handler);

    /** One method per kind of frame. */
    interface Handler {
        /** See {@link IHave}. */
        void onIHave(IHave iHave);

        /** See {@link Graft}. */
        void onGraft(Graft graft);

        /** See {@link Prune}. */
        void onPrune(Prune prune);

        /** See {@link NoHave}. */
        void onNoHave(NoHave noHave);

        /** See {@link Digest}. */
        void onDigest(Digest digest);

        /** See {@link TopicCredit}. */
        void onTopicCredit(TopicCredit credit);
    }

    /**
     * A run of messages of one source.
     *
     * @param source alias
     * @param from first sequence number, at least 1
     * @param to last sequence number, at least {@code from}
     */
    record Range(int source, long from, long to) {
        /** Checks the order. */
        public Range {
            if (from < 1 || to < from) {
                throw new IllegalArgumentException("not a range: " + from + " to " + to);
            }
        }
    }

    /**
     * A run of messages the sender has.
     *
     * @param source alias
     * @param from first sequence number, at least 1
     * @param to last sequence number, at least {@code from}
     * @param minHop smallest hop at which the sender received one of them; 0 for its own
     */
    record Advert(int source, long from, long to, int minHop) {
        /** Checks the order. */
        public Advert {
            if (from < 1 || to < from) {
                throw new IllegalArgumentException("not a range: " + from + " to " + to);
            }
        }
    }

    /**
     * I have these, in case the tree does not bring them to you.
     *
     * @param topic alias
     * @param adverts runs, at most {@link #MAX_RANGES}
     */
    record IHave(int topic, List<Advert> adverts) implements TreeFrame {
        /** Copies the list. */
        public IHave {
            adverts = bounded(adverts);
        }

        @Override
        public int type() {
            return FrameType.I_HAVE;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onIHave(this);
        }
    }

    /**
     * Send me what you get from now on, and these again.
     *
     * @param topic alias
     * @param eager whether the link becomes part of the sender's tree; false only pulls the ranges
     * @param ranges what is missing, may be empty
     */
    record Graft(int topic, boolean eager, List<Range> ranges) implements TreeFrame {
        /** Copies the list. */
        public Graft {
            ranges = bounded(ranges);
        }

        @Override
        public int type() {
            return FrameType.GRAFT;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onGraft(this);
        }
    }

    /**
     * Advertise to me instead of sending.
     *
     * @param topic alias
     */
    record Prune(int topic) implements TreeFrame {
        @Override
        public int type() {
            return FrameType.PRUNE;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onPrune(this);
        }
    }

    /**
     * Answer to a {@link Graft} for what is no longer kept: ask somebody else at once.
     *
     * @param topic alias
     * @param ranges what the sender cannot give
     */
    record NoHave(int topic, List<Range> ranges) implements TreeFrame {
        /** Copies the list. */
        public NoHave {
            ranges = bounded(ranges);
        }

        @Override
        public int type() {
            return FrameType.NO_HAVE;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onNoHave(this);
        }
    }

    /**
     * What the sender has seen of one source.
     *
     * @param source alias
     * @param oldestKept oldest sequence number still in the sender's payload cache, 0 if none
     * @param maxSeq highest sequence number seen
     * @param gaps ranges up to {@code maxSeq} the sender lacks itself, at most {@link #MAX_GAPS}, same source
     */
    record Seen(int source, long oldestKept, long maxSeq, List<Range> gaps) {
        /** Copies the list. */
        public Seen {
            gaps = List.copyOf(gaps);
            if (gaps.size() > MAX_GAPS) {
                throw new IllegalArgumentException("at most " + MAX_GAPS + " gaps: " + gaps.size());
            }
        }
    }

    /**
     * Anti-entropy: what the sender has of the sources that were active in the last 30 s.
     *
     * @param topic alias
     * @param replyWanted whether the receiver should answer with its own digest
     * @param seen one entry a source, at most {@link #MAX_RANGES}
     */
    record Digest(int topic, boolean replyWanted, List<Seen> seen) implements TreeFrame {
        /** Copies the list. */
        public Digest {
            seen = bounded(seen);
        }

        @Override
        public int type() {
            return FrameType.DIGEST;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onDigest(this);
        }
    }

    /**
     * How much of the topic's messages the sender takes from the receiver, and how much it has sent there. Both count the
     * cost of messages since the link is up, so that a frame that is lost or late does no harm: the next one says all.
     *
     * @param topic alias
     * @param isLimited whether {@code granted} counts; otherwise the sender takes everything
     * @param isQuestion whether the sender wants an answer
     * @param isOwing whether the sender has messages that wait for the receiver's credit or for the connection: they will come
     * @param isPassedOn whether the sender takes little because those behind it do
     * @param isCut whether the sender has waited too long and waits no more
     * @param granted cost the receiver may have sent at the most, the last message excepted; 0 or more
     * @param sent cost the sender has sent to the receiver so far, 0 or more
     */
    record TopicCredit(
            int topic,
            boolean isLimited,
            boolean isQuestion,
            boolean isOwing,
            boolean isPassedOn,
            boolean isCut,
            long granted,
            long sent)
            implements TreeFrame {
        /** Checks the ranges. */
        public TopicCredit {
            if (granted < 0 || sent < 0) {
                throw new IllegalArgumentException("negative: granted " + granted + ", sent " + sent);
            }
        }

        @Override
        public int type() {
            return FrameType.TOPIC_CREDIT;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onTopicCredit(this);
        }
    }

    private static <T> List<T> bounded(List<T> items) {
        if (items.size() > MAX_RANGES) {
            throw new IllegalArgumentException("at most " + MAX_RANGES + " entries: " + items.size());
        }
        return List.copyOf(items);
    }
}
