package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The threads of implementations and the calls that may wait for them, over sockets and with the limits that hold by default. */
class CallThreadsIT {

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    private static final boolean ARE_VIRTUAL = Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS;

    private static final int MOST_PENDING = 1_024;

    /** Of a pool of 32. */
    private static final int MOST_OF_ONE_CALLER = 24;

    private static final CallOptions ONCE =
            CallOptions.builder().deadline(LIMIT).attempts(1).build();

    interface Hall {
        String thread();

        int enter(int number);
    }

    interface Visitor {
        String thread();

        CompletableFuture<Integer> enter(int number);
    }

    private final Remotes remotes = Remotes.overTcp();
    private final Set<Integer> inside = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> doors = new CompletableFuture<>();
    private ChaskiRemote server;
    private ChaskiRemote client;
    private Visitor hall;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote("server");
        client = remotes.remote("client");
        Remotes.connect(client, server);
        server.serve("hall", Hall.class, new Hall() {
            @Override
            public String thread() {
                Thread thread = Thread.currentThread();
                return ARE_VIRTUAL && VirtualThreadsIT.isVirtual(thread) ? "virtual" : thread.getName();
            }

            @Override
            public int enter(int number) {
                inside.add(number);
                doors.join(); // whoever is interrupted stays
                return number;
            }
        });
        hall = visitor(client);
    }

    @AfterEach
    void close() {
        doors.complete(null);
        remotes.close();
    }

    private Visitor visitor(ChaskiRemote remote) {
        return remote.at(server.node().id()).proxy("hall", Visitor.class, ONCE);
    }

    @Test
    void implementations_run_on_virtual_threads_from_JDK_21_on_and_on_those_of_a_pool_before() {
        assertThat(hall.thread()).matches(ARE_VIRTUAL ? "virtual" : "chaski-server-remote-callback-\\d+");
    }

    /**
     * No connection carries more than 1,024 calls, so the caller refuses the next one itself. At the other side they are under way
     * until their implementations have returned, whether or not somebody still waits for them.
     */
    @Test
    @DisplayName("row 89: 1,024 calls of one peer are under way, the next one is busy, here and there")
    void pending() throws Exception {
        List<CompletableFuture<Integer>> results = new ArrayList<>();
        for (int i = 0; i < MOST_PENDING; i++) {
            results.add(hall.enter(i));
        }
        int most = ARE_VIRTUAL ? MOST_PENDING : MOST_OF_ONE_CALLER;
        soon(() -> assertThat(inside).hasSize(most));
        isRefused(hall.enter(-1), "1024 calls are under way already");

        results.subList(MOST_PENDING / 2, MOST_PENDING).forEach(result -> result.cancel(true));
        // Until the loop has closed the streams of these, the caller itself refuses more. Then those whose arguments
        // had not come yet are over, and so many others may come; the rest are under way there.
        List<CompletableFuture<Integer>> more = new ArrayList<>();
        soon(() -> {
            for (int i = 0; i < MOST_PENDING / 2; i++) {
                more.add(hall.enter(-2));
            }
            assertThat(more).anyMatch(result -> isRefusedBecause(result, "too many calls are under way"));
        });
        more.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .forEach(result -> isRefused(result, "under way"));
        ChaskiRemote other = remotes.remote("other");
        Remotes.connect(other, server);
        assertThat(visitor(other).thread())
                .as("for others there are slots and threads")
                .isNotEmpty();
        assertThat(inside).hasSize(most);

        doors.complete(null);
        for (int i = 0; i < MOST_PENDING / 2; i++) {
            assertThat(get(results.get(i))).isEqualTo(i);
        }
        soon(() -> assertThat(get(hall.enter(MOST_PENDING))).isEqualTo(MOST_PENDING));
        assertThat(inside).doesNotContain(-1);
    }

    private static boolean isRefusedBecause(CompletableFuture<Integer> result, String why) {
        return result.isCompletedExceptionally()
                && result.handle((value, failure) -> failure.toString().contains(why))
                        .join();
    }

    private static void isRefused(CompletableFuture<Integer> result, String why) {
        assertThatThrownBy(() -> get(result))
                .cause()
                .isInstanceOfSatisfying(
                        PeerBusyException.class,
                        busy -> assertThat(busy.execution()).isEqualTo(CallException.Execution.NOT_EXECUTED))
                .hasMessageContaining(why);
    }
}
