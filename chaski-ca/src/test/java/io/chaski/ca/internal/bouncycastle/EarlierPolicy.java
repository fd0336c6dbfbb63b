package io.chaski.ca.internal.bouncycastle;

import io.chaski.core.internal.module.DocumentSignature;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.security.policy.SignedPolicy;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;

/** A policy that versions before have signed and this one does not: patterns come twice in a list. */
public final class EarlierPolicy {

    /** Version 7; calls of {@code turbine/stop} are allowed twice, and denied twice. */
    public static final String TEXT = "{\"version\":7,\"domain\":\"plant-7.example\",\"roles\":{\"mill\":{"
            + "\"match\":[\"chaski://plant-7.example/node/*\",\"chaski://plant-7.example/node/*\"],"
            + "\"publish\":[\"speed\",\"heat\",\"speed\"],\"rpc.call\":[\"turbine/stop\",\"turbine/stop\"],"
            + "\"deny\":{\"rpc.call\":[\"turbine/stop\",\"turbine/stop\"]}}}}";

    private EarlierPolicy() {}

    public static SignedPolicy signed(KeyPair keys, List<X509Certificate> chain) {
        byte[] text = TEXT.getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] signature = DocumentSignature.make("chaski-policy-v1", text, keys.getPrivate(), keys.getPublic());
            return SignedPolicy.read(new FieldWriter()
                    .u8(1)
                    .bytes32(text)
                    .certificates(chain)
                    .bytes16(signature)
                    .toBytes());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
