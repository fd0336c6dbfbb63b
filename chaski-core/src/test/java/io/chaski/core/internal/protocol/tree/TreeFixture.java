package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.MILLISECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.tree.TestContext.Delivered;
import io.chaski.core.internal.wire.TreeFrame;
import io.chaski.core.internal.wire.TreeFrame.Advert;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import io.chaski.core.internal.wire.TreeFrame.NoHave;
import io.chaski.core.internal.wire.TreeFrame.Prune;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import java.util.ArrayList;
import java.util.List;

/** One Broadcast between neighbours that the test plays. Each round trip takes 100 ms, so patience is 300 to 600 ms. */
class TreeFixture {

    static final long RTT = 100 * MILLISECOND;
    static final long ADVERT_DELAY = 10 * MILLISECOND;

    /** After this, a message that was advertised is asked for. */
    static final long PATIENCE = 600 * MILLISECOND;

    /** After this, the next advertiser is asked. */
    static final long ANSWER = 130 * MILLISECOND;

    /** After this, a link that closes a cycle is pruned. */
    static final long PRUNE_DELAY = 1_000 * MILLISECOND;

    static final int HOP_LIMIT = 128;

    final TestContext context = new TestContext(new NodeId(0, 1), 1, TreeSettings.DEFAULTS);
    final TopicRef topic = context.names.retainTopic("topic");
    final List<String> slow = new ArrayList<>();
    final Broadcast broadcast = new Broadcast(context, topic, true, peer -> slow.add(peer.toString()));

    /** The first two neighbours are eager, later ones lazy. */
    final TestPeer ann = new TestPeer("ann");

    final TestPeer bob = new TestPeer("bob");
    final TestPeer cid = new TestPeer("cid");
    final TestPeer dan = new TestPeer("dan");

    /** Other publishers. */
    final Source source = source(100, 1);

    final Source other = source(200, 1);

    Source source(int origin, long epoch) {
        return context.names.retainSource(topic, new NodeId(0, origin), epoch, Source.MESSAGES);
    }

    void neighbours(TestPeer... peers) {
        for (TestPeer peer : peers) {
            peer.rttNanos = RTT;
            peer.alias(source);
            peer.alias(other);
            broadcast.onNeighbourUp(peer);
        }
        context.advance(ADVERT_DELAY);
    }

    static String text(long seq) {
        return "m" + seq;
    }

    /** Messages of {@link #source} that arrive at hop 1. */
    void receive(TestPeer from, long... seqs) {
        for (long seq : seqs) {
            receive(from, source, seq, 1);
        }
    }

    void receive(TestPeer from, Source its, long seq, int hop) {
        broadcast.onData(from, its, seq, hop, HOP_LIMIT, 0, payload(text(seq)));
    }

    PublishOutcome publish(String text) {
        return broadcast.publish(Source.MESSAGES, HOP_LIMIT, false, payload(text));
    }

    void advertise(TestPeer from, long first, long last, int hop) {
        broadcast.onFrame(from, iHave(advert(source, first, last, hop)));
    }

    Delivered delivered(long seq) {
        return new Delivered(source, seq, 1, text(seq));
    }

    TestPeer.Data data(long seq, int hop) {
        return new TestPeer.Data(source, seq, hop, text(seq));
    }

    static Advert advert(Source source, long from, long to, int hop) {
        return new Advert(source.index(), from, to, hop);
    }

    static Range range(Source source, long from, long to) {
        return new Range(source.index(), from, to);
    }

    IHave iHave(Advert... adverts) {
        return new IHave(topic.index(), List.of(adverts));
    }

    Graft graft(boolean eager, Range... ranges) {
        return new Graft(topic.index(), eager, List.of(ranges));
    }

    NoHave noHave(Range... ranges) {
        return new NoHave(topic.index(), List.of(ranges));
    }

    Prune prune() {
        return new Prune(topic.index());
    }

    Digest digest(Seen... seen) {
        return new Digest(topic.index(), false, List.of(seen));
    }

    static Seen seen(Source source, long oldestKept, long maxSeq, Range... gaps) {
        return new Seen(source.index(), oldestKept, maxSeq, List.of(gaps));
    }

    void frame(TestPeer from, TreeFrame frame) {
        broadcast.onFrame(from, frame);
    }
}
