package io.chaski.remote.internal.directory;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.remote.Provider;
import io.chaski.remote.Service;
import io.chaski.remote.ServiceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One protocol, its time, and what it says and tells. */
final class DirectoryFixture implements Outbox {

    static final NodeId SELF = new NodeId(0, 1);
    static final NodeId BOB = new NodeId(0, 2);
    static final NodeId CAROL = new NodeId(0, 3);
    static final List<Address> NOWHERE = List.of();

    final List<Announcement> said = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final DirectoryProtocol protocol;
    long nowNanos;

    DirectoryFixture() {
        this(SELF, 42, 0);
    }

    DirectoryFixture(NodeId self, long seed, long nowNanos) {
        this.nowNanos = nowNanos;
        OwnRecord own = new OwnRecord(NOWHERE, nowNanos, new Random(seed), nowNanos);
        protocol = new DirectoryProtocol(self, own, this, nowNanos);
    }

    static Service service(String name) {
        return new Service(name, "", 1);
    }

    static List<Service> services(String... names) {
        return List.of(names).stream().map(DirectoryFixture::service).toList();
    }

    @Override
    public void say(Announcement announcement) {
        said.add(announcement);
    }

    @Override
    public void emit(ServiceEvent event) {
        told.add(word(event));
    }

    private static String word(ServiceEvent event) {
        if (event instanceof ServiceEvent.Joined joined) {
            return "+" + word(joined.provider());
        }
        if (event instanceof ServiceEvent.Left left) {
            return "-" + word(left.provider()) + " " + left.reason();
        }
        if (event instanceof ServiceEvent.Changed changed) {
            return word(changed.before()) + " -> " + word(changed.now());
        }
        return event.toString();
    }

    private static String word(Provider provider) {
        return provider.service().label() + "#" + provider.service().signature() + "@"
                + provider.node().low() + "/" + provider.epoch();
    }

    // ---- inputs

    void serve(String... names) {
        services(names).forEach(service -> protocol.own().add(service));
        protocol.onTime(nowNanos);
    }

    void withdraw(String... names) {
        services(names).forEach(service -> protocol.own().remove(service));
        protocol.onTime(nowNanos);
    }

    void hear(NodeId from, long epoch, Announcement announcement) {
        hearBytes(from, epoch, announcement.encode());
    }

    void hearBytes(NodeId from, long epoch, byte[] message) {
        protocol.onMessage(from, "n" + from.low(), epoch, message, nowNanos);
        protocol.onTime(nowNanos);
    }

    void hearListing(NodeId from, long epoch, long generation, String... names) {
        hear(from, epoch, new Announcement.Listing(generation, NOWHERE, services(names)));
    }

    void neighbours(int count) {
        protocol.onNeighbours(count, nowNanos);
        protocol.onTime(nowNanos);
    }

    /** Lets time pass, and everything happen when it is due. */
    void advance(Duration duration) {
        long endNanos = nowNanos + duration.toNanos();
        for (long idle = protocol.idleNanos(nowNanos);
                idle <= endNanos - nowNanos;
                idle = protocol.idleNanos(nowNanos)) {
            nowNanos += Math.max(idle, 1);
            protocol.onTime(nowNanos);
        }
        nowNanos = endNanos;
        protocol.onTime(nowNanos);
    }

    // ---- looking

    List<Announcement> takeSaid() {
        List<Announcement> taken = List.copyOf(said);
        said.clear();
        return taken;
    }

    List<String> takeTold() {
        List<String> taken = List.copyOf(told);
        told.clear();
        return taken;
    }

    List<Long> nodes(String service) {
        return protocol.known().providers(service).stream()
                .map(provider -> provider.node().low())
                .toList();
    }

    long refused(Refusal why) {
        return protocol.refusals().getOrDefault(why, 0L);
    }
}
