package io.chaski.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test a network of nodes of its own. On a class it holds for all tests in it and in nested classes; one on a
 * nested class or on a method replaces it. Parameters of test methods and of {@code @BeforeEach} and {@code @AfterEach}
 * methods may be the {@link ChaskiNetwork} and, with {@link Node}, its nodes. The network starts when the first
 * parameter is asked for and is closed after the test.
 *
 * <!-- snippet: chaski-testkit/src/test/java/io/chaski/testkit/guide/NewsTest.java#news -->
 * <pre>{@code
 * @ChaskiTest(
 *         nodes = {"a", "b", "c"},
 *         seed = 42)
 * class NewsTest {
 *
 *     static final Topic<String> NEWS = Topic.text("news");
 *
 *     @Test
 *     void news_survive_a_partition(ChaskiNetwork net, @Node("a") ChaskiNode a, @Node("c") ChaskiNode c) {
 *         Inbox<String> inbox = net.inbox(c, NEWS);
 *         net.advance(Duration.ofSeconds(2));
 *         net.partition("a,b | c");
 *         a.publish(NEWS, "hello");
 *         net.advance(Duration.ofSeconds(10));
 *         net.heal();
 *         net.await("the news", () -> inbox.contains("hello"), Duration.ofSeconds(30));
 *     }
 * }
 * }</pre>
 *
 * <p>A failed test reports its seed, topology and last events; {@code -Dchaski.test.seed=} repeats it.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(ChaskiExtension.class)
public @interface ChaskiTest {

    /** Names of the nodes, unique. */
    String[] nodes() default {"a", "b", "c"};

    /** How they are connected. */
    Layout topology() default Layout.AUTOMATIC;

    /** Which time they live in. */
    TimeMode time() default TimeMode.VIRTUAL;

    /** Decides everything that chance decides. */
    long seed() default NetworkBuilder.DEFAULT_SEED;
}
