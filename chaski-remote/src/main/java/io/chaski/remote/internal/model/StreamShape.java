package io.chaski.remote.internal.model;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/** How Java writes a stream of items. On the wire they are the same, so each side chooses its own. */
public enum StreamShape {
    /** Items come when they are requested, to a subscriber. */
    PUBLISHER(Flow.Publisher.class),
    /** Items are waited for. */
    STREAM(Stream.class),
    /** Items are waited for. */
    ITERATOR(Iterator.class);

    private final Class<?> type;

    StreamShape(Class<?> type) {
        this.type = type;
    }

    /** The shape that a class of Java is, if it is one. */
    static Optional<StreamShape> of(Class<?> type) {
        return Arrays.stream(values()).filter(shape -> shape.type == type).findFirst();
    }
}
