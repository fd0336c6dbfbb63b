package io.chaski.core;

/** Whether a topic has company. */
public enum Pairing {
    /** At least one link to another member of the topic stands. */
    PAIRED,
    /** Nobody is there yet. The node keeps looking; {@link ChaskiNode#diagnose} says what it has found out. */
    ALONE
}
