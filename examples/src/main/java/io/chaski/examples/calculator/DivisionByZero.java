package io.chaski.examples.calculator;

/** Arrives at the client as itself. */
final class DivisionByZero extends Exception {
    private static final long serialVersionUID = 1L;

    DivisionByZero(String message) {
        super(message);
    }
}
