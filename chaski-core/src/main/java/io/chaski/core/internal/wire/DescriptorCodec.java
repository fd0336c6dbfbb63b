package io.chaski.core.internal.wire;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.List;

/** Bytes of descriptors and of what they consist of. */
final class DescriptorCodec {

    /** Id, epoch, flags, age, number of addresses, number of hashes. */
    private static final int MIN_BYTES = NodeId.BYTES + Long.BYTES + 1 + 2 + 1 + 1;

    private static final int REACHABLE = 1;
    private static final int RELAY = 2;
    private static final int ROOT = 4;

    private static final int TCP = 0;
    private static final int UNIX = 1;
    private static final int INPROC = 2;

    /** In the place of the number of topic hashes: a filter follows. */
    private static final int BLOOM = 0xff;

    private static final int BLOOM_WORDS = 4;

    private DescriptorCodec() {}

    static void write(WireWriter out, Descriptor descriptor) {
        out.nodeId(descriptor.id());
        out.u63(descriptor.epoch());
        out.u8((descriptor.reachable() ? REACHABLE : 0)
                | (descriptor.relay() ? RELAY : 0)
                | (descriptor.root() ? ROOT : 0));
        out.u16(descriptor.ageSeconds());
        out.u8(descriptor.addresses().size());
        for (Address address : descriptor.addresses()) {
            writeAddress(out, address);
        }
        writeTopics(out, descriptor.topics());
    }

    static Descriptor read(WireReader in) {
        NodeId id = in.nodeId();
        long epoch = in.u63();
        int flags = in.flags(REACHABLE | RELAY | ROOT);
        int ageSeconds = in.u16();
        int count = in.u8(0, Descriptor.MAX_ADDRESSES);
        List<Address> addresses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            addresses.add(readAddress(in));
        }
        TopicSummary topics = readTopics(in);
        return new Descriptor(
                id,
                epoch,
                addresses,
                (flags & REACHABLE) != 0,
                (flags & RELAY) != 0,
                (flags & ROOT) != 0,
                topics,
                ageSeconds);
    }

    static void writeList(WireWriter out, List<Descriptor> descriptors) {
        out.count(descriptors.size(), MembershipFrame.MAX_DESCRIPTORS);
        for (Descriptor descriptor : descriptors) {
            write(out, descriptor);
        }
    }

    static List<Descriptor> readList(WireReader in) {
        int count = in.count(MembershipFrame.MAX_DESCRIPTORS, MIN_BYTES);
        List<Descriptor> descriptors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            descriptors.add(read(in));
        }
        return descriptors;
    }

    static void writeLongs(WireWriter out, List<Long> values, int max) {
        out.count(values.size(), max);
        for (long value : values) {
            out.i64(value);
        }
    }

    static List<Long> readLongs(WireReader in, int max) {
        return readWords(in, in.count(max, Long.BYTES));
    }

    private static List<Long> readWords(WireReader in, int count) {
        List<Long> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.i64());
        }
        return values;
    }

    private static void writeAddress(WireWriter out, Address address) {
        out.u8(
                switch (address.transport()) {
                    case TCP -> TCP;
                    case UNIX -> UNIX;
                    case INPROC -> INPROC;
                });
        out.text(address.host(), 1, WireLimits.MAX_HOST_BYTES);
        if (address.transport() == Address.Transport.TCP) {
            out.u16(address.port());
        }
    }

    private static Address readAddress(WireReader in) {
        int transport = in.u8(TCP, INPROC);
        String host = in.text(1, WireLimits.MAX_HOST_BYTES);
        return switch (transport) {
            case TCP -> Address.tcp(host, in.u16());
            case UNIX -> Address.unix(host);
            default -> Address.inproc(host);
        };
    }

    private static void writeTopics(WireWriter out, TopicSummary topics) {
        List<Long> words = topics.bloom().isEmpty() ? topics.hashes() : topics.bloom();
        out.u8(topics.bloom().isEmpty() ? words.size() : BLOOM);
        for (long word : words) {
            out.i64(word);
        }
    }

    private static TopicSummary readTopics(WireReader in) {
        int count = in.u8();
        if (count == BLOOM) {
            return new TopicSummary(List.of(), readWords(in, BLOOM_WORDS));
        }
        if (count > TopicSummary.MAX_EXACT) {
            throw ProtocolException.malformed("too many topic hashes");
        }
        return new TopicSummary(readWords(in, count), List.of());
    }
}
