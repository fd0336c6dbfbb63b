package io.chaski.remote;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method whose result nobody waits for: the call completes when it has been handed to the connection. That it failed at
 * the other side is told to {@link RemoteOptions#oneWayFailures}. On methods that return {@code void} or
 * {@code CompletableFuture<Void>}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OneWay {}
