package io.chaski.examples.fileshare;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.ConfigurationException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.StartFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * How a peer begins: with whoever of its list is there; and if nobody is, it takes the first place of the list that is free on
 * this machine, so that those who come later find it.
 *
 * @param node the peer's node, which has started
 * @param isAlone whether nobody was there, so that others begin with this one
 * @param refusals why it is at no place of the list, although it is alone; empty if it is at one, or there is none
 */
record Bootstrap(ChaskiNode node, boolean isAlone, List<String> refusals) {

    /** A peer answers at once, and so does a machine without one; only a machine that is gone takes as long as this. */
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

    /**
     * Starts a node.
     *
     * @param nodes makes the description of one, with the cluster but no addresses
     * @param list where others may be
     * @param listen where to listen if somebody is there, or no place is free
     */
    static Bootstrap start(Supplier<NodeBuilder> nodes, List<Address> list, Address listen)
            throws InterruptedException {
        if (isAnybodyAt(list, nodes.get())) {
            return beside(nodes, list, listen);
        }
        List<String> refusals = new ArrayList<>();
        for (Address place : list) {
            try {
                return alone(nodes, others(list, place), place, List.of());
            } catch (StartFailedException taken) { // it is another machine's, or somebody was faster
                if (isAnybodyAt(List.of(place), nodes.get())) {
                    return beside(nodes, list, listen);
                }
                refusals.add(String.valueOf(taken.getMessage()));
            } catch (ConfigurationException open) { // to the network, without an identity; the next one may not be
                refusals.add(String.valueOf(open.getMessage()));
            }
        }
        return alone(nodes, list, listen, refusals);
    }

    private static Bootstrap alone(
            Supplier<NodeBuilder> nodes, List<Address> others, Address place, List<String> refusals) {
        return new Bootstrap(builder(nodes, others).listen(place).root().start(), true, refusals);
    }

    private static Bootstrap beside(Supplier<NodeBuilder> nodes, List<Address> others, Address listen) {
        return new Bootstrap(builder(nodes, others).listen(listen).start(), false, List.of());
    }

    private static NodeBuilder builder(Supplier<NodeBuilder> nodes, List<Address> bootstrap) {
        return nodes.get().bootstrap(bootstrap.toArray(Address[]::new));
    }

    private static List<Address> others(List<Address> list, Address own) {
        return list.stream().filter(address -> !address.equals(own)).toList();
    }

    /** Asks without taking part: nobody hears of it. */
    private static boolean isAnybodyAt(List<Address> list, NodeBuilder builder) throws InterruptedException {
        try (ChaskiNode scout = builder.listenNowhere().udp(false).start()) {
            CompletableFuture<Boolean> first = new CompletableFuture<>();
            CompletableFuture<?>[] probes = list.stream()
                    .map(address -> scout.probe(address, PROBE_LIMIT).thenAccept(there -> first.complete(true)))
                    .toArray(CompletableFuture<?>[]::new);
            var unused = CompletableFuture.allOf(probes).whenComplete((all, failure) -> first.complete(false));
            return first.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("it completes with a value", e);
        }
    }
}
