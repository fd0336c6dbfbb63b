package io.chaski.examples.menus;

/** Arrives at the guest as itself. */
final class ClosedToday extends Exception {
    private static final long serialVersionUID = 1L;

    ClosedToday(String message) {
        super(message);
    }
}
