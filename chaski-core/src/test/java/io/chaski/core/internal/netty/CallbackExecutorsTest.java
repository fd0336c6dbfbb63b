package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CallbackExecutorsTest {

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    /** Stands in for the method of a JVM that has virtual threads. */
    static ExecutorService ofThreadsNamedOther() {
        return Executors.newSingleThreadExecutor(task -> new Thread(task, "other"));
    }

    /** As JDK 19 and 20 do without the flag for previews. */
    static ExecutorService refusing() {
        throw new UnsupportedOperationException("preview features are not enabled");
    }

    private static Thread threadOf(ExecutorService executor) throws Exception {
        try {
            return executor.submit(Thread::currentThread).get(50, TimeUnit.SECONDS);
        } finally {
            executor.shutdown();
        }
    }

    private static Thread threadOf(@Nullable String factory) throws Exception {
        Method method = factory == null ? null : CallbackExecutorsTest.class.getDeclaredMethod(factory);
        return threadOf(CallbackExecutors.create("mill", method));
    }

    @Test
    void take_virtual_threads_where_there_are_some() throws Exception {
        assertThat(threadOf("ofThreadsNamedOther").getName()).isEqualTo("other");
    }

    @Test
    void are_pools_of_daemons_where_there_are_none() throws Exception {
        Thread thread = threadOf((String) null);
        assertThat(thread.getName()).isEqualTo("chaski-mill-callback-1");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void are_pools_where_virtual_threads_are_a_preview() throws Exception {
        assertThat(threadOf("refusing").getName()).isEqualTo("chaski-mill-callback-1");
    }

    @Test
    void find_out_whether_this_JVM_has_virtual_threads() throws Exception {
        Thread thread = threadOf(CallbackExecutors.create("mill"));
        if (Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
            assertThat(thread.getName()).isEqualTo("chaski-mill-callback-1");
        } else {
            assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
        }
    }
}
