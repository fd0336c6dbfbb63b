package io.chaski.ca.internal.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.internal.token.TokenCodec.MalformedTokenException;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TokenTest {

    private static final Instant BEGIN = Instant.parse("2026-11-26T12:00:00Z");
    private static final ChaskiUri MILL = ChaskiUri.parse("chaski://plant-7.example/node/mill-3");

    /** Key number 0x01020304, key 32 bytes 0x0b: that of the vector in docs/enrolment.md. */
    private static final ProvisionerKeys KEYS =
            ProvisionerKeys.read(HexFormat.of().parseHex("01020304" + "0b".repeat(32)));

    private static TokenClaims claims(Optional<Fingerprint> key, List<String> addresses) {
        return new TokenClaims(
                new TokenId(0x1011121314151617L, 0x18191a1b1c1d1e1fL),
                BEGIN,
                BEGIN.plus(TokenClaims.DEFAULT_VALIDITY),
                Fingerprint.parse("ab".repeat(32)),
                key,
                MILL,
                Duration.ofDays(1),
                addresses);
    }

    private static final TokenClaims CLAIMS = claims(Optional.empty(), List.of("ca.plant-7.example:8520"));

    /** Computed with Python's struct, hmac, zlib and base64. */
    private static final String GOLDEN =
            "chk1.AQECAwQQERITFBUWFxgZGhscHR4fawgfQGsIIsSrq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwAAJ"
                    + "GNoYXNraTovL3BsYW50LTcuZXhhbXBsZS9ub2RlL21pbGwtMwABUYABF2NhLnBsYW50LTcuZXhhbXBsZTo4NTIwypb"
                    + "OKJRtW5v3e1vuH7I9rbZTO9tumRBPCUeVVL-GkmuxUKLk";

    @Nested
    class A_token {
        @Test
        void is_the_same_text_everywhere() {
            assertThat(KEYS.sign(CLAIMS)).isEqualTo(GOLDEN);
        }

        @Test
        void says_what_it_was_made_of() throws MalformedTokenException {
            for (TokenClaims claims : List.of(
                    CLAIMS,
                    claims(Optional.of(Fingerprint.parse("cd".repeat(32))), List.of()),
                    claims(Optional.empty(), Collections.nCopies(4, "x".repeat(255))))) {
                TokenCodec.Parsed parsed = TokenCodec.parse(KEYS.sign(claims));

                assertThat(parsed.claims()).isEqualTo(claims);
                assertThat(KEYS.isAuthentic(parsed)).isTrue();
            }
        }

        @Test
        void is_short_enough_to_paste() {
            assertThat(GOLDEN).hasSizeLessThan(310).matches("chk1\\.[A-Za-z0-9_-]+");
        }

        @Test
        void may_have_the_longest_of_everything() throws MalformedTokenException {
            String segments = String.join("/", Collections.nCopies(7, "x".repeat(64)));
            ChaskiUri longest = ChaskiUri.parse(
                    "chaski://" + "a".repeat(ChaskiUri.MAX_LENGTH - 15 - segments.length()) + "/node/" + segments);
            TokenClaims claims = new TokenClaims(
                    CLAIMS.id(),
                    BEGIN,
                    BEGIN.plus(TokenClaims.MAX_VALIDITY),
                    CLAIMS.root(),
                    Optional.of(CLAIMS.root()),
                    longest,
                    Duration.ofSeconds(0xFFFF_FFFFL),
                    Collections.nCopies(4, "x".repeat(255)));

            String text = KEYS.sign(claims);

            assertThat(text).hasSize(TokenCodec.MAX_LENGTH);
            assertThat(TokenCodec.parse(text).claims()).isEqualTo(claims);
        }

        @Test
        void of_another_authority_is_not_authentic() throws MalformedTokenException {
            ProvisionerKeys sameNumber = ProvisionerKeys.read(HexFormat.of().parseHex("01020304" + "0c".repeat(32)));
            ProvisionerKeys otherNumber = ProvisionerKeys.read(HexFormat.of().parseHex("01020305" + "0b".repeat(32)));
            // What an unknown number is compared with, so that it takes as long.
            ProvisionerKeys zeros = ProvisionerKeys.read(HexFormat.of().parseHex("01020305" + "00".repeat(32)));
            for (ProvisionerKeys other : List.of(sameNumber, otherNumber, zeros)) {
                assertThat(KEYS.isAuthentic(TokenCodec.parse(other.sign(CLAIMS))))
                        .isFalse();
            }
        }

        @Test
        void of_the_key_before_is_authentic_still() throws MalformedTokenException {
            ProvisionerKeys both = ProvisionerKeys.read(
                    HexFormat.of().parseHex("01020304" + "0b".repeat(32) + "0a0b0c0d" + "0e".repeat(32)));

            assertThat(both.isAuthentic(TokenCodec.parse(GOLDEN))).isTrue();
            assertThat(KEYS.isAuthentic(TokenCodec.parse(both.sign(CLAIMS)))).isFalse();
            assertThat(ProvisionerKeys.read(both.toBytes()).sign(CLAIMS)).isEqualTo(both.sign(CLAIMS));
        }
    }

    /** Row 108 of the list of bad input. */
    @Nested
    class Refused_is {
        @Test
        void a_token_with_any_character_changed_or_missing() {
            for (int i = 0; i < GOLDEN.length(); i++) {
                char other = GOLDEN.charAt(i) == 'A' ? 'B' : 'A';
                assertMalformed(GOLDEN.substring(0, i) + other + GOLDEN.substring(i + 1));
                assertMalformed(GOLDEN.substring(0, i) + GOLDEN.substring(i + 1));
                assertMalformed(GOLDEN.substring(0, i));
            }
        }

        /** Whoever alters a token can also make its checksum right. */
        @Test
        void a_token_with_any_bit_flipped_and_the_checksum_made_right() {
            byte[] bytes = Base64.getUrlDecoder().decode(GOLDEN.substring(TokenCodec.PREFIX.length()));
            int end = bytes.length - 36;
            int parsed = 0;
            for (int bit = 0; bit < 8 * (bytes.length - 4); bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                String text = TokenCodec.text(Arrays.copyOf(flipped, end), Arrays.copyOfRange(flipped, end, end + 32));
                try {
                    assertThat(KEYS.isAuthentic(TokenCodec.parse(text)))
                            .as("bit %s", bit)
                            .isFalse();
                    parsed++;
                } catch (MalformedTokenException e) {
                    assertThat(e).hasMessageNotContaining("mill");
                }
            }
            assertThat(parsed).as("those that only the code gives away").isGreaterThan(500);
        }

        /** Bits of the last character that mean nothing are zero. */
        @Test
        void a_second_spelling() {
            String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            for (String address : List.of("a:1", "ab:1", "abc:1")) { // one, two and three bytes at the end
                String token = KEYS.sign(claims(Optional.empty(), List.of(address)));
                for (int last = 0; last < alphabet.length(); last++) {
                    String text = token.substring(0, token.length() - 1) + alphabet.charAt(last);
                    if (!text.equals(token)) {
                        assertMalformed(text);
                    }
                }
            }
            assertMalformed(GOLDEN + "=");
            assertMalformed(GOLDEN + "\n");
            assertMalformed(" " + GOLDEN);
        }

        @Test
        void a_token_that_announces_more_than_there_is() {
            byte[] content = TokenCodec.content(1, CLAIMS);
            int nameLength = 1 + 4 + 16 + 4 + 4 + 32 + 1;
            for (int announced : new int[] {0x7FFF, 0xFFFF, 513, content.length}) {
                byte[] lying = content.clone();
                ByteBuffer.wrap(lying).putShort(nameLength, (short) announced);
                assertMalformed(TokenCodec.text(lying, new byte[32]));
            }
            byte[] addresses = content.clone();
            addresses[nameLength + 2 + MILL.toString().length() + 4] = 5;
            assertMalformed(TokenCodec.text(addresses, new byte[32]));
        }

        @Test
        void a_token_with_bytes_behind_it() {
            byte[] content = TokenCodec.content(1, CLAIMS);

            assertMalformed(TokenCodec.text(Arrays.copyOf(content, content.length + 1), new byte[32]));
        }

        @Test
        void a_long_text_before_it_is_decoded() {
            assertMalformed("chk1." + "A".repeat(1 << 20));
        }

        @Test
        void what_a_fuzzer_makes_of_it() {
            byte[] content = TokenCodec.content(1, CLAIMS);
            Random random = new Random(108);
            int refused = 0;
            for (int i = 0; i < 5_000; i++) {
                byte[] mutated = Arrays.copyOf(content, Math.max(0, content.length + random.nextInt(9) - 6));
                for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                    mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
                }
                try {
                    TokenCodec.parse(TokenCodec.text(mutated, new byte[32]));
                } catch (MalformedTokenException e) {
                    refused++;
                }
            }
            assertThat(refused).isBetween(1_000, 4_999);
        }

        private void assertMalformed(String text) {
            assertThatThrownBy(() -> TokenCodec.parse(text)).isInstanceOf(MalformedTokenException.class);
        }
    }

    @Nested
    class Never_made_is {
        @Test
        void a_token_for_more_than_a_day_or_no_time() {
            assertOutOfRange(BEGIN.plus(Duration.ofHours(24)).plusSeconds(1), MILL, Duration.ofDays(1), List.of());
            assertOutOfRange(BEGIN, MILL, Duration.ofDays(1), List.of());
            assertOutOfRange(BEGIN.minusSeconds(1), MILL, Duration.ofDays(1), List.of());
            assertOutOfRange(BEGIN.plusNanos(5), MILL, Duration.ofDays(1), List.of());
        }

        @Test
        void a_token_for_the_identity_of_an_authority() {
            assertOutOfRange(
                    BEGIN.plusSeconds(60),
                    ChaskiUri.parse("chaski://plant-7.example/ca/one"),
                    Duration.ofDays(1),
                    List.of());
        }

        @Test
        void a_token_with_five_addresses_or_an_odd_one() {
            for (List<String> addresses : List.of(
                    Collections.nCopies(5, "a:1"),
                    List.of(""),
                    List.of("a b"),
                    List.of("\u00fc"),
                    List.of("x".repeat(256)))) {
                assertOutOfRange(BEGIN.plusSeconds(60), MILL, Duration.ofDays(1), addresses);
            }
        }

        @Test
        void a_token_for_a_certificate_of_no_life() {
            assertOutOfRange(BEGIN.plusSeconds(60), MILL, Duration.ZERO, List.of());
            assertOutOfRange(BEGIN.plusSeconds(60), MILL, Duration.ofSeconds(1L << 32), List.of());
        }

        private void assertOutOfRange(Instant expires, ChaskiUri name, Duration maxLifetime, List<String> addresses) {
            assertThatThrownBy(() -> new TokenClaims(
                            CLAIMS.id(), BEGIN, expires, CLAIMS.root(), Optional.empty(), name, maxLifetime, addresses))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void keys_print_no_secret() {
        assertThat(KEYS).hasToString("1 keys for tokens");
    }

    @Test
    void keys_are_drawn() {
        assertThat(ProvisionerKeys.generate(new Random(1)).sign(CLAIMS))
                .isNotEqualTo(ProvisionerKeys.generate(new Random(2)).sign(CLAIMS));
    }

    @Test
    void keys_of_another_length_are_refused() {
        for (int length : new int[] {0, 35, 37, 9 * 36}) {
            assertThatThrownBy(() -> ProvisionerKeys.read(new byte[length]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
