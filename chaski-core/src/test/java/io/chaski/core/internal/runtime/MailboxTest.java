package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MailboxTest {

    private final ManualExecutor executor = new ManualExecutor();
    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final Callbacks callbacks = Callbacks.on(executor, loop::nanoTime);
    private final Mailbox<Integer> mailbox = new Mailbox<>("a test", 3, callbacks);
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void retryOnTheLoop() {
        callbacks.retryOn(loop);
    }

    @Test
    void calls_every_listener_in_order_with_one_wake_up() {
        mailbox.listen(item -> heard.add("a" + item));
        mailbox.listen(item -> heard.add("b" + item));
        mailbox.offer(1);
        mailbox.offer(2);
        assertThat(executor.submissions).isEqualTo(1);
        executor.runAll();
        assertThat(heard).containsExactly("a1", "b1", "a2", "b2");
    }

    @Test
    void drops_and_counts_what_does_not_fit() {
        mailbox.listen(item -> heard.add("a" + item));
        for (int i = 1; i <= 5; i++) {
            mailbox.offer(i);
        }
        executor.runAll();
        assertThat(heard).containsExactly("a1", "a2", "a3");
        assertThat(mailbox.dropped()).isEqualTo(2);
    }

    @Test
    void forgets_what_nobody_listens_to() {
        mailbox.offer(1);
        mailbox.listen(item -> heard.add("a" + item));
        executor.runAll();
        assertThat(heard).isEmpty();
        assertThat(mailbox.dropped()).isZero();
    }

    @Test
    void ends_one_registration_at_a_time() {
        java.util.function.Consumer<Integer> twice = item -> heard.add("a" + item);
        Registration first = mailbox.listen(twice);
        mailbox.listen(twice);
        first.close();
        first.close();
        mailbox.offer(1);
        executor.runAll();
        assertThat(heard).containsExactly("a1");
    }

    @Test
    void goes_on_after_a_listener_that_throws() {
        mailbox.listen(item -> {
            throw new IllegalStateException("the application's own");
        });
        mailbox.listen(item -> heard.add("b" + item));
        mailbox.offer(1);
        mailbox.offer(2);
        executor.runAll();
        assertThat(heard).containsExactly("b1", "b2");
        assertThat(callbacks.failures()).isEqualTo(2);
    }

    @Test
    void goes_on_when_the_executor_takes_callbacks_again() {
        mailbox.listen(item -> heard.add("a" + item));
        executor.isRefusing = true;
        mailbox.offer(1);
        executor.isRefusing = false;
        mailbox.offer(2);
        executor.runAll();
        assertThat(heard).containsExactly("a1", "a2");
    }

    @Test
    void what_was_refused_arrives_without_another_item() {
        mailbox.listen(item -> heard.add("a" + item));
        executor.isRefusing = true;
        mailbox.offer(1);
        loop.advance(Duration.ofSeconds(1));
        executor.isRefusing = false;
        loop.advance(Duration.ofNanos(PatientExecutor.RETRY_NANOS));
        executor.runAll();

        assertThat(heard).containsExactly("a1");
        assertThat(loop.timers()).isZero();
    }

    @Test
    void hears_again_after_it_was_full_while_the_executor_refused() {
        mailbox.listen(item -> heard.add("a" + item));
        executor.isRefusing = true;
        for (int i = 1; i <= 4; i++) {
            mailbox.offer(i);
        }
        executor.isRefusing = false;
        loop.advance(Duration.ofNanos(PatientExecutor.RETRY_NANOS));
        executor.runAll();
        mailbox.offer(5);
        executor.runAll();

        assertThat(heard).containsExactly("a1", "a2", "a3", "a5");
        assertThat(mailbox.dropped()).isEqualTo(1);
    }

    /** Without a timer: the loop is stuck. */
    @Test
    void an_item_that_does_not_fit_sends_for_those_that_wait() {
        loop.stick();
        mailbox.listen(item -> heard.add("a" + item));
        executor.isRefusing = true;
        for (int i = 1; i <= 3; i++) {
            mailbox.offer(i);
        }
        executor.isRefusing = false;
        mailbox.offer(4);
        executor.runAll();

        assertThat(heard).containsExactly("a1", "a2", "a3");
    }
}
