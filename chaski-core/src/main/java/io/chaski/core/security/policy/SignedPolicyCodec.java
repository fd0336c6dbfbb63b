package io.chaski.core.security.policy;

import io.chaski.core.internal.module.DocumentSignature;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.policy.PolicyRefusedException.Problem;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes and reads signed policies; docs/protocol.md, section 13, defines the bytes. */
final class SignedPolicyCodec {

    private static final int FORM = 1;

    private SignedPolicyCodec() {}

    static byte[] write(byte[] text, List<X509Certificate> chain, byte[] signature) {
        return new FieldWriter()
                .u8(FORM)
                .i32(text.length)
                .bytes(text)
                .certificates(chain)
                .block(signature)
                .toBytes();
    }

    static SignedPolicy read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (unsignedByte(in) != FORM) {
            throw malformed("of another form");
        }
        need(in, Integer.BYTES);
        byte[] text = take(in, in.getInt(), Policy.MAX_BYTES);
        List<X509Certificate> chain = certificates(in);
        byte[] signature = take(in, unsignedShort(in), DocumentSignature.MAX_BYTES);
        if (in.hasRemaining()) {
            throw malformed(in.remaining() + " bytes behind it");
        }
        return new SignedPolicy(text, chain, signature);
    }

    private static List<X509Certificate> certificates(ByteBuffer in) {
        int count = unsignedByte(in);
        if (count < 1 || count > CertificateVerifier.MAX_CHAIN_LENGTH) {
            throw malformed(count + " certificates");
        }
        List<X509Certificate> chain = new ArrayList<>();
        int left = CertificateVerifier.MAX_CHAIN_BYTES;
        for (int i = 0; i < count; i++) {
            byte[] der = take(in, unsignedShort(in), left);
            left -= der.length;
            chain.add(certificate(der));
        }
        return chain;
    }

    private static X509Certificate certificate(byte[] der) {
        try {
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (!Arrays.equals(certificate.getEncoded(), der)) {
                throw malformed("a certificate in another spelling");
            }
            return certificate;
        } catch (CertificateException e) {
            throw new PolicyRefusedException(Problem.MALFORMED, "not a certificate", e);
        }
    }

    private static int unsignedByte(ByteBuffer in) {
        need(in, Byte.BYTES);
        return Byte.toUnsignedInt(in.get());
    }

    private static int unsignedShort(ByteBuffer in) {
        need(in, Short.BYTES);
        return Short.toUnsignedInt(in.getShort());
    }

    /** Takes bytes whose number was announced; nothing is allocated for what is not there. */
    private static byte[] take(ByteBuffer in, int length, int limit) {
        if (length < 1 || length > limit) {
            throw malformed("a part of " + length + " bytes, where 1 to " + limit + " may be");
        }
        need(in, length);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void need(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            throw malformed("it ends too soon");
        }
    }

    private static PolicyRefusedException malformed(String detail) {
        return new PolicyRefusedException(Problem.MALFORMED, detail);
    }
}
