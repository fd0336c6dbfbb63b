package io.chaski.remote.internal.directory;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.remote.Service;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What is said on the system topic. Each is about the node that says it, in the incarnation that the message has. One
 * byte for the kind, then the fields, big endian; texts as a byte for the length and UTF-8. Immutable.
 *
 * <pre>
 *   1 LISTING  generation i64, addresses u8 x text, services u16 x (name text, version text, signature i64)
 *   2 CHANGE   from i64, to i64, removed u16 x (name text, version text), put u16 x service
 *   3 HERE     generation i64
 *   4 ASK      nodes u8 x 16 bytes
 *   5 GOODBYE  generation i64
 * </pre>
 */
sealed interface Announcement {

    /** Everything that a node serves. */
    record Listing(long generation, List<Address> addresses, List<Service> services) implements Announcement {
        static final int KIND = 1;

        /** Copies the lists. */
        public Listing {
            addresses = List.copyOf(addresses);
            services = List.copyOf(services);
        }
    }

    /**
     * What has changed since an earlier generation.
     *
     * @param from the generation that this is a change of
     * @param to the generation after it
     */
    record Change(long from, long to, List<ServiceKey> removed, List<Service> put) implements Announcement {
        static final int KIND = 2;

        /** Copies the lists. */
        public Change {
            if (to <= from) {
                throw new IllegalArgumentException("a change from " + from + " to " + to);
            }
            removed = List.copyOf(removed);
            put = List.copyOf(put);
        }
    }

    /** It is still there, and this is its latest generation. */
    record Here(long generation) implements Announcement {
        static final int KIND = 3;
    }

    /**
     * What do you serve?
     *
     * @param nodes who is asked; empty means everybody
     */
    record Ask(List<NodeId> nodes) implements Announcement {
        static final int KIND = 4;

        /** Copies the list. */
        public Ask {
            nodes = List.copyOf(nodes);
        }

        boolean isAbout(NodeId node) {
            return nodes.isEmpty() || nodes.contains(node);
        }
    }

    /** It serves nothing any more. */
    record Goodbye(long generation) implements Announcement {
        static final int KIND = 5;
    }

    /** The message. */
    default byte[] encode() {
        AnnouncementWriter out = new AnnouncementWriter();
        if (this instanceof Listing listing) {
            out.u8(Listing.KIND)
                    .i64(listing.generation())
                    .u8(listing.addresses().size());
            listing.addresses().forEach(address -> out.text(address.toString()));
            services(out, listing.services());
        } else if (this instanceof Change change) {
            out.u8(Change.KIND).i64(change.from()).i64(change.to());
            out.u16(change.removed().size());
            change.removed().forEach(key -> out.text(key.name()).text(key.version()));
            services(out, change.put());
        } else if (this instanceof Here here) {
            out.u8(Here.KIND).i64(here.generation());
        } else if (this instanceof Ask ask) {
            out.u8(Ask.KIND).u8(ask.nodes().size());
            ask.nodes().forEach(node -> out.i64(node.high()).i64(node.low()));
        } else if (this instanceof Goodbye goodbye) {
            out.u8(Goodbye.KIND).i64(goodbye.generation());
        }
        return out.message();
    }

    private static void services(AnnouncementWriter out, List<Service> services) {
        out.u16(services.size());
        for (Service service : services) {
            out.text(service.name()).text(service.version()).i64(service.signature());
        }
    }

    /**
     * Reads a message.
     *
     * @return empty for a kind of a later version
     * @throws IllegalArgumentException if it is anything else
     */
    static Optional<Announcement> decode(byte[] message) {
        AnnouncementReader in = new AnnouncementReader(message);
        Announcement read = switch (in.u8()) {
            case Listing.KIND -> new Listing(in.i64(), addresses(in), services(in));
            case Change.KIND -> new Change(in.i64(), in.i64(), keys(in), services(in));
            case Here.KIND -> new Here(in.i64());
            case Ask.KIND -> new Ask(nodes(in));
            case Goodbye.KIND -> new Goodbye(in.i64());
            default -> null;
        };
        if (read == null) {
            return Optional.empty();
        }
        in.requireEnd();
        return Optional.of(read);
    }

    private static List<Address> addresses(AnnouncementReader in) {
        int count = in.count(in.u8(), Limits.MAX_ADDRESSES, 1);
        return many(count, () -> Address.parse(in.text(Limits.MAX_ADDRESS_BYTES)));
    }

    private static List<NodeId> nodes(AnnouncementReader in) {
        int count = in.count(in.u8(), Limits.MAX_ASKED, NodeId.BYTES);
        return many(count, () -> new NodeId(in.i64(), in.i64()));
    }

    private static List<ServiceKey> keys(AnnouncementReader in) {
        int count = in.count(in.u16(), Limits.MAX_SERVICES_PER_NODE, 2);
        return distinct(
                many(count, () -> new ServiceKey(in.text(Service.MAX_NAME_BYTES), in.text(Service.MAX_VERSION_BYTES))));
    }

    private static List<Service> services(AnnouncementReader in) {
        int count = in.count(in.u16(), Limits.MAX_SERVICES_PER_NODE, 2 + Long.BYTES);
        List<Service> services = many(
                count,
                () -> new Service(in.text(Service.MAX_NAME_BYTES), in.text(Service.MAX_VERSION_BYTES), in.i64()));
        distinct(services.stream().map(ServiceKey::of).toList());
        return services;
    }

    private static <E> List<E> many(int count, Supplier<E> next) {
        List<E> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            read.add(next.get());
        }
        return read;
    }

    private static List<ServiceKey> distinct(List<ServiceKey> keys) {
        Set<ServiceKey> seen = new HashSet<>(keys);
        if (seen.size() < keys.size()) {
            throw new IllegalArgumentException("a service twice");
        }
        return keys;
    }
}
