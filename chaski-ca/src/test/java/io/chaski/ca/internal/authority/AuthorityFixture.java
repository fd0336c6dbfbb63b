package io.chaski.ca.internal.authority;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.authority.Authority.Settings;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.journal.Journal;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import io.chaski.ca.internal.token.ProvisionerKeys;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** An authority on a simulated disk, in virtual time. */
final class AuthorityFixture {

    static final Path DIRECTORY = Path.of("/ca");
    static final ChaskiUri MILL = TestAuthority.MILL;
    static final RemoteHost HOST = new RemoteHost("10.0.0.7", true);

    /** Made once: keys cost time and nothing changes them. */
    static final TestAuthority KEYS = new TestAuthority(20);

    /** Key pairs for nodes, for the same reason. */
    static final List<KeyPair> NODES = List.of(KeyPairs.generate(), KeyPairs.generate(), KeyPairs.generate());

    static final ProvisionerKeys TOKEN_KEYS = ProvisionerKeys.generate(new Random(21));
    static final Duration LIFETIME = Duration.ofDays(1);

    SimulatedDisk disk = new SimulatedDisk();
    Duration allowedExpired = Duration.ZERO;
    Instant time = TestAuthority.NOW;
    long nanos = 5_000_000_000L;
    final Random random;
    Authority authority;
    Ledger ledger;

    AuthorityFixture(long seed) throws IOException {
        random = new Random(seed);
        Journal.create(disk, DIRECTORY).close();
        disk.forceDirectory(DIRECTORY);
        restart();
    }

    /** What a new process would know. */
    void restart() throws IOException {
        ledger = new Ledger(allowedExpired);
        Journal journal = Journal.open(disk, DIRECTORY, this::learn);
        authority = new Authority(
                new Settings(
                        TestAuthority.DOMAIN, LIFETIME, allowedExpired, List.of(KEYS.root), List.of("ca.example:8520")),
                TOKEN_KEYS,
                journal,
                ledger,
                random);
        authority.unlock(KEYS.authority);
    }

    private void learn(JournalRecord record) {
        try {
            ledger.apply(record);
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
    }

    Moment now() {
        return new Moment(time, nanos);
    }

    /** Time goes on, by both clocks. */
    void advance(Duration duration) {
        time = time.plus(duration);
        nanos += duration.toNanos();
    }

    String token() {
        return token(MILL);
    }

    String token(ChaskiUri name) {
        return authority.createToken(name, Optional.empty(), Duration.ofMinutes(15), LIFETIME, now());
    }

    /** Enrols a while after whoever was before, so that no limit is in the way. */
    Reply enrol(String token, KeyPair keys) {
        return enrol(token, CertificateRequest.write(keys, MILL));
    }

    Reply enrol(String token, byte[] request) {
        advance(Duration.ofSeconds(2));
        return authority.enrol(Request.enrol(token, time, request), HOST, now());
    }

    Reply renew(Identity current, KeyPair keys) {
        advance(Duration.ofMinutes(2));
        return authority.renew(
                current, Request.renew(time, CertificateRequest.write(keys, current.uri())), HOST, now());
    }

    /** Who a node is with what it was given, as its peers see it. */
    Identity identity(Reply reply) {
        X509Certificate leaf = ((Reply.Granted) reply).leaf();
        return KEYS.verifier().verify(KEYS.chain(leaf), Side.CLIENT, time);
    }

    /** Who has a certificate that was given out. */
    Identity identity(IssuedCertificate issued) {
        return KEYS.verifier().verify(KEYS.chain(issued.certificate()), Side.CLIENT, time);
    }

    /** A certificate that ends a minute ago tomorrow, as it is in the journal; what it is made of nobody looks at. */
    void issued(ChaskiUri name, BigInteger serial) {
        learn(new JournalRecord(
                Event.ISSUED,
                time,
                Map.of(
                        "uri", name.toString(),
                        "key", Fingerprint.of(serial.toByteArray()).toString(),
                        "serial", serial.toString(16),
                        "notAfter", time.plus(LIFETIME).minusSeconds(60).toString(),
                        "usage", LeafUsage.BOTH.name(),
                        "certificate", "")));
    }

    /** Records that tell the ledger nothing but that time has passed. */
    void fill(int records) {
        for (int i = 0; i < records; i++) {
            learn(new JournalRecord(Event.REFUSED, time, Map.of()));
        }
    }

    /** The last record that was there when a certificate was signed, by what the certificate says. */
    JournalRecord recordBefore(X509Certificate leaf) throws IOException {
        return records().get(Math.toIntExact(TestAuthority.issuance(leaf)) - 1);
    }

    /** All that was ever recorded. */
    List<JournalRecord> records() throws IOException {
        List<JournalRecord> records = new ArrayList<>();
        Journal.open(disk, DIRECTORY, records::add).close();
        return records;
    }
}
