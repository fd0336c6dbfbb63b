package io.chaski.ca.internal.authority;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What is revoked: exactly one of a certificate, a key and a name.
 *
 * @param serial one certificate. Its owner may go on with another one
 * @param key all certificates of a key, now and in future
 * @param name all certificates of an identity, until it is admitted again: what stops a thief who has renewed already
 */
public record Revocation(Optional<BigInteger> serial, Optional<Fingerprint> key, Optional<ChaskiUri> name) {

    private static final String SERIAL = "serial:";
    private static final String KEY = "key:";
    private static final int HEX = 16;

    /** One certificate. */
    public static Revocation of(BigInteger serial) {
        return new Revocation(Optional.of(serial), Optional.empty(), Optional.empty());
    }

    /** All certificates of a key. */
    public static Revocation of(Fingerprint key) {
        return new Revocation(Optional.empty(), Optional.of(key), Optional.empty());
    }

    /** All certificates of an identity. */
    public static Revocation of(ChaskiUri name) {
        return new Revocation(Optional.empty(), Optional.empty(), Optional.of(name));
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    static Revocation parse(String text) {
        if (text.startsWith(SERIAL)) {
            return of(new BigInteger(text.substring(SERIAL.length()), HEX));
        }
        return text.startsWith(KEY) ? of(Fingerprint.parse(text.substring(KEY.length()))) : of(ChaskiUri.parse(text));
    }

    boolean isAbout(IssuedCertificate certificate) {
        return serial.filter(certificate.serial()::equals).isPresent()
                || key.filter(certificate.key()::equals).isPresent()
                || name.filter(certificate.uri()::equals).isPresent();
    }

    @Override
    public String toString() {
        return serial.map(number -> SERIAL + number.toString(HEX))
                .or(() -> key.map(fingerprint -> KEY + fingerprint))
                .or(() -> name.map(ChaskiUri::toString))
                .orElseThrow();
    }
}
