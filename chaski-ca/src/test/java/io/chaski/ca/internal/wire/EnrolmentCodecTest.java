package io.chaski.ca.internal.wire;

import static io.chaski.ca.internal.bouncycastle.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.wire.EnrolmentCodec.MalformedMessageException;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.policy.SignedPolicy;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EnrolmentCodecTest {

    private static final TestAuthority AUTHORITY = new TestAuthority(12);
    private static final KeyPair KEYS = KeyPairs.generate();
    private static final byte[] CSR = CertificateRequest.write(KEYS, TestAuthority.MILL);
    private static final Reply.Granted GRANTED = new Reply.Granted(
            AUTHORITY.leaf(KEYS.getPublic(), LeafUsage.BOTH),
            AUTHORITY.issuing,
            List.of(AUTHORITY.root, new TestAuthority(13).root),
            7,
            new TestAuthority(14).issuing,
            AUTHORITY.authority.sign(3, NOW, NOW.plusSeconds(60), Map.of(BigInteger.TEN, NOW)),
            List.of("ca.plant-7.example:8520", "10.0.0.7:8520"),
            NOW,
            Optional.of(AUTHORITY.authority.sign(TestAuthority.DOMAIN, 7, List.of(AUTHORITY.root))),
            Optional.of(policy()));

    private static SignedPolicy policy() {
        ChaskiUri ana = ChaskiUri.parse("chaski://plant-7.example/admin/ana");
        X509Certificate signer = AUTHORITY.leaf(ana, KEYS.getPublic(), LeafUsage.BOTH, NOW.plusSeconds(60));
        byte[] text = "{\"version\":7,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.US_ASCII);
        return SignedPolicy.sign(text, KEYS.getPrivate(), AUTHORITY.chain(signer));
    }

    @Nested
    class Requests {
        @Test
        void come_back() throws MalformedMessageException {
            Request enrol = EnrolmentCodec.readRequest(EnrolmentCodec.write(Request.enrol("chk1.AAAA", NOW, CSR)));
            Request renew = EnrolmentCodec.readRequest(EnrolmentCodec.write(Request.renew(NOW, CSR)));

            assertThat(enrol.token()).contains("chk1.AAAA");
            assertThat(enrol.clientTime()).isEqualTo(NOW);
            assertThat(enrol.certificateRequest()).isEqualTo(CSR);
            assertThat(renew.token()).isEmpty();
            assertThat(renew.clientTime()).isEqualTo(NOW);
            assertThat(renew.certificateRequest()).isEqualTo(CSR);
        }

        @Test
        void are_these_bytes() {
            assertThat(HexFormat.of()
                            .formatHex(EnrolmentCodec.write(Request.enrol("chk1.AAAA", NOW, new byte[] {48, 0}))))
                    .isEqualTo("01" + "01" + "000000006b081f40" + "0009" + "63686b312e41414141" + "0002" + "3000");
            assertThat(HexFormat.of().formatHex(EnrolmentCodec.write(Request.renew(NOW, new byte[] {48, 0}))))
                    .isEqualTo("01" + "02" + "000000006b081f40" + "0002" + "3000");
        }

        @Test
        void above_16_KiB_are_refused() {
            assertMalformedRequest(new byte[EnrolmentCodec.MAX_REQUEST_BYTES + 1]);
        }

        @Test
        void cut_anywhere_or_with_a_byte_behind_them_are_refused() {
            byte[] request = EnrolmentCodec.write(Request.enrol("chk1.AAAA", NOW, CSR));
            for (int length = 0; length < request.length; length++) {
                assertMalformedRequest(Arrays.copyOf(request, length));
            }
            assertMalformedRequest(Arrays.copyOf(request, request.length + 1));
        }

        @Test
        void of_another_version_or_kind_or_time_are_refused() {
            byte[] request = EnrolmentCodec.write(Request.renew(NOW, CSR));
            for (int i = 0; i < 2; i++) {
                byte[] other = request.clone();
                other[i] = 9;
                assertMalformedRequest(other);
            }
            byte[] never = request.clone();
            never[2] = 0x7F;
            assertMalformedRequest(never);
        }

        @Test
        void that_announce_more_than_there_is_or_may_be_are_refused() {
            assertMalformedRequest(HexFormat.of().parseHex("0102" + "00".repeat(8) + "ffff" + "00"));
            assertMalformedRequest(HexFormat.of().parseHex("0101" + "00".repeat(8) + "ffff" + "00"));
            assertMalformedRequest(HexFormat.of()
                    .parseHex("0102" + "00".repeat(8) + "2001" + "00".repeat(CertificateRequest.MAX_BYTES + 1)));
        }

        @Test
        void what_a_fuzzer_makes_of_them_is_read_or_refused() {
            byte[] request = EnrolmentCodec.write(Request.enrol("chk1.AAAA", NOW, CSR));
            Random random = new Random(14);
            int refused = 0;
            for (int i = 0; i < 5_000; i++) {
                byte[] mutated = mutate(request, 40, random);
                try {
                    EnrolmentCodec.readRequest(mutated);
                } catch (MalformedMessageException e) {
                    refused++;
                }
            }
            assertThat(refused).isBetween(200, 4_999);
        }

        private void assertMalformedRequest(byte[] bytes) {
            assertThatThrownBy(() -> EnrolmentCodec.readRequest(bytes)).isInstanceOf(MalformedMessageException.class);
        }
    }

    @Nested
    class Replies {
        @Test
        void come_back() throws MalformedMessageException {
            byte[] bytes = EnrolmentCodec.write(GRANTED);
            Reply.Granted again = (Reply.Granted) EnrolmentCodec.readReply(bytes);
            assertThat(withoutDocuments(again)).isEqualTo(withoutDocuments(GRANTED));
            assertThat(again.bundle().orElseThrow().toBytes())
                    .isEqualTo(GRANTED.bundle().orElseThrow().toBytes());
            assertThat(again.policy().orElseThrow().toBytes())
                    .isEqualTo(GRANTED.policy().orElseThrow().toBytes());
            assertThat(EnrolmentCodec.write(again)).isEqualTo(bytes);
            for (EnrolmentProblem problem : EnrolmentProblem.values()) {
                Reply refused = new Reply.Refused(problem, Duration.ofSeconds(5), NOW);
                assertThat(EnrolmentCodec.readReply(EnrolmentCodec.write(refused)))
                        .isEqualTo(refused);
            }
        }

        private static Reply.Granted withoutDocuments(Reply.Granted all) {
            return new Reply.Granted(
                    all.leaf(),
                    all.issuing(),
                    all.roots(),
                    all.bundleVersion(),
                    all.lister(),
                    all.revocations(),
                    all.addresses(),
                    all.serverTime(),
                    Optional.empty(),
                    Optional.empty());
        }

        /** What nodes of before read: the same without the two documents at the end. */
        @Test
        void of_the_first_version_come_back_without_what_they_cannot_carry() throws MalformedMessageException {
            byte[] first = EnrolmentCodec.write(GRANTED, 1);
            byte[] second = EnrolmentCodec.write(GRANTED, 2);

            assertThat(EnrolmentCodec.readReply(first)).isEqualTo(withoutDocuments(GRANTED));
            assertThat(first[0]).isEqualTo((byte) 1);
            assertThat(Arrays.copyOfRange(second, 1, first.length))
                    .isEqualTo(Arrays.copyOfRange(first, 1, first.length));
        }

        @Test
        void without_documents_say_so() throws MalformedMessageException {
            Reply.Granted none = withoutDocuments(GRANTED);

            assertThat(EnrolmentCodec.readReply(EnrolmentCodec.write(none))).isEqualTo(none);
        }

        @Test
        void that_refuse_have_these_bytes_and_one_length() {
            assertThat(HexFormat.of()
                            .formatHex(EnrolmentCodec.write(
                                    new Reply.Refused(EnrolmentProblem.RATE_LIMITED, Duration.ofSeconds(2), NOW))))
                    .isEqualTo("01" + "02" + "000000006b081f40" + "09" + "00000002");
            Set<Integer> lengths = new HashSet<>();
            for (EnrolmentProblem problem : EnrolmentProblem.values()) {
                lengths.add(EnrolmentCodec.write(new Reply.Refused(problem, Duration.ZERO, NOW)).length);
            }
            assertThat(lengths).containsExactly(15);
        }

        @Test
        void have_codes_of_their_own() {
            Set<Integer> codes = new HashSet<>();
            for (EnrolmentProblem problem : EnrolmentProblem.values()) {
                codes.add(problem.code());
            }
            assertThat(codes).hasSameSizeAs(EnrolmentProblem.values());
        }

        @Test
        void cut_anywhere_or_with_a_byte_behind_them_are_refused() {
            byte[] reply = EnrolmentCodec.write(GRANTED);
            for (int length = 0; length < reply.length; length += 3) {
                assertMalformedReply(Arrays.copyOf(reply, length));
            }
            assertMalformedReply(Arrays.copyOf(reply, reply.length + 1));
            assertMalformedReply(new byte[EnrolmentCodec.MAX_REPLY_BYTES + 1]);
        }

        @Test
        void with_an_unknown_problem_are_refused() {
            assertMalformedReply(HexFormat.of().parseHex("0102" + "00".repeat(8) + "ff" + "00000000"));
        }

        @Test
        void what_a_fuzzer_makes_of_them_is_read_or_refused() {
            byte[] reply = EnrolmentCodec.write(GRANTED);
            Random random = new Random(15);
            int refused = 0;
            for (int i = 0; i < 400; i++) {
                byte[] mutated = mutate(reply, reply.length, random);
                try {
                    EnrolmentCodec.readReply(mutated);
                } catch (MalformedMessageException e) {
                    refused++;
                }
            }
            assertThat(refused).isBetween(20, 399);
        }

        private void assertMalformedReply(byte[] bytes) {
            assertThatThrownBy(() -> EnrolmentCodec.readReply(bytes)).isInstanceOf(MalformedMessageException.class);
        }
    }

    private static byte[] mutate(byte[] message, int within, Random random) {
        byte[] mutated = Arrays.copyOf(message, message.length - random.nextInt(2));
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            mutated[random.nextInt(Math.min(within, mutated.length))] = (byte) random.nextInt();
        }
        return mutated;
    }
}
