package io.chaski.testkit.simulation;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.ProtocolSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The alarm rings for a subscriber that neither gets a message nor hears that it will not. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AccountsTest {

    private static final String TOPIC = "news";

    private final SimulatedNetwork network = SimulatedNetwork.seeded(1);
    private final SimulatedNode alice = network.node("alice");
    private final SimulatedNode bob =
            network.node("bob", SimulatedNodeOptions.builder().bootstrap(alice).build());

    @BeforeEach
    void subscribe() {
        alice.subscribe(TOPIC);
        bob.subscribe(TOPIC);
        network.advance(Accounts.JOINING);
    }

    @Test
    void an_account_is_closed_when_everything_has_come() {
        alice.publish(TOPIC, "one");
        alice.publish(TOPIC, "two");
        assertThat(network.openAccounts()).hasSize(1);

        network.advance(ofSeconds(5));

        assertThat(network.openAccounts()).isEmpty();
        assertThat(bob.deliveries()).hasSize(2);
    }

    @Test
    void the_last_message_is_missed_as_well_as_any_other() {
        alice.publish(TOPIC, "one");
        network.advance(ofSeconds(5));
        network.partition(alice, bob);
        alice.publish(TOPIC, "two");
        network.advance(ofSeconds(5));

        assertThat(network.openAccounts())
                .extracting(SubscriberAccount::toString)
                .containsExactly("bob, topic news: of 2 messages of alice 1 delivered and 0 reported missing");
    }

    @Test
    void the_first_message_is_missed_by_whoever_has_never_heard_of_its_publisher() {
        network.partition(alice, bob);
        alice.publish(TOPIC, "one");
        network.advance(ofSeconds(5));

        assertThat(network.openAccounts())
                .extracting(SubscriberAccount::toString)
                .containsExactly("bob, topic news: of 1 messages of alice 0 delivered and 0 reported missing");
    }

    @Test
    void a_gap_closes_an_account() {
        alice.publish(TOPIC, "one");
        network.advance(ofSeconds(5));
        network.partition(alice, bob);
        alice.publish(TOPIC, "two");
        network.advance(ofMinutes(2));
        network.heal();
        network.advance(ofSeconds(30));
        alice.publish(TOPIC, "three");
        network.advance(ofSeconds(30));

        assertThat(network.openAccounts()).isEmpty();
        assertThat(bob.gaps()).hasSize(1);
    }

    /** At the end of a long cut its publisher is met for the first time, and what is not kept any more belongs to its past. */
    @Test
    void what_somebody_published_whom_nobody_knew_before_a_long_cut_was_over_is_not_reported() {
        network.advance(ofMinutes(1));
        network.partition(alice, bob);
        alice.publish(TOPIC, "one");
        network.advance(ofMinutes(1));
        alice.publish(TOPIC, "two");
        network.advance(ofSeconds(5));
        network.heal();
        network.advance(ofMinutes(1));

        assertThat(bob.deliveries()).extracting(Delivery::text).containsExactly("two");
        assertThat(network.openAccounts())
                .extracting(SubscriberAccount::toString)
                .containsExactly("bob, topic news: of 2 messages of alice 1 delivered and 0 reported missing");
    }

    @Test
    void what_a_full_queue_drops_closes_an_account_when_the_rest_is_taken() {
        long cost = ProtocolSettings.DEFAULTS.tree().flow().messageBytes() + 1L;
        SimulatedConsumer consumer = bob.subscribeDropping(TOPIC, 4 * cost);
        for (int i = 0; i < 10; i++) {
            alice.publish(TOPIC, "" + i);
        }
        network.advance(ofSeconds(5));
        assertThat(network.openAccounts())
                .extracting(SubscriberAccount::toString)
                .containsExactly(
                        "bob, topic news: of 10 messages of alice 0 delivered and 0 reported missing, 6 dropped");

        consumer.take(cost);
        network.advance(ofSeconds(2));
        assertThat(network.openAccounts()).hasSize(1);
        network.advance(ofSeconds(2));

        assertThat(network.openAccounts()).isEmpty();
        assertThat(consumer.dropped()).isEqualTo(6);
        assertThat(bob.deliveries()).extracting(Delivery::text).containsExactly("6", "7", "8", "9");
    }

    @Test
    void whoever_is_too_slow_for_its_queue_keeps_nobody_waiting() {
        long cost = ProtocolSettings.DEFAULTS.tree().flow().messageBytes() + 1_024L;
        SimulatedConsumer consumer = bob.subscribeDropping(TOPIC, 4 * cost);
        network.advance(ofSeconds(5));

        alice.publishWaiting(TOPIC, 4_096, 1_024); // four windows
        network.advance(ofSeconds(5));

        assertThat(alice.isPublishingBlocked(TOPIC)).isFalse();
        assertThat(consumer.dropped()).isEqualTo(4_092);
    }

    /** One number beyond what was published, or a gap and one number beyond it. */
    @ParameterizedTest
    @CsvSource({"1, 0", "3, 2"})
    void what_was_never_published_opens_an_account(int ahead, int missing) {
        SimulatedNode mallory = network.node(
                "mallory",
                SimulatedNodeOptions.builder()
                        .bootstrap(alice)
                        .forger((line, data) -> {
                            line.send(data);
                            line.send(new SimulatedNodeOptions.Data(
                                    data.source(),
                                    data.seq() + ahead,
                                    data.hop(),
                                    data.hopLimit(),
                                    data.flags(),
                                    data.body()));
                        })
                        .build());
        mallory.subscribe(TOPIC);
        network.advance(Accounts.JOINING);
        mallory.publish(TOPIC, "one");
        network.advance(ofSeconds(20));

        assertThat(network.openAccounts())
                .extracting(SubscriberAccount::toString)
                .contains(
                        "alice, topic news: of 1 messages of mallory 2 delivered and " + missing + " reported missing");
    }

    @Test
    void nothing_is_owed_by_or_to_whoever_has_gone() {
        network.partition(alice, bob);
        alice.publish(TOPIC, "one");
        bob.unsubscribe(TOPIC);
        assertThat(network.openAccounts()).isEmpty();

        bob.subscribe(TOPIC);
        assertThat(network.openAccounts()).as("published before").isEmpty();

        network.advance(Accounts.JOINING);
        alice.publish(TOPIC, "two");
        assertThat(network.openAccounts()).hasSize(1);
        alice.crash();
        assertThat(network.openAccounts()).isEmpty();
    }

    /** Whoever has seen the later one takes it for old, and counts it. */
    @Test
    void what_was_published_in_an_incarnation_that_its_publisher_gave_up_is_owed_by_nobody() {
        bob.publish(TOPIC, "before");
        network.advance(ofSeconds(5));
        bob.crash();
        bob.restartBehind(ofHours(1));
        bob.subscribe(TOPIC);
        bob.publish(TOPIC, "of an earlier time");
        assertThat(network.openAccounts()).hasSize(1);

        network.advance(ofSeconds(10));
        bob.publish(TOPIC, "now");
        assertThat(network.openAccounts()).hasSize(1);
        network.advance(ofSeconds(5));

        assertThat(bob.events()).hasAtLeastOneElementOfType(NodeEvent.EpochRaised.class);
        assertThat(alice.deliveries()).extracting(Delivery::text).containsExactly("before", "now");
        assertThat(network.openAccounts()).isEmpty();
    }
}
