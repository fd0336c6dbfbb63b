package io.chaski.core.security.policy;

import io.chaski.core.internal.module.DocumentSignature;
import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.policy.PolicyRefusedException.Problem;
import java.security.cert.X509Certificate;
import java.util.List;

/** Writes and reads signed policies; docs/protocol.md, section 13, defines the bytes. */
final class SignedPolicyCodec {

    private static final int FORM = 1;

    private SignedPolicyCodec() {}

    static byte[] write(byte[] text, List<X509Certificate> chain, byte[] signature) {
        return new FieldWriter()
                .u8(FORM)
                .bytes32(text)
                .certificates(chain)
                .bytes16(signature)
                .toBytes();
    }

    static SignedPolicy read(byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        try {
            if (in.u8() != FORM) {
                throw new PolicyRefusedException(Problem.MALFORMED, "of another form");
            }
            byte[] text = in.bytes(in.i32(), Policy.MAX_BYTES);
            List<X509Certificate> chain =
                    in.certificates(CertificateVerifier.MAX_CHAIN_LENGTH, CertificateVerifier.MAX_CHAIN_BYTES);
            byte[] signature = in.bytes(in.u16(), DocumentSignature.MAX_BYTES);
            in.end();
            return new SignedPolicy(text, chain, signature);
        } catch (MalformedFieldsException e) {
            throw new PolicyRefusedException(Problem.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }
}
