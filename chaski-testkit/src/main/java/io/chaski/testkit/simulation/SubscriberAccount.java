package io.chaski.testkit.simulation;

/**
 * What a subscriber has got, or not, of what one publisher has published on a topic. Immutable.
 *
 * @param subscriber who is owed
 * @param publisher who owes
 * @param topic name of the topic
 * @param due messages that the subscriber must have heard of
 * @param delivered messages that its application has got
 * @param missing messages that were reported missing
 * @param dropped messages that its own queue has dropped
 */
public record SubscriberAccount(
        SimulatedNode subscriber,
        SimulatedNode publisher,
        String topic,
        long due,
        long delivered,
        long missing,
        long dropped) {

    /** Whether something is unaccounted for; more than was published is as wrong as less. */
    public boolean isOpen() {
        return delivered + missing + dropped != due;
    }

    @Override
    public String toString() {
        return subscriber + ", topic " + topic + ": of " + due + " messages of " + publisher + " " + delivered
                + " delivered and " + missing + " reported missing" + (dropped == 0 ? "" : ", " + dropped + " dropped");
    }
}
