package io.chaski.testkit.internal.virtual;

/** Kinds of input in the trace. Their numbers are part of the trace hash. */
public enum TraceKind {
    /** A dial succeeded. */
    CONNECTED,
    /** A dial failed. */
    DIAL_FAILED,
    /** A connection was accepted. */
    ACCEPTED,
    /** A frame arrived. */
    FRAME,
    /** A message arrived. */
    DATA,
    /** A connection ended. */
    CLOSED,
    /** A connection became writable or ceased to be. */
    WRITABILITY,
    /** A datagram arrived. */
    DATAGRAM,
    /** A timer was due. */
    TICK,
    /** A message was delivered to the application. */
    DELIVERY,
    /** The application, or the test, has asked for something. */
    COMMAND
}
