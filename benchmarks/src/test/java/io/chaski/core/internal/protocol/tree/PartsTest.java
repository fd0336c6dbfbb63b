package io.chaski.core.internal.protocol.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.OverflowPolicy;
import io.chaski.core.internal.protocol.edge.AliasBenchmark;
import io.chaski.core.internal.runtime.DeliveryQueueBenchmark;
import io.chaski.core.internal.runtime.InboxBenchmark;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.EnvelopeBenchmark;
import io.chaski.core.internal.wire.FrameBenchmark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is measured of the parts is what they do on the way of a message; without JMH. */
class PartsTest {

    @Test
    void all_frames_that_were_encoded_are_decoded() {
        FrameBenchmark frames = new FrameBenchmark();
        frames.bytes = 1_024;
        frames.setUp();

        assertThat(frames.encode()).isGreaterThan(FrameBenchmark.FRAMES * frames.bytes);
        assertThat(frames.decode()).isEqualTo(FrameBenchmark.FRAMES);
        assertThat(frames.decode()).isEqualTo(2 * FrameBenchmark.FRAMES);
    }

    @Test
    void a_payload_comes_out_of_its_envelope_as_long_as_it_was() {
        EnvelopeBenchmark envelopes = new EnvelopeBenchmark();
        envelopes.bytes = 64;
        envelopes.setUp();

        assertThat(envelopes.wrap().size()).isGreaterThan(envelopes.bytes);
        assertThat(envelopes.unwrap()).hasSize(envelopes.bytes);
        assertThat(envelopes.unwrapOfAnother()).hasSize(envelopes.bytes);
    }

    @Test
    void every_source_is_found_once() {
        AliasBenchmark aliases = new AliasBenchmark();
        aliases.setUp();

        assertThat(aliases.find()).isEqualTo((AliasBenchmark.SOURCES - 1) * AliasBenchmark.SOURCES / 2);
    }

    @Test
    void all_numbers_have_come_in_whatever_order() {
        SeqSetBenchmark numbers = new SeqSetBenchmark();
        numbers.setUp();

        assertThat(numbers.inOrderTwice()).isEqualTo(SeqSetBenchmark.MESSAGES);
        assertThat(numbers.outOfOrder()).isEqualTo(2 * SeqSetBenchmark.MESSAGES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_message_is_delivered_and_passed_on_and_credit_is_granted_where_it_is_asked_for(boolean credit) {
        RelayBenchmark relay = new RelayBenchmark();
        relay.bytes = 1_024;
        relay.credit = credit;
        relay.setUp();
        long toldAtFirst = relay.told();

        long sent = 0;
        for (int i = 0; i < 2_000; i++) {
            sent = relay.passOn();
        }
        assertThat(sent).isEqualTo(2_000);
        assertThat(relay.delivered()).isEqualTo(2_000);
        assertThat(relay.told() > toldAtFirst).isEqualTo(credit);
    }

    @Test
    void what_is_kept_sent_and_delivered_is_one_copy_of_what_was_lent() {
        RelayBenchmark relay = new RelayBenchmark();
        relay.bytes = 64;
        relay.setUp();

        relay.passOn();
        relay.overwrite();

        assertThat(relay.lastDelivered()).isEqualTo(ArrayPayload.owning(new byte[64]));
        assertThat(relay.lastSent()).isSameAs(relay.lastDelivered());
    }

    @Test
    void credit_is_granted_in_steps_of_a_quarter_of_a_window_and_always_before_it_is_used_up() {
        CreditBenchmark credit = credit();
        long toldAtFirst = credit.told();

        int messages =
                4 * (TreeSettings.Flow.DEFAULTS.windowBytes() / (1_024 + TreeSettings.Flow.DEFAULTS.messageBytes()));
        for (int i = 0; i < messages; i++) {
            assertThat(credit.received()).isTrue();
            assertThat(credit.creditLeft()).isPositive();
        }
        assertThat(credit.told() - toldAtFirst).isBetween(10L, 16L);
    }

    @Test
    void a_grant_that_was_asked_for_is_told() {
        CreditBenchmark credit = credit();
        long toldAtFirst = credit.told();

        assertThat(credit.grant()).isEqualTo(toldAtFirst + 1);
        assertThat(credit.grant()).isEqualTo(toldAtFirst + 2);
    }

    @Test
    void what_is_offered_to_who_has_granted_it_is_sent_and_counted() {
        CreditBenchmark credit = credit();

        assertThat(credit.offer()).isEqualTo(1);
        assertThat(credit.offer()).isEqualTo(2);
        assertThat(credit.sentCost()).isEqualTo(2 * (1_024 + TreeSettings.Flow.DEFAULTS.messageBytes()));
    }

    private static CreditBenchmark credit() {
        CreditBenchmark credit = new CreditBenchmark();
        credit.bytes = 1_024;
        credit.setUp();
        return credit;
    }

    @ParameterizedTest
    @ValueSource(ints = {64, InboxBenchmark.MESSAGES})
    void all_messages_that_were_queued_are_taken(int waiting) {
        InboxBenchmark inbox = new InboxBenchmark();
        inbox.waiting = waiting;

        assertThat(inbox.offerAndDrain()).isEqualTo(InboxBenchmark.MESSAGES);
        assertThat(inbox.offerAndDrain()).isEqualTo(2 * InboxBenchmark.MESSAGES);
    }

    @ParameterizedTest
    @EnumSource(
            value = OverflowPolicy.class,
            names = {"DROP_OLDEST", "BLOCK"})
    void a_batch_is_taken_whole(OverflowPolicy policy) {
        DeliveryQueueBenchmark queue = new DeliveryQueueBenchmark();
        queue.policy = policy;
        queue.setUp();

        assertThat(queue.offerAndTake()).isEqualTo(DeliveryQueueBenchmark.MESSAGES);
    }
}
