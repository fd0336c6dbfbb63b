package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers and implementations on virtual threads, on a JVM that has them, from 21 on. */
class VirtualThreadsIT {

    interface Meeting {
        String join(int number) throws InterruptedException;

        boolean isOnVirtualThread();
    }

    /** More than the threads of the pool that serves where there are no virtual ones. */
    private static final int CALLS = 200;

    private static final CallOptions PATIENT = CallOptions.within(LIMIT);

    private final Remotes remotes = Remotes.inProcess();
    private final CountDownLatch all = new CountDownLatch(CALLS);
    private Meeting meeting;

    /** The factory of executors, by name: this is compiled for 17. */
    private static Optional<Method> virtualThreads() {
        return Arrays.stream(Executors.class.getMethods())
                .filter(method -> method.getName().equals("newVirtualThreadPerTaskExecutor"))
                .findFirst();
    }

    static boolean isVirtual(Thread thread) {
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
        } catch (ReflectiveOperationException missing) {
            throw new LinkageError("a JVM with virtual threads can tell them apart", missing);
        }
    }

    @BeforeEach
    void serve() throws Exception {
        assumeTrue(
                virtualThreads().isPresent(),
                "this JVM has no virtual threads: " + Runtime.version().feature());
        ChaskiRemote server = remotes.remote("server");
        ChaskiRemote client = remotes.remote("client");
        Remotes.connect(client, server);
        server.serve("meeting", Meeting.class, new Meeting() {
            @Override
            public String join(int number) throws InterruptedException {
                all.countDown();
                all.await(); // everybody is inside at the same time
                return "number " + number;
            }

            @Override
            public boolean isOnVirtualThread() {
                return isVirtual(Thread.currentThread());
            }
        });
        meeting = client.at(server.node().id()).proxy("meeting", Meeting.class, PATIENT);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    void two_hundred_virtual_threads_wait_for_implementations_that_all_wait_for_each_other() throws Exception {
        ExecutorService callers =
                (ExecutorService) virtualThreads().orElseThrow().invoke(null);
        try {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                int number = i;
                results.add(callers.submit(() -> meeting.join(number)));
            }
            for (int i = 0; i < CALLS; i++) {
                assertThat(results.get(i).get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo("number " + i);
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(meeting.isOnVirtualThread()).isTrue();
    }

    @Test
    void an_interrupt_of_a_virtual_thread_ends_its_call() throws Exception {
        ExecutorService callers =
                (ExecutorService) virtualThreads().orElseThrow().invoke(null);
        try {
            Future<String> waiting = callers.submit(() -> meeting.join(0));
            Remotes.soon(() -> assertThat(all.getCount()).isEqualTo(CALLS - 1));
            callers.shutdownNow(); // interrupts it
            assertThat(callers.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(waiting).isDone();
        } finally {
            callers.shutdownNow();
        }
    }
}
