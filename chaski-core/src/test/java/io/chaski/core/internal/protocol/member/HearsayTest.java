package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HearsayTest {

    private static final NodeId SELF = new NodeId(1, 1);
    private static final NodeId OTHER = new NodeId(2, 2);

    private static Descriptor descriptor(NodeId id, long epoch, int ageSeconds, Address... addresses) {
        return new Descriptor(id, epoch, List.of(addresses), false, false, false, TopicSummary.NONE, ageSeconds);
    }

    private static Descriptor believed(Descriptor descriptor) {
        return Hearsay.believed(descriptor, SELF, 600);
    }

    @Test
    void nobody_tells_a_node_about_itself() {
        assertThat(believed(descriptor(SELF, 5, 0, Address.tcp("10.0.0.1", 1)))).isNull();
    }

    @Test
    void ages_and_epochs_that_cannot_be_true_are_not_believed() {
        Address address = Address.tcp("10.0.0.1", 1);
        assertThat(believed(descriptor(OTHER, -1, 0, address))).isNull();
        assertThat(believed(descriptor(OTHER, Hearsay.MAX_EPOCH + 1, 0, address)))
                .isNull();
        assertThat(believed(descriptor(OTHER, 5, 601, address))).isNull();
        assertThat(believed(descriptor(OTHER, Hearsay.MAX_EPOCH, 600, address))).isNotNull();
    }

    @Test
    void a_descriptor_without_addresses_leads_nowhere() {
        assertThat(believed(descriptor(OTHER, 5, 0))).isNull();
    }
}
