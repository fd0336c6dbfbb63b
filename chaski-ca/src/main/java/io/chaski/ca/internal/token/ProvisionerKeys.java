package io.chaski.ca.internal.token;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets that tokens are authenticated with, HMAC-SHA-256. A shared secret and not a signature, so that a token can
 * be made while the authority does not run; whoever has it can enrol anybody, so it is guarded like the issuing key.
 * Immutable.
 */
public final class ProvisionerKeys {

    private static final int KEY_BYTES = 32;
    private static final int ENTRY_BYTES = 4 + KEY_BYTES;

    /** Enough to replace one while tokens of the one before are about. */
    private static final int MAX_KEYS = 8;

    private final Map<Integer, byte[]> keys;
    private final int current;

    private ProvisionerKeys(Map<Integer, byte[]> keys, int current) {
        this.keys = keys;
        this.current = current;
    }

    /** A new one. */
    public static ProvisionerKeys generate(RandomGenerator random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        int id = random.nextInt();
        Map<Integer, byte[]> keys = new LinkedHashMap<>();
        keys.put(id, key);
        return new ProvisionerKeys(keys, id);
    }

    /**
     * Reads what {@link #toBytes} gives.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static ProvisionerKeys read(byte[] bytes) {
        int count = bytes.length / ENTRY_BYTES;
        if (count < 1 || count > MAX_KEYS || bytes.length % ENTRY_BYTES != 0) {
            throw new IllegalArgumentException("keys for tokens of " + bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Map<Integer, byte[]> keys = new LinkedHashMap<>();
        int current = 0;
        while (in.hasRemaining()) {
            current = in.getInt();
            byte[] key = new byte[KEY_BYTES];
            in.get(key);
            keys.put(current, key);
        }
        return new ProvisionerKeys(keys, current);
    }

    /** All keys, the one that new tokens get last. Secret. */
    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(keys.size() * ENTRY_BYTES);
        keys.forEach((id, key) -> out.putInt(id).put(key));
        return out.array();
    }

    /** Makes the text of a token. */
    public String sign(TokenClaims claims) {
        byte[] content = TokenCodec.content(current, claims);
        return TokenCodec.text(content, mac(Objects.requireNonNull(keys.get(current)), content));
    }

    /** Whether a token is one of ours. Takes as long for a key that is not there as for a code that is wrong. */
    public boolean isAuthentic(TokenCodec.Parsed token) {
        byte[] key = keys.get(token.keyId());
        byte[] expected = mac(key == null ? new byte[KEY_BYTES] : key, token.authenticated());
        return MessageDigest.isEqual(expected, token.mac()) && key != null;
    }

    private static byte[] mac(byte[] key, byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HMAC-SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return keys.size() + " keys for tokens";
    }
}
