package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.TableAudience;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The connections by number. A number is a slot and how often the slot was used before, so that finding a connection
 * is one array access and a late input for a closed one finds nothing. Confined to the node's event loop.
 */
final class LinkTable {

    /** Bits of a number, which is never negative. */
    static final int NUMBER_BITS = 30;

    /** All numbers are below. */
    static final long NUMBERS = 1L << NUMBER_BITS;

    /** Room for the most edges that may be configured, and as many connections that are not edges: twice 65,536. */
    private static final int SLOT_BITS = 17;

    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int MAX_USES = 1 << NUMBER_BITS - SLOT_BITS;

    final FullestNames fullest = new FullestNames();
    private final Deque<Integer> free = new ArrayDeque<>();
    private Link[] links = new Link[16];
    private int[] uses = new int[16];
    private int used;

    /** A new connection, or null if there are as many as there can be, which is above all other limits. */
    @Nullable
    Link add(boolean outbound, Address remote, Link.Stage stage, LinkLife life, EdgeContext context) {
        Integer reused = free.pollFirst();
        if (reused == null && used == SLOTS) {
            return null;
        }
        int slot = reused != null ? reused : used++;
        if (slot == links.length) {
            links = Arrays.copyOf(links, slot * 2);
            uses = Arrays.copyOf(uses, slot * 2);
        }
        Link link = new Link(uses[slot] << SLOT_BITS | slot, outbound, remote, stage, life, context, fullest);
        links[slot] = link;
        return link;
    }

    void tellTables(TableAudience audience, EdgeSettings settings) {
        // Beside those of edges and handshakes: attempts, and dials that only greet or that nobody waits for any more.
        long most = (long) EdgeSettings.MAX_LINKS_PER_PEER * EdgeTable.most(settings)
                + settings.maxHandshakes()
                + 2L * Dials.MAX_ATTEMPTS;
        audience.hear("connections", used - free.size(), Math.min(SLOTS, most));
        fullest.tellTables(audience);
    }

    @Nullable
    Link get(int number) {
        int slot = number & SLOTS - 1;
        Link link = slot < used ? links[slot] : null;
        return link != null && link.number == number ? link : null;
    }

    void remove(Link link) {
        int slot = link.number & SLOTS - 1;
        if (get(link.number) == link) {
            links[slot] = null;
            uses[slot] = (uses[slot] + 1) % MAX_USES;
            free.addLast(slot);
        }
    }

    /** Whether one of our own connections carries this nonce: we are talking to ourselves. Looks at all of them. */
    boolean isOurNonce(long nonce) {
        for (int slot = 0; slot < used; slot++) {
            if (links[slot] != null && links[slot].nonce == nonce) {
                return true;
            }
        }
        return false;
    }

    /** All connections, in the order of their slots. */
    Link[] all() {
        return Arrays.stream(links, 0, used).filter(link -> link != null).toArray(Link[]::new);
    }
}
