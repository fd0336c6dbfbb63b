package io.chaski.benchmarks.pairing;

/** The nodes did not find each other in time, or lost each other with the root; the message says who is missing. */
final class PairingFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PairingFailedException(String message) {
        super(message);
    }
}
