package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileOffer;

/**
 * An offer and where it came from. Immutable.
 *
 * @param topic the topic it was made on, without the prefix; empty for none
 * @param sender who made it
 * @param senderName label of the sender
 * @param offer what is offered
 */
record Incoming(String topic, NodeId sender, String senderName, Announcement.Offer offer) {

    Destination.Push push() {
        return new Destination.Push(sender, offer.pushId());
    }

    Manifest manifest() {
        return offer.manifest();
    }

    /** What an application gets to see. */
    FileOffer published() {
        return published(offer.name());
    }

    /** The same under a name that is fit to be seen. */
    FileOffer published(String name) {
        return new FileOffer(
                topic,
                sender,
                senderName,
                name,
                manifest().size(),
                manifest().hash().toString(),
                offer.metadata());
    }
}
