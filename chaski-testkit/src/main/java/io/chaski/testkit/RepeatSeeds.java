package io.chaski.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once for each of several seeds: that of {@link ChaskiTest} and the ones after it. Takes the place of
 * {@code @Test}. With {@code -Dchaski.test.seed=} it runs once, with that seed.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(SeedInvocations.class)
public @interface RepeatSeeds {

    /** How many seeds, 1 or more. */
    int value();
}
