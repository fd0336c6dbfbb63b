package io.chaski.ca.internal.wire;

import java.time.Instant;
import java.util.Optional;

/** What a node asks: its first certificate with a token, the next one without. Nothing in it was checked. Immutable. */
public final class Request {

    private final Optional<String> token;
    private final Instant clientTime;
    private final byte[] certificateRequest;

    private Request(Optional<String> token, Instant clientTime, byte[] certificateRequest) {
        this.token = token;
        this.clientTime = clientTime;
        this.certificateRequest = certificateRequest.clone();
    }

    /** The first certificate. */
    public static Request enrol(String token, Instant clientTime, byte[] certificateRequest) {
        return new Request(Optional.of(token), clientTime, certificateRequest);
    }

    /** The next one. */
    public static Request renew(Instant clientTime, byte[] certificateRequest) {
        return new Request(Optional.empty(), clientTime, certificateRequest);
    }

    /** The text of the token; empty when a certificate is to be renewed. */
    public Optional<String> token() {
        return token;
    }

    /** The clock of the node, whole seconds. */
    public Instant clientTime() {
        return clientTime;
    }

    /** Claims to be PKCS #10 in DER. */
    public byte[] certificateRequest() {
        return certificateRequest.clone();
    }
}
