package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeEvent.ProofProblem;
import io.chaski.core.NodeEvent.UnprovedMessage;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.PublishOutcome.Status;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.proof.SignedBatch;
import io.chaski.core.internal.protocol.proof.TestKeys;
import io.chaski.core.internal.protocol.tree.TestContext.Delivered;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.MessageProof;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.security.ProviderException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedMessagesTest extends TreeFixture {

    static final NodeId PUBLISHER = new NodeId(0, 300);

    final TestKeys own = new TestKeys(context.self);
    final TestKeys publisher = new TestKeys(PUBLISHER);
    final Source signed = signed(topic, PUBLISHER, 1);
    final List<PublishOutcome> outcomes = new ArrayList<>();

    @BeforeEach
    void meet() {
        context.keys = own;
        for (TestPeer peer : List.of(ann, bob, cid)) {
            peer.alias(signed);
            announce(peer, publisher);
        }
        neighbours(ann, bob, cid);
        ann.sent.clear();
        bob.sent.clear();
        cid.sent.clear();
    }

    Source signed(TopicRef its, NodeId origin, long epoch) {
        return context.names.retainSource(its, origin, epoch, Source.SIGNED);
    }

    static void announce(TestPeer peer, TestKeys keys) {
        peer.chains.put(ChainHash.of(keys.chain()), keys.chain());
    }

    /** What a publisher makes of some messages. */
    static List<ArrayPayload> signing(TestKeys keys, Source source, long first, String... texts) {
        List<ArrayPayload> contents =
                Arrays.stream(texts).map(TestContext::payload).toList();
        SignedBatch batch = new SignedBatch(keys, "test", source, first, contents, done -> {});
        batch.compute();
        return batch.bodies();
    }

    ArrayPayload one(long seq) {
        return signing(publisher, signed, seq, text(seq)).get(0);
    }

    void receive(TestPeer from, Source source, long seq, ArrayPayload body) {
        broadcast.onData(from, source, seq, 1, HOP_LIMIT, 0, body);
    }

    PublishOutcome publishSigned(String text) {
        return broadcast.publishSigned(HOP_LIMIT, false, payload(text), outcomes::add);
    }

    Delivered deliveredSigned(long seq) {
        return new Delivered(signed, seq, 1, text(seq));
    }

    UnprovedMessage unproved(Source source, TestPeer from, ProofProblem problem) {
        return new UnprovedMessage("topic", source.origin(), from.id(), problem);
    }

    long counter(String name) {
        return context.counters.snapshot().getOrDefault(name, 0L);
    }

    @Nested
    class That_come {
        @Test
        void are_delivered_without_their_proof_and_passed_on_with_it() {
            ArrayPayload body = one(1);
            receive(ann, signed, 1, body);

            assertThat(context.takeHeard()).containsExactly(deliveredSigned(1));
            assertThat(context.proved).containsExactly(true);
            assertThat(bob.takeSent()).containsExactly(new TestPeer.Data(signed, 1, 2, TestContext.text(body)));
        }

        @Test
        void of_one_batch_cost_one_look_at_a_signature() {
            List<ArrayPayload> bodies = signing(publisher, signed, 1, "m1", "m2", "m3");
            context.computations = new ArrayDeque<>();
            for (int i = 0; i < bodies.size(); i++) {
                receive(ann, signed, i + 1, bodies.get(i));
            }
            context.computeAll();

            assertThat(context.takeHeard()).containsExactly(deliveredSigned(1), deliveredSigned(2), deliveredSigned(3));
            assertThat(own.looked).isEqualTo(2); // the first one was alone when it came
        }

        @Test
        void are_unknown_until_their_proof_was_checked() {
            context.computations = new ArrayDeque<>();
            receive(ann, signed, 1, one(1));

            assertThat(broadcast.stats().sources()).isZero();
            assertThat(bob.sent).isEmpty();
            receive(bob, signed, 1, one(1));
            context.computeAll();
            assertThat(context.takeHeard()).containsExactly(deliveredSigned(1));
            assertThat(broadcast.stats().duplicates()).isEqualTo(1);
        }

        @Test
        void go_with_the_link_when_it_goes_before_they_were_checked() {
            context.computations = new ArrayDeque<>();
            receive(ann, signed, 1, one(1));
            receive(ann, signed, 2, one(2));
            broadcast.onNeighbourDown(ann);
            context.computeAll();
            assertThat(context.heard).isEmpty();
            assertThat(context.memory().held().usedBytes()).isZero();

            receive(bob, signed, 1, one(1));
            context.computeAll();
            assertThat(context.takeHeard()).contains(deliveredSigned(1));
        }

        @Test
        void keep_their_memory_until_their_check_ends_however_often_their_neighbour_comes_and_goes() {
            context.computations = new ArrayDeque<>();
            int size = 500_000;
            SignedBatch batch = new SignedBatch(
                    publisher, "test", signed, 1, List.of(ArrayPayload.owning(new byte[size])), done -> {});
            batch.compute();
            long limit = context.settings().memory().heldBytes();
            for (int visit = 0; visit <= limit / size + 1; visit++) {
                receive(ann, signed, 1, batch.bodies().get(0));
                broadcast.onNeighbourDown(ann);
                broadcast.onNeighbourUp(ann);
            }

            assertThat(counter("proof.overflow")).isPositive();
            assertThat(context.memory().held().usedBytes()).isBetween(limit, limit + 2L * size);
            context.computeAll();
            assertThat(context.memory().held().usedBytes()).isZero();
        }

        @Test
        void count_for_their_chain_unless_the_one_before_waits_with_the_same() {
            context.computations = new ArrayDeque<>();
            TestKeys others = new TestKeys(new NodeId(0, 301));
            announce(ann, others);
            Source second = signed(topic, new NodeId(0, 301), 1);
            ann.alias(second);
            ArrayPayload its = signing(others, second, 1, text(1)).get(0);
            int chain = publisher.chain().size();

            receive(ann, signed, 1, one(1));
            long alone = context.memory().held().usedBytes();
            assertThat(alone).isEqualTo(one(1).size() + CheckLine.OVERHEAD_BYTES + chain);
            receive(ann, signed, 2, one(2));
            assertThat(context.memory().held().usedBytes()).isEqualTo(2 * alone - chain);
            receive(ann, second, 1, its);
            assertThat(context.memory().held().usedBytes()).isEqualTo(3 * alone - chain);

            context.computeAll();
            assertThat(context.memory().held().usedBytes()).isZero();
        }

        @Test
        void beyond_what_may_wait_are_dropped_and_asked_for_again() {
            context.computations = new ArrayDeque<>();
            ArrayPayload large = ArrayPayload.owning(new byte[500_000]);
            List<ArrayPayload> bodies = new ArrayList<>();
            for (int seq = 1; seq <= 10; seq++) {
                SignedBatch batch = new SignedBatch(publisher, "test", signed, seq, List.of(large), done -> {});
                batch.compute();
                bodies.add(batch.bodies().get(0));
                receive(ann, signed, seq, bodies.get(seq - 1));
            }
            assertThat(counter("proof.overflow")).isEqualTo(2);
            context.computeAll();
            receive(ann, signed, 11, one(11));
            context.computeAll();
            context.advance(PATIENCE);

            assertThat(ann.sent).contains(graft(false, range(signed, 9, 10)));
        }

        @Test
        void whose_check_fails_by_a_bug_are_dropped_and_the_next_ones_are_checked() {
            context.computations = new ArrayDeque<>();
            receive(ann, signed, 1, one(1));
            context.computations.remove().finish();
            assertThat(counter("proof.failed")).isEqualTo(1);

            receive(ann, signed, 1, one(1));
            context.computeAll();
            assertThat(context.takeHeard()).contains(deliveredSigned(1));
        }

        @Test
        void row_66_and_come_again_are_duplicates() {
            ArrayPayload body = one(1);
            receive(ann, signed, 1, body);
            receive(ann, signed, 1, body);
            receive(bob, signed, 1, body);

            assertThat(context.takeHeard()).containsExactly(deliveredSigned(1));
            assertThat(broadcast.stats().duplicates()).isEqualTo(2);
        }

        @Test
        void by_two_neighbours_with_other_signatures_are_the_same_message() {
            ArrayPayload body = one(1);
            receive(ann, signed, 1, body);
            receive(bob, signed, 1, signing(publisher, signed, 1, "m1", "m2").get(0));

            assertThat(context.takeHeard()).containsExactly(deliveredSigned(1));
            assertThat(bob.blamed).isEmpty();
        }

        @Test
        void and_say_two_things_under_one_number_are_told() {
            receive(ann, signed, 1, one(1));
            receive(bob, signed, 1, signing(publisher, signed, 1, "else").get(0));

            assertThat(bob.blamed).containsExactly("tree.equivocation");
        }
    }

    @Nested
    class That_are_not_their_publishers_own {
        void forged(TestPeer from, Source source, long seq, ArrayPayload body, ProofProblem problem) {
            receive(from, source, seq, body);

            assertThat(context.takeHeard()).containsExactly(unproved(source, from, problem));
            assertThat(from.blamed).containsExactly("proof");
            assertThat(broadcast.stats().sources()).isZero();
            assertThat(bob.sent).isEmpty();
        }

        @Test
        void have_another_content() {
            byte[] bytes = one(1).toByteArray();
            bytes[bytes.length - 1]++;
            forged(ann, signed, 1, ArrayPayload.owning(bytes), ProofProblem.FORGED);
        }

        @Test
        void have_another_number() {
            forged(ann, signed, 2, one(1), ProofProblem.FORGED);
        }

        @Test
        void have_another_incarnation() {
            forged(ann, signed(topic, PUBLISHER, 2), 1, one(1), ProofProblem.FORGED);
        }

        @Test
        void have_another_publisher() {
            forged(ann, signed(topic, new NodeId(0, 301), 1), 1, one(1), ProofProblem.FORGED);
        }

        @Test
        void belong_to_another_topic() {
            Source there = signed(context.names.retainTopic("other"), PUBLISHER, 1);
            forged(ann, signed, 1, signing(publisher, there, 1, "m1").get(0), ProofProblem.FORGED);
        }

        @Test
        void belong_to_another_cluster() {
            SignedBatch batch = new SignedBatch(publisher, "elsewhere", signed, 1, List.of(payload("m1")), done -> {});
            batch.compute();
            forged(ann, signed, 1, batch.bodies().get(0), ProofProblem.FORGED);
        }

        @Test
        void are_signed_with_the_key_of_somebody_else() {
            TestKeys mallory = new TestKeys(new NodeId(0, 666));
            announce(ann, mallory);
            forged(ann, signed, 1, signing(mallory, signed, 1, "m1").get(0), ProofProblem.FORGED);
        }

        @Test
        void name_the_chain_of_the_publisher_over_the_signature_of_somebody_else() {
            TestKeys mallory = new TestKeys(new NodeId(0, 666));
            ArrayPayload body = signing(mallory, signed, 1, "m1").get(0);
            MessageProof proof = MessageProof.read(body);
            MessageProof lie = new MessageProof(ChainHash.of(publisher.chain()), 1, 0, proof.path(), proof.signature());
            forged(ann, signed, 1, lie.before(payload("m1")), ProofProblem.FORGED);
        }

        @Test
        void name_certificates_that_nobody_has_sent() {
            ann.chains.clear();
            forged(ann, signed, 1, one(1), ProofProblem.UNKNOWN_CHAIN);
        }

        @Test
        void have_no_proof_at_all() {
            forged(ann, signed, 1, payload("m1"), ProofProblem.MALFORMED);
        }

        @Test
        void have_half_a_proof() {
            ArrayPayload half = ArrayPayload.owning(one(1).toByteArray(), 0, 40);
            forged(ann, signed, 1, half, ProofProblem.MALFORMED);
        }

        /** The planted mistake that this finds: to remember a number before its proof was checked. */
        @Test
        void row_66_do_not_keep_the_true_ones_out() {
            for (long seq = 1; seq <= 3; seq++) {
                receive(cid, signed, seq, one(seq + 100));
            }
            receive(cid, source(300, 1), 1, payload("unsigned"));
            context.takeHeard();
            for (long seq = 1; seq <= 3; seq++) {
                receive(ann, signed, seq, one(seq));
            }
            assertThat(context.takeHeard()).containsExactly(deliveredSigned(1), deliveredSigned(2), deliveredSigned(3));
        }

        @Test
        void do_not_hold_up_those_of_other_neighbours() {
            context.computations = new ArrayDeque<>();
            for (int seq = 1; seq <= 100; seq++) {
                receive(cid, signed, seq, one(seq + 100));
            }
            receive(ann, signed, 1, one(1));
            int looks = own.looked;
            context.computations.remove().compute(); // of cid: one message, that came first
            context.computations.remove().compute();
            assertThat(own.looked - looks).isEqualTo(2);
        }

        @Test
        void cost_a_check_no_more_than_so_many_signatures() {
            context.computations = new ArrayDeque<>();
            for (int seq = 1; seq <= 100; seq++) {
                receive(cid, signed, seq, one(seq + 100));
            }
            var first = context.computations.remove();
            first.compute();
            first.finish();
            int looks = own.looked;
            context.computations.element().compute();
            assertThat(own.looked - looks).isBetween(1, 16);
        }

        @Test
        void make_few_events_and_all_are_counted() {
            for (int i = 0; i < 100; i++) {
                receive(ann, signed, 1, one(2));
            }
            assertThat(context.takeHeard()).hasSize(10);
            assertThat(counter("proof.forged")).isEqualTo(100);
            assertThat(ann.blamed).hasSize(100);
        }
    }

    @Nested
    class Whose_publisher_is_not_believed {
        @Test
        void are_dropped_and_the_neighbour_is_not_blamed() {
            NodeId thief = new NodeId(TestKeys.REVOKED, 1);
            TestKeys stolen = new TestKeys(thief);
            Source its = signed(topic, thief, 1);
            announce(ann, stolen);
            receive(ann, its, 1, signing(stolen, its, 1, "m1").get(0));

            assertThat(context.takeHeard()).containsExactly(unproved(its, ann, ProofProblem.UNTRUSTED));
            assertThat(ann.blamed).isEmpty();
        }

        @Test
        void or_may_not_publish_are_dropped_likewise() {
            context.denied.add(PUBLISHER);
            receive(ann, signed, 1, one(1));

            assertThat(context.takeHeard()).containsExactly(unproved(signed, ann, ProofProblem.DENIED));
            assertThat(ann.blamed).isEmpty();
            assertThat(broadcast.stats().sources()).isZero();
        }

        @Test
        void are_declined_so_that_no_neighbour_keeps_them_for_this_node() {
            context.room = 1 << 20;
            context.capacity = 1 << 20;
            broadcast.onRoom();
            ann.sent.clear();
            context.denied.add(PUBLISHER);
            receive(ann, signed, 7, one(7));

            assertThat(ann.sent).hasSize(1).first().isEqualTo(digest(seen(signed, 0, 7)));
        }
    }

    @Nested
    class Where_messages_have_to_be_signed {
        final Source kept = source(400, 1);

        @BeforeEach
        void require() {
            ann.alias(kept);
            receive(bob, kept, 1, 1);
            context.heard.clear();
            bob.sent.clear();
            broadcast.requireProofs();
        }

        @Test
        void others_are_dropped_and_not_passed_on() {
            receive(ann, source, 1, 1);

            assertThat(context.takeHeard()).containsExactly(unproved(source, ann, ProofProblem.MISSING));
            assertThat(ann.blamed).containsExactly("proof");
            assertThat(bob.sent).isEmpty();
        }

        @Test
        void others_that_were_kept_before_are_still_given_to_whoever_lacks_them() {
            frame(ann, graft(false, range(kept, 1, 1)));
            assertThat(ann.sent).contains(new TestPeer.Data(kept, 1, 2, "m1"));
        }

        @Test
        void others_are_not_asked_for() {
            advertise(ann, 1, 5, 1);
            frame(ann, digest(seen(source, 1, 5)));
            assertThat(broadcast.stats().wanted()).isZero();
        }
    }

    @Test
    void those_that_waited_behind_a_gap_are_not_delivered_any_more_when_they_have_to_be_signed() {
        receive(ann, 1, 3);
        context.takeHeard();
        broadcast.requireProofs();
        context.advance(60 * SECOND);
        assertThat(context.heard).noneMatch(Delivered.class::isInstance);
    }

    @Nested
    class That_go {
        @BeforeEach
        void computeLater() {
            context.computations = new ArrayDeque<>();
        }

        List<TestPeer.Data> sentTo(TestPeer peer) {
            return peer.sent.stream()
                    .filter(TestPeer.Data.class::isInstance)
                    .map(TestPeer.Data.class::cast)
                    .toList();
        }

        @Test
        void alone_are_signed_at_once_and_those_that_come_meanwhile_together() {
            IntStream.rangeClosed(1, 300).forEach(i -> publishSigned("m" + i));
            assertThat(context.computations).hasSize(1);
            context.computeAll();

            assertThat(own.signed).isEqualTo(3); // 1, 256 and 43
            assertThat(sentTo(ann)).extracting(TestPeer.Data::seq).hasSize(300).isSorted();
            assertThat(outcomes).hasSize(300).allMatch(outcome -> outcome.status() == Status.ACCEPTED);
            assertThat(outcomes.get(299).seq()).isEqualTo(300);
        }

        @Test
        void can_be_checked() {
            TestContext there = new TestContext(new NodeId(0, 2), 2, TreeSettings.DEFAULTS);
            there.keys = new TestKeys(there.self);
            TopicRef its = there.names.retainTopic("topic");
            Source us = there.names.retainSource(its, context.self, 1, Source.SIGNED);
            Broadcast other = new Broadcast(there, its, true);
            TestPeer me = new TestPeer("me");
            announce(me, own);
            other.onNeighbourUp(me);
            publishSigned("m1");
            publishSigned("m2");
            context.computeAll();
            for (TestPeer.Data data : sentTo(ann)) {
                other.onData(me, us, data.seq(), 1, HOP_LIMIT, 0, ann.bodies.get((int) data.seq() - 1));
            }

            assertThat(there.heard).containsExactly(new Delivered(us, 1, 1, "m1"), new Delivered(us, 2, 1, "m2"));
        }

        @Test
        void are_refused_when_too_many_wait_and_taken_again() {
            for (TestPeer peer : List.of(ann, bob, cid)) {
                frame(peer, new TopicCredit(peer.alias(topic), false, false, false, false, false, 0, 0));
            }
            int taken = 0;
            while (publishSigned("m").status() == Status.PENDING) {
                taken++;
            }
            assertThat(taken).isEqualTo(Signing.MAX_WAITING);
            assertThat(publishSigned("m").status()).isEqualTo(Status.BLOCKED);
            assertThat(context.heard).isEmpty();
            context.computeAll();

            assertThat(context.takeHeard()).containsExactly("publishable");
            assertThat(outcomes).hasSize(Signing.MAX_WAITING);
            assertThat(publishSigned("m").status()).isEqualTo(Status.PENDING);
        }

        @Test
        void are_signed_again_when_the_node_has_another_epoch() {
            publishSigned("m1");
            publishSigned("m2");
            context.epoch = 2;
            context.computeAll();

            assertThat(sentTo(ann)).extracting(data -> data.source().epoch()).containsExactly(2L, 2L);
            assertThat(own.signed).isEqualTo(2); // the first one in vain, then both
        }

        @Test
        void are_told_to_have_failed_when_the_key_does_not_sign() {
            own.isBroken = true;
            publishSigned("m1");
            var batch = context.computations.remove();
            assertThatThrownBy(batch::compute).isInstanceOf(ProviderException.class);
            batch.finish();

            assertThat(outcomes).containsExactly(PublishOutcome.FAILED);
            assertThat(counter("sign.failed")).isEqualTo(1);
            own.isBroken = false;
            publishSigned("m2");
            context.computeAll();
            assertThat(sentTo(ann)).extracting(TestPeer.Data::seq).containsExactly(1L);
        }

        @Test
        void go_on_when_the_node_leaves() {
            publishSigned("m1");
            publishSigned("m2");
            assertThat(broadcast.isOwing()).isTrue();
            broadcast.finishSigning();

            assertThat(sentTo(ann)).extracting(TestPeer.Data::seq).containsExactly(1L, 2L);
            context.computeAll(); // what was under way comes too late
            assertThat(outcomes).hasSize(2);
            assertThat(broadcast.isOwing()).isFalse();
        }

        @Test
        void are_signed_once_when_the_node_leaves() {
            IntStream.rangeClosed(1, 600).forEach(i -> publishSigned("m" + i));
            broadcast.finishSigning();
            assertThat(own.signed).isEqualTo(3);

            context.computeAll();
            assertThat(own.signed).as("with the one that was under way").isEqualTo(4);
            assertThat(sentTo(ann)).hasSize(600);
        }

        @Test
        void have_failed_when_the_node_leaves_and_its_key_does_not_sign() {
            own.isBroken = true;
            publishSigned("m1");
            publishSigned("m2");
            broadcast.finishSigning();

            assertThat(outcomes).containsExactly(PublishOutcome.FAILED, PublishOutcome.FAILED);
            assertThat(counter("sign.failed-at-the-end")).isEqualTo(1);
        }

        @Test
        void and_are_live_are_lost_when_too_many_wait() {
            for (int i = 0; i < Signing.MAX_WAITING; i++) {
                publishSigned("m");
            }
            assertThat(broadcast
                            .publishSigned(HOP_LIMIT, true, payload("live"), outcomes::add)
                            .status())
                    .isEqualTo(Status.BLOCKED);
            assertThat(counter("sign.live-refused")).isEqualTo(1);
        }

        @Test
        void go_on_with_the_numbers_of_those_that_were_not_signed() {
            publish("a");
            publish("b");
            publishSigned("c");
            context.computeAll();

            assertThat(sentTo(ann)).extracting(TestPeer.Data::seq).containsExactly(1L, 2L, 3L);
        }

        @Test
        void are_too_large_when_their_proof_would_not_fit() {
            int most = TreeSettings.DEFAULTS.maxBodyBytes();
            ArrayPayload content = ArrayPayload.owning(new byte[most - MessageProof.MAX_BYTES + 1]);
            assertThat(broadcast
                            .publishSigned(HOP_LIMIT, false, content, outcomes::add)
                            .status())
                    .isEqualTo(Status.TOO_LARGE);
        }

        @Test
        void do_not_go_to_a_neighbour_that_checks_no_proofs() {
            bob.checksProofs = false;
            publishSigned("m1");
            context.computeAll();
            receive(ann, signed, 1, one(1));
            context.computeAll();
            context.advance(10 * SECOND);

            assertThat(sentTo(ann)).isNotEmpty();
            assertThat(bob.sent)
                    .noneMatch(sent -> sent instanceof TestPeer.Data || sent instanceof IHave)
                    .noneMatch(sent -> sent instanceof Digest digest && !digest.replyWanted());
            assertThat(outcomes.get(0).sentTo() + outcomes.get(0).advertisedTo())
                    .isEqualTo(2);
        }

        @Test
        void are_kept_while_no_neighbour_checks_proofs() {
            List.of(ann, bob, cid).forEach(peer -> peer.checksProofs = false);
            publishSigned("m1");
            context.computeAll();
            assertThat(outcomes).containsExactly(new PublishOutcome(1, 1, 0, 0, Status.KEPT));

            neighbours(dan);

            assertThat(dan.sent).contains(iHave(advert(signed(topic, context.self, 1), 1, 1, 0)));
        }
    }

    @Test
    void a_message_that_is_not_signed_is_certain_if_its_publisher_is_the_neighbour_and_has_an_identity() {
        ann.identity = publisher
                .owner(ChainHash.of(publisher.chain()), publisher.chain())
                .identity();
        Source anns = context.names.retainSource(topic, ann.id(), 1, Source.MESSAGES);
        Source bobs = context.names.retainSource(topic, bob.id(), 1, Source.MESSAGES);
        receive(ann, anns, 1, 1);
        receive(ann, source, 1, 1);
        receive(bob, bobs, 1, 1);

        assertThat(context.proved).containsExactly(true, false, false);
    }
}
