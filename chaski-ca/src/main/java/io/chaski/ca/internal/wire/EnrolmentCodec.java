package io.chaski.ca.internal.wire;

import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.token.TokenCodec;
import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bytes of docs/enrolment.md. Compares every length with what is there before it makes anything of it. */
public final class EnrolmentCodec {

    /** Longest request: a token, a certificate request, and what is around them. */
    public static final int MAX_REQUEST_BYTES = 16 << 10;

    /** Longest reply: the longest revocation list, the longest policy, and what is around them. */
    public static final int MAX_REPLY_BYTES = RevocationList.MAX_BYTES + SignedPolicy.MAX_BYTES + (128 << 10);

    /** Newest version of a reply; requests have but one. */
    public static final int REPLY_VERSION = 2;

    private static final int VERSION = 1;
    private static final int ENROL = 1;
    private static final int RENEW = 2;
    private static final int GRANTED = 1;
    private static final int REFUSED = 2;
    private static final int MAX_CERTIFICATE_BYTES = 4 << 10;
    private static final int MAX_ROOTS = 4;
    private static final int MAX_ADDRESSES = 4;

    private EnrolmentCodec() {}

    /** Writes a request. */
    public static byte[] write(Request request) {
        return bytes(out -> {
            out.writeByte(VERSION);
            out.writeByte(request.token().isPresent() ? ENROL : RENEW);
            out.writeLong(request.clientTime().getEpochSecond());
            if (request.token().isPresent()) {
                writeBlock(out, request.token().get().getBytes(StandardCharsets.US_ASCII));
            }
            writeBlock(out, request.certificateRequest());
        });
    }

    /**
     * Reads a request.
     *
     * @throws MalformedMessageException if it is none
     */
    public static Request readRequest(byte[] bytes) throws MalformedMessageException {
        if (bytes.length > MAX_REQUEST_BYTES) {
            throw new MalformedMessageException("a request of " + bytes.length + " bytes");
        }
        return read(bytes, VERSION, (in, version) -> {
            int kind = in.get();
            Instant clientTime = Instant.ofEpochSecond(in.getLong());
            if (kind == ENROL) {
                String token = ascii(block(in, TokenCodec.MAX_LENGTH));
                return Request.enrol(token, clientTime, block(in, CertificateRequest.MAX_BYTES));
            }
            if (kind == RENEW) {
                return Request.renew(clientTime, block(in, CertificateRequest.MAX_BYTES));
            }
            throw new MalformedMessageException("a request of kind " + kind);
        });
    }

    /** Writes a reply of the newest version. */
    public static byte[] write(Reply reply) {
        return write(reply, REPLY_VERSION);
    }

    /**
     * Writes a reply. Refusals are the same in all versions.
     *
     * @param version that the node reads, 1 to {@link #REPLY_VERSION}
     */
    public static byte[] write(Reply reply, int version) {
        return bytes(out -> {
            if (reply instanceof Reply.Refused refused) {
                out.writeByte(VERSION);
                out.writeByte(REFUSED);
                out.writeLong(refused.serverTime().getEpochSecond());
                out.writeByte(refused.problem().code());
                out.writeInt(Math.toIntExact(refused.retryAfter().toSeconds()));
            } else if (reply instanceof Reply.Granted granted) {
                out.writeByte(version);
                out.writeByte(GRANTED);
                out.writeLong(granted.serverTime().getEpochSecond());
                writeGranted(out, granted);
                if (version > VERSION) {
                    writeDocument(out, granted.bundle().map(SignedBundle::toBytes));
                    writeDocument(out, granted.policy().map(SignedPolicy::toBytes));
                }
            }
        });
    }

    private static void writeGranted(DataOutputStream out, Reply.Granted granted) throws IOException {
        try {
            writeBlock(out, granted.leaf().getEncoded());
            writeBlock(out, granted.issuing().getEncoded());
            out.writeLong(granted.bundleVersion());
            out.writeByte(granted.roots().size());
            for (X509Certificate root : granted.roots()) {
                writeBlock(out, root.getEncoded());
            }
            writeBlock(out, granted.lister().getEncoded());
            byte[] revocations = granted.revocations().getEncoded();
            out.writeInt(revocations.length);
            out.write(revocations);
            out.writeByte(granted.addresses().size());
            for (String address : granted.addresses()) {
                writeBlock(out, address.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (CertificateException | CRLException e) {
            throw new IllegalStateException("a certificate of our own without an encoding", e);
        }
    }

    /**
     * Reads a reply. Nothing in it was checked but its form.
     *
     * @throws MalformedMessageException if it is none
     */
    public static Reply readReply(byte[] bytes) throws MalformedMessageException {
        if (bytes.length > MAX_REPLY_BYTES) {
            throw new MalformedMessageException("a reply of " + bytes.length + " bytes");
        }
        return read(bytes, REPLY_VERSION, (in, version) -> {
            int kind = in.get();
            Instant serverTime = Instant.ofEpochSecond(in.getLong());
            if (kind == REFUSED) {
                EnrolmentProblem problem = problem(Byte.toUnsignedInt(in.get()));
                return new Reply.Refused(problem, Duration.ofSeconds(Integer.toUnsignedLong(in.getInt())), serverTime);
            }
            if (kind == GRANTED) {
                return granted(in, serverTime, version);
            }
            throw new MalformedMessageException("a reply of kind " + kind);
        });
    }

    private static Reply granted(ByteBuffer in, Instant serverTime, int version) throws MalformedMessageException {
        X509Certificate leaf = certificate(in);
        X509Certificate issuing = certificate(in);
        long bundleVersion = in.getLong();
        int rootCount = count(in, 1, MAX_ROOTS);
        List<X509Certificate> roots = new ArrayList<>();
        for (int i = 0; i < rootCount; i++) {
            roots.add(certificate(in));
        }
        X509Certificate lister = certificate(in);
        X509CRL revocations = revocations(bytes(in, in.getInt(), RevocationList.MAX_BYTES));
        int addressCount = count(in, 0, MAX_ADDRESSES);
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < addressCount; i++) {
            addresses.add(ascii(block(in, 255)));
        }
        boolean hasDocuments = version > VERSION;
        return new Reply.Granted(
                leaf,
                issuing,
                roots,
                bundleVersion,
                lister,
                revocations,
                addresses,
                serverTime,
                hasDocuments ? bundle(document(in, SignedBundle.MAX_BYTES)) : Optional.empty(),
                hasDocuments ? policy(document(in, SignedPolicy.MAX_BYTES)) : Optional.empty());
    }

    private static void writeDocument(DataOutputStream out, Optional<byte[]> document) throws IOException {
        byte[] bytes = document.orElse(new byte[0]);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] document(ByteBuffer in, int max) throws MalformedMessageException {
        return bytes(in, in.getInt(), max);
    }

    private static Optional<SignedBundle> bundle(byte[] bytes) throws MalformedMessageException {
        try {
            return bytes.length == 0 ? Optional.empty() : Optional.of(SignedBundle.read(bytes));
        } catch (BundleRefusedException e) {
            throw new MalformedMessageException("a set of roots that is none", e);
        }
    }

    private static Optional<SignedPolicy> policy(byte[] bytes) throws MalformedMessageException {
        try {
            return bytes.length == 0 ? Optional.empty() : Optional.of(SignedPolicy.read(bytes));
        } catch (PolicyRefusedException e) {
            throw new MalformedMessageException("a policy that is none", e);
        }
    }

    private static EnrolmentProblem problem(int code) throws MalformedMessageException {
        for (EnrolmentProblem problem : EnrolmentProblem.values()) {
            if (problem.code() == code) {
                return problem;
            }
        }
        throw new MalformedMessageException("a problem with the code " + code);
    }

    private static X509Certificate certificate(ByteBuffer in) throws MalformedMessageException {
        byte[] der = block(in, MAX_CERTIFICATE_BYTES);
        try {
            return JdkCertificates.read(der);
        } catch (CertificateException e) {
            throw new MalformedMessageException("a certificate that is none", e);
        }
    }

    private static X509CRL revocations(byte[] der) throws MalformedMessageException {
        try {
            return JdkCertificates.readList(der);
        } catch (CRLException e) {
            throw new MalformedMessageException("a revocation list that is none", e);
        }
    }

    private static int count(ByteBuffer in, int min, int max) throws MalformedMessageException {
        int count = Byte.toUnsignedInt(in.get());
        if (count < min || count > max) {
            throw new MalformedMessageException(count + " entries in a list of " + min + " to " + max);
        }
        return count;
    }

    private static byte[] block(ByteBuffer in, int max) throws MalformedMessageException {
        return bytes(in, Short.toUnsignedInt(in.getShort()), max);
    }

    private static byte[] bytes(ByteBuffer in, int length, int max) throws MalformedMessageException {
        if (length < 0 || length > max || length > in.remaining()) {
            throw new MalformedMessageException("a field of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String ascii(byte[] bytes) throws MalformedMessageException {
        for (byte each : bytes) {
            if (each <= ' ' || each == 127) {
                throw new MalformedMessageException("a text with odd characters");
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static void writeBlock(DataOutputStream out, byte[] block) throws IOException {
        if (block.length > 0xFFFF) {
            throw new IllegalArgumentException("a field of " + block.length + " bytes");
        }
        out.writeShort(block.length);
        out.write(block);
    }

    /** Writes the fields of a message. */
    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    /** Reads the fields of a message. */
    private interface Reading<T> {
        T from(ByteBuffer in, int version) throws MalformedMessageException;
    }

    private static byte[] bytes(Writing message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            message.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes, int newest, Reading<T> reading) throws MalformedMessageException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            int version = in.get();
            if (version < VERSION || version > newest) {
                throw new MalformedMessageException("another version");
            }
            T message = reading.from(in, version);
            if (in.hasRemaining()) {
                throw new MalformedMessageException(in.remaining() + " bytes behind the last field");
            }
            return message;
        } catch (BufferUnderflowException | DateTimeException e) {
            throw new MalformedMessageException("ends within a field, or a time that is none", e);
        }
    }

    /** No message, or not as we write them. Whoever sent it gets no answer. */
    public static final class MalformedMessageException extends Exception {
        private static final long serialVersionUID = 1L;

        /** Without a cause. */
        public MalformedMessageException(String message) {
            super(message);
        }

        /** With a cause. */
        public MalformedMessageException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
