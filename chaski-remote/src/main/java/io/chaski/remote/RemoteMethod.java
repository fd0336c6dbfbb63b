package io.chaski.remote;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of an object that is served without an interface, see {@link ChaskiRemote#serve(String, Object)}. Only such methods
 * can be called. It may have any visibility but {@code private}, and is not {@code static}; a method that overrides it needs no
 * annotation of its own. {@link Idempotent}, {@link OneWay}, {@link Deadline} and {@link RemoteName} hold as in an interface.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface RemoteMethod {

    /** Name on the wire, as in {@link RemoteName}; that of the method if it is empty. */
    String value() default "";
}
