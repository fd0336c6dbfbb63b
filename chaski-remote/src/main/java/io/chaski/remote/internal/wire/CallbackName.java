package io.chaski.remote.internal.wire;

import io.chaski.remote.internal.model.CallbackType;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What travels in place of an object that is called back: the name it is served under, which nobody else can guess, and the
 * beginning of the hash of its signature. Immutable.
 *
 * @param service the name
 * @param hash 16 hexadecimal digits
 */
public record CallbackName(String service, String hash) {

    /** Services of an application have other names. */
    public static final String RESERVED = "$";

    private static final String PREFIX = RESERVED + "callback/";
    private static final int RANDOM_DIGITS = 32;
    private static final int LENGTH = PREFIX.length() + RANDOM_DIGITS + 1 + CallbackType.HASH_DIGITS;

    /**
     * Draws a name of 128 random bits.
     *
     * @param type the interface
     * @param random not predictable
     */
    public static CallbackName random(CallbackType type, RandomGenerator random) {
        HexFormat hex = HexFormat.of();
        return new CallbackName(
                PREFIX + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong()), type.hash());
    }

    /** Whether a service is the callback of a call. */
    public static boolean isCallback(String service) {
        return service.startsWith(PREFIX);
    }

    /**
     * What people and interceptors hear of a callback, of which nobody need know the name.
     *
     * @param type the interface
     */
    public static String label(CallbackType type) {
        return PREFIX + type.type().getSimpleName();
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @param text as it arrived
     * @return empty if it is anything else
     */
    public static Optional<CallbackName> parse(String text) {
        int hash = text.length() - CallbackType.HASH_DIGITS;
        if (text.length() != LENGTH || !isCallback(text) || text.charAt(hash - 1) != '#') {
            return Optional.empty();
        }
        String digits = text.substring(PREFIX.length(), hash - 1) + text.substring(hash);
        return digits.chars().allMatch(HexFormat::isHexDigit)
                ? Optional.of(new CallbackName(text.substring(0, hash - 1), text.substring(hash)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return service + "#" + hash;
    }
}
