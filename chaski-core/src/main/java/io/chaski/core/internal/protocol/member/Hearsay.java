package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is believed of a descriptor that somebody else passed on: enough to try to dial, never more. Stateless.
 */
public final class Hearsay {

    /** Start times in milliseconds stay below this until the year 4199; anything above is made up. */
    static final long MAX_EPOCH = 1L << 46;

    private Hearsay() {}

    /**
     * The descriptor if there is something in it to believe, otherwise null. Addresses that are no business of this
     * node were taken out of it where it came in, see {@link io.chaski.core.internal.protocol.edge.HeardAddresses}.
     *
     * @param descriptor as it came in
     * @param self this node, which nobody has to tell about itself
     * @param maxAgeSeconds age above which it is not believed
     */
    public static @Nullable Descriptor believed(Descriptor descriptor, NodeId self, long maxAgeSeconds) {
        boolean isCredible = !descriptor.id().equals(self)
                && descriptor.epoch() >= 0
                && descriptor.epoch() <= MAX_EPOCH
                && descriptor.ageSeconds() <= maxAgeSeconds
                && !descriptor.addresses().isEmpty();
        return isCredible ? descriptor : null;
    }
}
