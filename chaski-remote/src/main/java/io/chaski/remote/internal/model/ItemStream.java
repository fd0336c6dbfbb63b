package io.chaski.remote.internal.model;

import java.lang.reflect.Type;

/**
 * A stream that a method takes or returns. Immutable.
 *
 * @param shape what Java's method says
 * @param item declared type of its items
 */
public record ItemStream(StreamShape shape, Type item) {

    /** A class of Java has no space in its name, so no type of a result or a parameter reads like this. */
    static final String PREFIX = "stream of ";

    /** For signatures, which say the same for all shapes. */
    String text() {
        return PREFIX + TypeText.full(item);
    }
}
