package io.chaski.remote.internal.directory;

import io.chaski.core.NodeId;
import io.chaski.remote.Service;
import io.chaski.remote.ServiceEvent.Reason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is said and believed about services: soft state, announced and refreshed by those whom it is about. What a
 * node says counts for itself alone, and only as long as its lease runs. Every message carries a generation, so whoever
 * has missed one notices at the next, and asks. No I/O, no clock, no threads; confined to one thread at a time. After each
 * input, {@link #onTime} is due, and again after {@link #idleNanos}.
 *
 * <pre>
 *   unknown --- LISTING ---> known --- CHANGE, HERE of the next, of the same generation ---> known
 *     ^ |                     | |
 *     | +-- CHANGE, HERE -----|-+-- CHANGE, HERE of another generation ---> asked --- LISTING ---> known
 *     +------- GOODBYE, nothing heard for 30 s, a higher epoch ----------------+
 * </pre>
 */
final class DirectoryProtocol {

    private static final int MAX_NAMES_TOLD = 64;

    private final NodeId self;
    private final Outbox out;
    private final OwnRecord own;
    private final KnownRecords known;
    private final Questions questions;
    private final Departed departed = new Departed();
    private final Map<Refusal, Long> refusals = new EnumMap<>(Refusal.class);
    private int company;

    /**
     * Knows nobody and serves nothing.
     *
     * @param self this node
     * @param own what it serves
     * @param out what is to be done
     * @param nowNanos the time
     */
    DirectoryProtocol(NodeId self, OwnRecord own, Outbox out, long nowNanos) {
        this.self = self;
        this.out = out;
        this.own = own;
        this.known = new KnownRecords(out);
        this.questions = new Questions(nowNanos);
    }

    OwnRecord own() {
        return own;
    }

    KnownRecords known() {
        return known;
    }

    /** Names of services, those of this node included, sorted, the first so many. */
    List<String> names(int most) {
        return Stream.concat(known.names(most).stream(), own.services().stream().map(Service::name))
                .sorted()
                .distinct()
                .limit(most)
                .toList();
    }

    /** As many as fit into the message of an exception. */
    List<String> someNames() {
        return names(MAX_NAMES_TOLD);
    }

    Map<Refusal, Long> refusals() {
        return refusals;
    }

    // ---- inputs

    /**
     * Somebody has said something.
     *
     * @param origin who
     * @param originName its label
     * @param epoch its incarnation
     * @param message what
     */
    void onMessage(NodeId origin, String originName, long epoch, byte[] message, long nowNanos) {
        if (origin.equals(self)) {
            refuse(Refusal.OWN_ID);
        } else if (message.length > Limits.MAX_MESSAGE_BYTES) {
            refuse(Refusal.OVERSIZED);
        } else {
            Optional<Announcement> read;
            try {
                read = Announcement.decode(message);
            } catch (IllegalArgumentException malformed) {
                refuse(Refusal.MALFORMED);
                return;
            }
            read.ifPresentOrElse(
                    announcement -> onAnnouncement(origin, originName, epoch, announcement, nowNanos),
                    () -> refuse(Refusal.UNKNOWN_KIND));
        }
    }

    /** How many neighbours there are on the topic now. */
    void onNeighbours(int neighbours, long nowNanos) {
        boolean isFirst = company == 0 && neighbours > 0;
        if (neighbours > company) {
            own.onCompany(isFirst, nowNanos);
        }
        if (isFirst) {
            questions.askEverybody();
        }
        company = neighbours;
    }

    /**
     * Something did not leave this node: a record is said again as a whole, a question is asked again, and a goodbye is left to
     * the leases.
     *
     * @param announcement what
     */
    void onUnsaid(Announcement announcement, long nowNanos) {
        if (announcement instanceof Announcement.Ask ask) {
            questions.onUnasked(ask, nowNanos);
        } else if (!(announcement instanceof Announcement.Goodbye)) {
            own.onUnsaid(nowNanos);
        }
    }

    /** Messages were lost on the way here. */
    void onLoss() {
        questions.askEverybody();
    }

    /** Does what is due. */
    void onTime(long nowNanos) {
        known.expire(nowNanos);
        own.onTime(known.size(), out, nowNanos);
        if (company > 0) {
            questions.onTime(out, nowNanos);
        }
    }

    /** How long there is nothing to do unless something comes in. */
    long idleNanos(long nowNanos) {
        long idleNanos = Math.min(known.idleNanos(nowNanos), own.idleNanos(nowNanos));
        return company > 0 ? Math.min(idleNanos, questions.idleNanos(nowNanos)) : idleNanos;
    }

    /** Says goodbye. */
    void close() {
        own.close(out);
    }

    // ---- what others say

    private void onAnnouncement(NodeId origin, String originName, long epoch, Announcement said, long nowNanos) {
        if (said instanceof Announcement.Listing listing) {
            if (isCurrent(origin, epoch, listing.generation())) {
                onListing(new KnownRecord(origin, originName, epoch, listing), nowNanos);
            }
        } else if (said instanceof Announcement.Change change) {
            if (isCurrent(origin, epoch, change.to())) {
                onChange(origin, epoch, change, nowNanos);
            }
        } else if (said instanceof Announcement.Here here) {
            if (isCurrent(origin, epoch, here.generation())) {
                onHere(origin, epoch, here.generation(), nowNanos);
            }
        } else if (said instanceof Announcement.Goodbye goodbye) {
            if (isCurrent(origin, epoch, goodbye.generation())) {
                onGoodbye(origin, epoch, goodbye.generation());
            }
        } else if (said instanceof Announcement.Ask ask) {
            questions.onAsked(ask, nowNanos);
            if (ask.isAbout(self)) {
                own.onAsked(known.size(), nowNanos);
            }
        }
    }

    private boolean isCurrent(NodeId origin, long epoch, long generation) {
        KnownRecord record = known.find(origin);
        boolean isOver = departed.isBefore(origin, epoch, generation)
                || record != null && (epoch < record.epoch || epoch == record.epoch && generation < record.generation);
        if (isOver) {
            refuse(Refusal.OUTDATED);
        }
        return !isOver;
    }

    private void onListing(KnownRecord fresh, long nowNanos) {
        questions.onAnswered(fresh.node);
        KnownRecord record = known.find(fresh.node);
        if (record != null && record.epoch == fresh.epoch && record.generation == fresh.generation) {
            known.touch(record, nowNanos);
        } else if (!known.put(fresh, nowNanos)) {
            refuse(Refusal.TABLE_FULL);
        }
    }

    private void onChange(NodeId origin, long epoch, Announcement.Change change, long nowNanos) {
        KnownRecord record = currentIncarnation(origin, epoch);
        if (record == null || record.generation != change.from()) {
            if (record == null || record.generation != change.to()) {
                ask(origin, nowNanos);
            }
        } else if (!known.change(record, change, nowNanos)) {
            refuse(Refusal.TABLE_FULL);
        } else if (record.services().isEmpty()) {
            departed.add(origin, epoch, change.to());
        }
    }

    private void onHere(NodeId origin, long epoch, long generation, long nowNanos) {
        KnownRecord record = currentIncarnation(origin, epoch);
        if (record != null && record.generation == generation) {
            questions.onAnswered(origin);
            known.touch(record, nowNanos);
        } else {
            ask(origin, nowNanos);
        }
    }

    private void onGoodbye(NodeId origin, long epoch, long generation) {
        questions.onAnswered(origin);
        departed.add(origin, epoch, generation);
        KnownRecord record = known.find(origin);
        if (record != null) {
            known.remove(record, record.epoch == epoch ? Reason.CLOSED : Reason.RESTARTED);
        }
    }

    /** What is known of this incarnation; what is known of an earlier one is forgotten. */
    private @Nullable KnownRecord currentIncarnation(NodeId origin, long epoch) {
        KnownRecord record = known.find(origin);
        if (record != null && record.epoch != epoch) {
            known.remove(record, Reason.RESTARTED);
            return null;
        }
        return record;
    }

    private void ask(NodeId origin, long nowNanos) {
        boolean isKept = known.find(origin) != null || known.hasRoom();
        if (!isKept || !questions.ask(origin, nowNanos)) {
            refuse(Refusal.TABLE_FULL);
        }
    }

    private void refuse(Refusal why) {
        refusals.merge(why, 1L, Long::sum);
    }
}
