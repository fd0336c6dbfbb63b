package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Environment;
import io.netty.util.Version;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SystemEnvironmentTest {

    /** Keys of datagrams are drawn from it. */
    @Test
    void chance_cannot_be_predicted() {
        assertThat(SystemEnvironment.INSTANCE.newRandom()).isInstanceOf(SecureRandom.class);
    }

    @Test
    void the_netty_of_this_build_is_good_enough() {
        NettyVersion.check();
    }

    @Test
    void an_older_netty_is_named() {
        assertThatThrownBy(() -> NettyVersion.check("io.netty.channel.NotThereYet", Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Chaski needs Netty 4.2")
                .hasMessageContaining("older version");
    }

    @Test
    void an_older_netty_is_named_with_its_version() {
        Map<String, Version> found = Version.identify();
        assertThatThrownBy(() -> NettyVersion.check("io.netty.channel.NotThereYet", found))
                .hasMessageContaining("the class path has Netty "
                        + found.get("netty-transport").artifactVersion());
    }

    @Test
    void callbacks_may_block_each_other_out_only_beyond_the_bound() throws Exception {
        ExecutorService executor = CallbackExecutors.pool("test");
        CyclicBarrier allAtOnce = new CyclicBarrier(CallbackExecutors.MAX_THREADS);
        int tasks = 2 * CallbackExecutors.MAX_THREADS;
        CountDownLatch done = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            executor.execute(() -> {
                try {
                    allAtOnce.await(20, TimeUnit.SECONDS);
                    done.countDown();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
        }

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        executor.shutdown();
        assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void each_node_has_chance_of_its_own() {
        Environment environment = Environment.system();

        assertThat(environment.newRandom().nextLong())
                .isNotEqualTo(environment.newRandom().nextLong());
    }
}
