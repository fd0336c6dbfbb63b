package io.chaski.remote;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;

/**
 * How long a call of this method may take, dialling and repetitions included. It goes before the deadline of the proxy and
 * of the remote; what is said for one call goes before it, and the caller's side decides. For a method with a stream of items it holds until the last item.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Deadline {

    /** 1 or more. */
    long value();

    /** Unit of the value. */
    TimeUnit unit() default TimeUnit.MILLISECONDS;
}
