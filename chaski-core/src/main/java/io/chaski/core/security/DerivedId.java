package io.chaski.core.security;

import io.chaski.core.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Turns the name of an identity into the id of its node. */
final class DerivedId {

    private DerivedId() {}

    /**
     * The first 16 bytes of {@code SHA-256(context 00 name)}.
     *
     * @param context keeps names of different kinds apart
     * @param name in plain ASCII
     */
    static NodeId of(String context, String name) {
        MessageDigest digest = Fingerprint.digest();
        digest.update(context.getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) 0);
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.US_ASCII)));
        return new NodeId(hash.getLong(), hash.getLong());
    }
}
