package io.chaski.core.codec.strict;

import java.util.Objects;

/** A document is not JSON, or not of the form that was asked for. */
public final class StrictJsonException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String place;

    StrictJsonException(String place, String message) {
        super(message);
        this.place = Objects.requireNonNull(place, "place");
    }

    /** Where, such as {@code roles.sensor.publish[3], line 7}. */
    public String place() {
        return place;
    }
}
