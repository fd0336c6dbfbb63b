package io.chaski.remote;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Another name on the wire than in Java, on either side. Several methods of a caller's interface may lead to one method of
 * the service; in an interface that is served, the names and parameters of all methods differ.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface RemoteName {

    /** 1 to 255 characters, without spaces, control characters and parentheses. */
    String value();
}
