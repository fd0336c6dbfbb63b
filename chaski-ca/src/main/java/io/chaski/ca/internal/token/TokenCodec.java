package io.chaski.ca.internal.token;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Tokens as texts, see docs/enrolment.md: one string to paste. Fixed layout and fixed algorithm, so that there is nothing
 * to choose and nothing to confuse; the checksum is for typing mistakes, the authentication code for everything else.
 */
public final class TokenCodec {

    /** What every token begins with. */
    public static final String PREFIX = "chk1.";

    /** Longest text: the longest identity and four of the longest addresses. */
    public static final int MAX_LENGTH = 2236;

    private static final byte VERSION = 1;
    private static final int MAC_BYTES = 32;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_BYTES = 1637;

    private TokenCodec() {}

    /** A token with its key number and authentication code, which nobody has checked. */
    public static final class Parsed {
        private final int keyId;
        private final TokenClaims claims;
        private final byte[] authenticated;
        private final byte[] mac;

        Parsed(int keyId, TokenClaims claims, byte[] authenticated, byte[] mac) {
            this.keyId = keyId;
            this.claims = claims;
            this.authenticated = authenticated;
            this.mac = mac;
        }

        /** Which key the authentication code was made with. */
        int keyId() {
            return keyId;
        }

        /** What the code is over. */
        byte[] authenticated() {
            return authenticated.clone();
        }

        byte[] mac() {
            return mac.clone();
        }

        /** What the token says: good for a node that was given it, no proof to the authority. */
        public TokenClaims claims() {
            return claims;
        }
    }

    static byte[] content(int keyId, TokenClaims claims) {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        byte[] name = claims.name().toString().getBytes(StandardCharsets.US_ASCII);
        out.put(VERSION)
                .putInt(keyId)
                .putLong(claims.id().high())
                .putLong(claims.id().low());
        out.putInt((int) claims.notBefore().getEpochSecond())
                .putInt((int) claims.expires().getEpochSecond());
        out.put(claims.root().toBytes());
        out.put((byte) (claims.key().isPresent() ? Fingerprint.BYTES : 0));
        claims.key().ifPresent(key -> out.put(key.toBytes()));
        out.putShort((short) name.length).put(name);
        out.putInt((int) claims.maxLifetime().toSeconds());
        out.put((byte) claims.addresses().size());
        for (String address : claims.addresses()) {
            out.put((byte) address.length()).put(address.getBytes(StandardCharsets.US_ASCII));
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    static String text(byte[] content, byte[] mac) {
        ByteBuffer out = ByteBuffer.allocate(content.length + MAC_BYTES + CHECKSUM_BYTES);
        out.put(content).put(mac);
        out.putInt(checksum(out.array(), out.position()));
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
    }

    /**
     * Takes a text apart.
     *
     * @throws MalformedTokenException if it is no token; there is one text for each token
     */
    public static Parsed parse(String text) throws MalformedTokenException {
        if (text.length() > MAX_LENGTH || !text.startsWith(PREFIX)) {
            throw new MalformedTokenException("no text of a token");
        }
        byte[] bytes = decode(text.substring(PREFIX.length()));
        int end = bytes.length - CHECKSUM_BYTES - MAC_BYTES;
        if (end < 0 || ByteBuffer.wrap(bytes).getInt(end + MAC_BYTES) != checksum(bytes, end + MAC_BYTES)) {
            throw new MalformedTokenException("mistyped or cut off");
        }
        byte[] content = Arrays.copyOf(bytes, end);
        byte[] mac = Arrays.copyOfRange(bytes, end, end + MAC_BYTES);
        try {
            ByteBuffer in = ByteBuffer.wrap(content);
            if (in.get() != VERSION) {
                throw new MalformedTokenException("another version");
            }
            int keyId = in.getInt();
            TokenClaims claims = claims(in);
            if (in.hasRemaining()) {
                throw new MalformedTokenException("bytes behind the addresses");
            }
            return new Parsed(keyId, claims, content, mac);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new MalformedTokenException("a field outside its range", e);
        }
    }

    private static byte[] decode(String base64) throws MalformedTokenException {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(base64);
            if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(base64)) {
                throw new MalformedTokenException("a second spelling");
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new MalformedTokenException("not Base64", e);
        }
    }

    private static TokenClaims claims(ByteBuffer in) throws MalformedTokenException {
        TokenId id = new TokenId(in.getLong(), in.getLong());
        Instant notBefore = Instant.ofEpochSecond(Integer.toUnsignedLong(in.getInt()));
        Instant expires = Instant.ofEpochSecond(Integer.toUnsignedLong(in.getInt()));
        Fingerprint root = Fingerprint.read(in);
        int keyLength = in.get();
        if (keyLength != 0 && keyLength != Fingerprint.BYTES) {
            throw new MalformedTokenException("a fingerprint of " + keyLength + " bytes");
        }
        Optional<Fingerprint> key = keyLength == 0 ? Optional.empty() : Optional.of(Fingerprint.read(in));
        ChaskiUri name = ChaskiUri.parse(ascii(in, Short.toUnsignedInt(in.getShort())));
        Duration maxLifetime = Duration.ofSeconds(Integer.toUnsignedLong(in.getInt()));
        int count = Byte.toUnsignedInt(in.get());
        if (count > TokenClaims.MAX_ADDRESSES) {
            throw new MalformedTokenException(count + " addresses");
        }
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            addresses.add(ascii(in, Byte.toUnsignedInt(in.get())));
        }
        return new TokenClaims(id, notBefore, expires, root, key, name, maxLifetime, addresses);
    }

    private static String ascii(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException(); // before anything of that size is made
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** No token, or not as we write them. */
    public static final class MalformedTokenException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedTokenException(String message) {
            super(message);
        }

        MalformedTokenException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
