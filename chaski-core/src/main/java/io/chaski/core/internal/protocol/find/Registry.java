package io.chaski.core.internal.protocol.find;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * What a root knows: who subscribes to what, until their leases run out. Soft state, bounded by the number of pairs of
 * member and topic; a registration that does not fit is refused as a whole. Confined to the node's event loop.
 */
final class Registry {

    private static final class Member {
        private Descriptor descriptor;
        private long untilNanos;
        private List<Long> topics = List.of();
        private final List<Slot> slots = new ArrayList<>();

        Member(Descriptor descriptor) {
            this.descriptor = descriptor;
        }
    }

    /** A member in the list of one topic, which knows its place there so that it leaves without a search. */
    private static final class Slot {
        private final Member member;
        private final long topic;
        private int index;

        Slot(Member member, long topic) {
            this.member = member;
            this.topic = topic;
        }
    }

    private final int capacity;
    private final Map<NodeId, Member> members = new LinkedHashMap<>();
    /** For look-ups only; never iterated. */
    private final Map<Long, List<Slot>> byTopic = new HashMap<>();

    private int size;

    Registry(int capacity) {
        this.capacity = capacity;
    }

    /** Pairs of member and topic. */
    int size() {
        return size;
    }

    /** Replaces what is known of the member; false if it does not fit. */
    boolean register(Descriptor descriptor, List<Long> topics, long untilNanos) {
        Member known = members.get(descriptor.id());
        if (known != null && known.descriptor.epoch() > descriptor.epoch()) {
            return true;
        }
        int before = known == null ? 0 : known.slots.size();
        List<Long> distinct = topics.stream().distinct().toList();
        if (size - before + distinct.size() > capacity) {
            return false;
        }
        Member member = known == null ? new Member(descriptor) : known;
        member.descriptor = descriptor;
        member.untilNanos = untilNanos;
        if (!member.topics.equals(distinct)) {
            removeSlots(member);
            distinct.forEach(topic -> addSlot(member, topic));
            member.topics = distinct;
        }
        if (distinct.isEmpty()) {
            members.remove(descriptor.id());
        } else {
            members.put(descriptor.id(), member);
        }
        return true;
    }

    /** Some live members of a topic at random. */
    List<Descriptor> choose(long topic, int limit, long nowNanos, RandomGenerator random) {
        List<Slot> slots = byTopic.get(topic);
        List<Descriptor> chosen = new ArrayList<>();
        if (slots == null) {
            return chosen;
        }
        for (int i = 0; i < slots.size() && chosen.size() < limit; i++) {
            swap(slots, i, i + random.nextInt(slots.size() - i));
            Member member = slots.get(i).member;
            if (member.untilNanos > nowNanos) {
                chosen.add(member.descriptor);
            }
        }
        return chosen;
    }

    void expire(long nowNanos) {
        for (Iterator<Member> each = members.values().iterator(); each.hasNext(); ) {
            Member member = each.next();
            if (member.untilNanos <= nowNanos) {
                removeSlots(member);
                each.remove();
            }
        }
    }

    private void addSlot(Member member, long topic) {
        Slot slot = new Slot(member, topic);
        List<Slot> slots = byTopic.computeIfAbsent(topic, unused -> new ArrayList<>());
        slot.index = slots.size();
        slots.add(slot);
        member.slots.add(slot);
        size++;
    }

    private void removeSlots(Member member) {
        for (Slot slot : member.slots) {
            List<Slot> slots = Objects.requireNonNull(byTopic.get(slot.topic), "a slot is in the list of its topic");
            swap(slots, slot.index, slots.size() - 1);
            slots.remove(slots.size() - 1);
            if (slots.isEmpty()) {
                byTopic.remove(slot.topic);
            }
        }
        size -= member.slots.size();
        member.slots.clear();
    }

    private static void swap(List<Slot> slots, int a, int b) {
        Slot first = slots.get(a);
        Slot second = slots.get(b);
        slots.set(a, second);
        slots.set(b, first);
        second.index = a;
        first.index = b;
    }
}
