package io.chaski.testkit.internal.virtual;

/** Something that happens at a moment of virtual time. */
@FunctionalInterface
public interface Event {

    /** Runs once, when its time has come. */
    void happen();
}
