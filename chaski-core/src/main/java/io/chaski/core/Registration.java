package io.chaski.core;

/** A callback that was registered. Thread-safe. */
public interface Registration extends AutoCloseable {

    /** No call begins after this returns; one that is running ends by itself. May be called again. */
    @Override
    void close();
}
