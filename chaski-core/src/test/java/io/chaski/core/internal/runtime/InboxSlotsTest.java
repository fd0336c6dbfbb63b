package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class InboxSlotsTest {

    private static final int CHUNK = InboxSlots.CHUNK;

    private final InboxSlots slots = new InboxSlots();
    private final Set<InboxSlots.Slot> used = Collections.newSetFromMap(new IdentityHashMap<>());
    private long claimed;
    private long taken;

    private void claim(int count) {
        for (int i = 0; i < count; i++) {
            slots.prepare(claimed);
            InboxSlots.Slot slot = slots.claimed(claimed);
            used.add(slot);
            slot.filled = ++claimed;
        }
    }

    private void take(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(slots.find(taken)).as("position %d", taken).isSameAs(slots.claimed(taken));
            taken++;
            if (taken % CHUNK == 0) {
                slots.leave(taken, claimed);
            }
        }
    }

    @Test
    void what_is_claimed_is_found_when_it_is_filled() {
        slots.prepare(0);
        InboxSlots.Slot slot = slots.claimed(0);

        assertThat(slots.find(0)).isNull();
        slot.filled = 1;
        assertThat(slots.find(0)).isSameAs(slot);
        assertThat(slots.find(1)).isNull();
    }

    @Test
    void nothing_is_found_where_nobody_has_come() {
        assertThat(slots.find(0)).isNull();
        assertThat(slots.find(10L * CHUNK)).isNull();
    }

    @Test
    void one_chunk_is_enough_for_entries_that_are_taken_one_by_one() {
        for (int i = 0; i < 200 * CHUNK; i++) { // three times around
            claim(1);
            take(1);
        }

        assertThat(used).hasSize(CHUNK);
    }

    @Test
    void two_are_enough_while_less_than_a_chunk_waits() {
        claim(CHUNK - 1);
        for (int i = 0; i < 200 * CHUNK; i++) {
            claim(1);
            take(1);
        }

        assertThat(used).hasSize(2 * CHUNK);
    }

    @Test
    void as_many_as_may_wait_all_have_a_slot_of_their_own() {
        for (int round = 0; round < 3; round++) {
            used.clear();
            claim(InboxSlots.MAX_WAITING);
            assertThat(used).hasSize(InboxSlots.MAX_WAITING);
            take(InboxSlots.MAX_WAITING);
        }
    }

    @Test
    void as_many_as_waited_at_a_time_are_used_again() {
        for (int i = 0; i < 20; i++) {
            claim(20 * CHUNK);
            take(20 * CHUNK);
        }

        assertThat(used).hasSizeBetween(20 * CHUNK, 21 * CHUNK);
    }

    @Test
    void of_very_many_only_some_are_used_again() {
        claim(60 * CHUNK);
        take(60 * CHUNK);
        Set<InboxSlots.Slot> before = Collections.newSetFromMap(new IdentityHashMap<>());
        before.addAll(used);
        used.clear();

        claim(60 * CHUNK);

        used.retainAll(before);
        assertThat(used).hasSizeBetween(20 * CHUNK, 24 * CHUNK);
    }

    /** Three times around with little, and only two chunks are left of those that were needed for much. */
    @Test
    void what_has_not_been_needed_for_long_is_not_kept() {
        claim(20 * CHUNK);
        take(20 * CHUNK);
        for (int i = 0; i < 200 * CHUNK; i++) {
            claim(1);
            take(1);
        }
        Set<InboxSlots.Slot> before = Collections.newSetFromMap(new IdentityHashMap<>());
        before.addAll(used);
        used.clear();

        claim(20 * CHUNK);

        used.retainAll(before);
        assertThat(used).hasSize(2 * CHUNK);
    }

    /** Whoever was held up between the two may find that all has changed: then it claims another position. */
    @Test
    void what_was_prepared_for_a_position_that_somebody_else_has_claimed_is_used_later() {
        claim(CHUNK);
        slots.prepare(5L * CHUNK);
        InboxSlots.Slot prepared = slots.claimed(5L * CHUNK);
        take(CHUNK);
        for (int i = 0; i < 200 * CHUNK; i++) {
            claim(1);
            take(1);
        }

        assertThat(used).contains(prepared).hasSizeLessThanOrEqualTo(3 * CHUNK);
    }

    @Test
    void a_slot_that_is_used_again_is_not_taken_for_filled() {
        claim(CHUNK);
        take(CHUNK);

        slots.prepare(CHUNK);
        assertThat(slots.claimed(CHUNK).filled).as("used again").isEqualTo(1);
        assertThat(slots.find(CHUNK)).isNull();
    }
}
