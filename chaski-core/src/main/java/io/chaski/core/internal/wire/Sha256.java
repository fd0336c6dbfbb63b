package io.chaski.core.internal.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash that proofs of origin and summaries of topics are made of. Stateless. */
public final class Sha256 {

    /** Size of a hash. */
    public static final int BYTES = 32;

    private Sha256() {}

    /** A fresh digest, for one thread. */
    public static MessageDigest create() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
