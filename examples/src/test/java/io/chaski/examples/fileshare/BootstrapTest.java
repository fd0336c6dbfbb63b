package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.FreePorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BootstrapTest {

    private static final Address ANYWHERE = Address.tcp("127.0.0.1", 0);

    private final List<ChaskiNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(ChaskiNode::close);
    }

    private Bootstrap start(List<Address> list) {
        try {
            Bootstrap started = Bootstrap.start(() -> ChaskiNode.builder().cluster("bootstrap-test"), list, ANYWHERE);
            synchronized (nodes) {
                nodes.add(started.node());
            }
            return started;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Address> freePlaces() throws IOException {
        return FreePorts.find(2).stream()
                .map(port -> Address.tcp("127.0.0.1", port))
                .toList();
    }

    @Test
    void who_finds_nobody_takes_the_first_place_and_the_next_one_begins_there() throws Exception {
        List<Address> places = freePlaces();

        Bootstrap first = start(places);
        Bootstrap second = start(places);

        assertThat(first.isAlone()).isTrue();
        assertThat(first.node().addresses()).containsExactly(places.get(0));
        assertThat(second.isAlone()).isFalse();
        assertThat(second.node().addresses()).doesNotContainAnyElementsOf(places);
    }

    @Test
    void somebody_at_any_place_will_do() throws Exception {
        List<Address> places = freePlaces();
        start(places.subList(1, 2));

        assertThat(start(places).isAlone()).isFalse();
    }

    @Test
    void of_those_who_find_nobody_at_the_same_time_one_takes_the_place_and_the_others_begin_there() throws Exception {
        List<Address> place = freePlaces().subList(0, 1);

        List<CompletableFuture<Bootstrap>> starting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            starting.add(CompletableFuture.supplyAsync(() -> start(place), task -> new Thread(task).start()));
        }
        List<Boolean> alone = new ArrayList<>();
        for (CompletableFuture<Bootstrap> started : starting) {
            alone.add(started.get(60, TimeUnit.SECONDS).isAlone());
        }

        assertThat(alone).containsExactlyInAnyOrder(true, false, false);
    }

    /** An address that is not of this machine alone: without an identity no node listens there. */
    private static Address elsewhere() throws IOException {
        return Address.tcp("0.0.0.0", freePlaces().get(0).port());
    }

    @Test
    void passes_over_a_place_that_it_may_not_take() throws Exception {
        Address place = freePlaces().get(0);

        Bootstrap started = start(List.of(elsewhere(), place));

        assertThat(started.isAlone()).isTrue();
        assertThat(started.node().addresses()).containsExactly(place);
        assertThat(started.refusals()).isEmpty();
    }

    @Test
    void says_why_it_is_at_no_place_of_the_list() throws Exception {
        Address elsewhere = elsewhere();

        Bootstrap started = start(List.of(elsewhere));

        assertThat(started.isAlone()).isTrue();
        assertThat(started.node().addresses().get(0).host()).isEqualTo(ANYWHERE.host());
        assertThat(started.refusals())
                .singleElement()
                .asString()
                .startsWith("listening on " + elsewhere + " opens this node to the network");
    }

    @Test
    void without_a_list_it_is_where_the_others_begin() {
        assertThat(start(List.of()).isAlone()).isTrue();
    }
}
