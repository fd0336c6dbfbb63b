package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.MembershipFrame.ForwardJoin;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How nodes get into an overlay: the joiner's side and the contact's. A contact gives up none of its links for a
 * joiner; it offers a free slot or names other members, and starts walks that find free slots elsewhere. Confined to
 * the node's event loop.
 */
final class Contacts {

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final TopicRef topic;
    private final HyParView overlay;
    private final Links links;
    private final Members members;
    /** JOINs that wait for an offer or a redirect; bounded by the contacts of one attempt. */
    private final List<Contact> contacts = new ArrayList<>();

    Contacts(ProtocolContext context, TopicRef topic, HyParView overlay, Links links, Members members) {
        this.context = context;
        this.settings = context.settings().membership();
        this.topic = topic;
        this.overlay = overlay;
        this.links = links;
        this.members = members;
    }

    // ---- the joiner's side

    boolean isWaiting() {
        return !contacts.isEmpty();
    }

    int count() {
        return contacts.size();
    }

    boolean isContact(NodeId id) {
        for (Contact contact : contacts) {
            if (contact.isAt(id)) {
                return true;
            }
        }
        return false;
    }

    /** Asks some of the configured addresses. */
    void joinThrough(List<Address> addresses) {
        for (Address address : Sampling.choose(new ArrayList<>(addresses), settings.contacts(), context.random())) {
            Contact contact = admit(null);
            if (contact != null) {
                context.peers().reach(address, Peers.Trust.CONFIGURED, contact);
            }
        }
    }

    /** Asks a member that somebody has named. */
    void joinThrough(View.Entry member) {
        Contact contact = admit(member.id());
        if (contact != null) {
            context.peers().reach(member.descriptor(), member.trust(), contact);
        }
    }

    private @Nullable Contact admit(@Nullable NodeId whom) {
        if (contacts.size() >= settings.contacts()) {
            return null;
        }
        Contact contact = new Contact(whom);
        contacts.add(contact);
        contact.deadline.armAt(context.nowNanos() + settings.reachWithin().toNanos());
        return contact;
    }

    /** A member that has been, or is going to be, asked to let this node in. */
    private final class Contact implements Peers.Reach {
        private final @Nullable NodeId whom;
        private final Timers.Timer deadline = context.timers().timer(this::end);
        private @Nullable Peer peer;

        Contact(@Nullable NodeId whom) {
            this.whom = whom;
        }

        boolean isAt(NodeId id) {
            return id.equals(whom) || peer != null && peer.id().equals(id);
        }

        @Override
        public void onReached(Peer reached) {
            if (!contacts.contains(this)) {
                return;
            }
            if (links.isLinked(reached) || whom == null && isContact(reached.id())) {
                end();
                return;
            }
            peer = reached;
            reached.hold(this);
            deadline.armAt(context.nowNanos() + overlay.answerNanos(reached));
            reached.send(new Join(reached.alias(topic), context.descriptor()));
        }

        @Override
        public void onUnreachable() {
            if (contacts.contains(this)) {
                end();
                if (whom != null) {
                    overlay.onContactUnreachable(whom);
                }
            }
        }

        @Override
        public void onDeferred() {
            end();
        }

        void end() {
            contacts.remove(this);
            deadline.cancel();
            if (peer != null) {
                peer.release(this);
            }
        }
    }

    void onLinkUp(Peer peer) {
        endWith(peer);
    }

    void onPeerDown(Peer peer) {
        endWith(peer);
    }

    /** False if nobody had asked. */
    boolean onRedirect(Peer from, Redirect redirect) {
        if (!endWith(from)) {
            return false;
        }
        members.rest(from.id());
        members.learn(redirect.others());
        return true;
    }

    private boolean endWith(Peer peer) {
        for (Contact contact : contacts) {
            if (contact.peer == peer) {
                contact.end();
                return true;
            }
        }
        return false;
    }

    void leave() {
        for (Contact contact : List.copyOf(contacts)) {
            contact.end();
        }
    }

    void tellDeadlines(Consumer<Timers.Timer> audience) {
        for (Contact contact : contacts) {
            audience.accept(contact.deadline);
        }
    }

    // ---- the contact's side

    void onJoin(Peer from, Join join) {
        if (!join.joiner().id().equals(from.id())) {
            from.misbehaved("membership.join-forged");
            return;
        }
        if (!links.isLinked(from)) {
            if (links.hasSlotAtTheDoor() && !from.isVisitor()) {
                links.request(Members.wordOf(from), Peers.Trust.KNOWN, Priority.OFFER, false);
            } else {
                from.send(new Redirect(from.alias(topic), overlay.sample(from.id(), null)));
            }
        }
        List<Peer> walks = links.peers();
        walks.removeIf(peer -> peer == from);
        for (Peer first : Sampling.choose(walks, settings.joinWalks(), context.random())) {
            first.send(new ForwardJoin(first.alias(topic), Members.wordOf(from), settings.joinWalkHops()));
        }
    }

    void onForwardJoin(Peer from, ForwardJoin walk) {
        if (!links.isLinked(from)) {
            context.counters().increment("membership.walk-of-stranger");
            return;
        }
        NodeId joiner = walk.joiner().id();
        int hopsLeft = Math.min(walk.hopsLeft(), settings.joinWalkHops());
        Peer next = links.randomPeer(from.id(), joiner);
        boolean mayEnd = !joiner.equals(context.self()) && !links.isBusy(joiner);
        boolean offers = mayEnd && (hopsLeft <= 0 || next == null) && links.hasSlot();
        if (offers) {
            offer(walk);
        } else if (next != null && hopsLeft > -settings.joinWalkExtraHops()) {
            if (mayEnd && hopsLeft == settings.joinWalkPassiveAt()) {
                members.learn(List.of(walk.joiner()));
            }
            next.send(new ForwardJoin(next.alias(topic), walk.joiner(), hopsLeft - 1));
        } else if (mayEnd) {
            members.learn(List.of(walk.joiner()));
        }
    }

    private void offer(ForwardJoin walk) {
        var believed = Hearsay.believed(
                walk.joiner(), context.self(), settings.forgottenAfter().toSeconds());
        if (believed == null) {
            context.counters().increment("membership.descriptor-refused");
        } else {
            links.request(believed, Peers.Trust.HINT, Priority.OFFER, true);
        }
    }
}
