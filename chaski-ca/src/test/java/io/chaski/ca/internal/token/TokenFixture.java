package io.chaski.ca.internal.token;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tokens for tests that do not care what is in them. */
public final class TokenFixture {

    private TokenFixture() {}

    public static TokenClaims claims(ChaskiUri name, Instant begin) {
        return new TokenClaims(
                new TokenId(1, 2),
                begin,
                begin.plus(TokenClaims.DEFAULT_VALIDITY),
                new Fingerprint(1, 2, 3, 4),
                Optional.empty(),
                name,
                Duration.ofDays(1),
                List.of());
    }
}
