package io.chaski.ca.internal.authority;

import static io.chaski.ca.internal.authority.AuthorityFixture.MILL;
import static io.chaski.ca.internal.authority.AuthorityFixture.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A crash in the middle burns nothing, gives nobody anything twice, and forgets nothing that somebody was told. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CrashTest {

    /** What nodes and operators know when the power ends. */
    private static final class Known {
        private String token = "";
        private Optional<Reply.Granted> enrolled = Optional.empty();
        private Optional<Reply.Granted> renewed = Optional.empty();
        private boolean isRevoked;
        private long listNumber;
    }

    @Test
    void at_any_operation() throws IOException {
        int crashes = 0;
        boolean isComplete = false;
        for (int operation = 0; !isComplete; operation++) {
            AuthorityFixture ca = new AuthorityFixture(operation);
            Known known = new Known();
            ca.disk.endPowerAt(operation);
            isComplete = run(ca, known);
            SimulatedDisk crashed = ca.disk;
            for (Loss loss : Loss.values()) {
                for (int seed = 0; seed < (loss == Loss.SOME ? 4 : 1); seed++) {
                    ca.disk = crashed.afterPowerFailure(loss, new Random(seed));
                    check(ca, known, crashed.trace());
                    crashes++;
                }
            }
        }
        // Four records and the lists that go with them, of four operations each.
        assertThat(crashes).isGreaterThan(100);
    }

    /** Enrols, renews and revokes; false if the power ended before the end. */
    private static boolean run(AuthorityFixture ca, Known known) {
        try {
            known.token = ca.token();
            known.enrolled = Optional.of((Reply.Granted) ca.enrol(known.token, NODES.get(0)));
            Identity identity = ca.identity(known.enrolled.get());
            known.renewed = Optional.of((Reply.Granted) ca.renew(identity, NODES.get(1)));
            ca.authority.revoke(Revocation.of(identity.serial()), "test", ca.now());
            known.isRevoked = true;
            known.listNumber = number(ca);
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }

    private static void check(AuthorityFixture ca, Known known, List<String> trace) throws IOException {
        ca.restart();
        if (known.isRevoked) {
            BigInteger serial = known.enrolled.orElseThrow().leaf().getSerialNumber();
            assertThat(ca.authority.revocationList(ca.now()).getRevokedCertificate(serial))
                    .as("%s", trace)
                    .isNotNull();
            assertThat(number(ca)).isGreaterThan(known.listNumber);
        } else if (!isRevoked(ca)) {
            checkEnrolment(ca, known, trace);
        }
        if (known.renewed.isPresent()) {
            Identity identity = ca.identity(known.enrolled.orElseThrow());
            Reply again = ca.renew(identity, NODES.get(1));
            if (again instanceof Reply.Granted granted) {
                assertThat(granted.leaf())
                        .as("%s", trace)
                        .isEqualTo(known.renewed.get().leaf());
            } else {
                assertThat(isRevoked(ca)).as("%s", trace).isTrue();
            }
        }
        checkRecords(ca.records(), trace);
    }

    private static void checkEnrolment(AuthorityFixture ca, Known known, List<String> trace) {
        if (known.token.isEmpty()) {
            return; // the power ended before anybody had it
        }
        boolean wasUsed = ca.ledger.certificates(ca.time).stream()
                        .anyMatch(each -> each.uri().equals(MILL))
                || ca.ledger.isOwnedByAnother(
                        Fingerprint.of(NODES.get(0).getPublic()),
                        ChaskiUri.parse("chaski://plant-7.example/node/nobody"),
                        ca.time);
        if (wasUsed) {
            assertThat(ca.enrol(known.token, NODES.get(2)))
                    .as("no second key, %s", trace)
                    .isInstanceOfSatisfying(
                            Reply.Refused.class,
                            refused -> assertThat(refused.problem()).isEqualTo(EnrolmentProblem.TOKEN_USED));
        }
        Reply again = ca.enrol(known.token, NODES.get(0));
        assertThat(again).as("nothing is burnt, %s", trace).isInstanceOf(Reply.Granted.class);
        known.enrolled.ifPresent(before -> assertThat(((Reply.Granted) again).leaf())
                .as("the same certificate again, %s", trace)
                .isEqualTo(before.leaf()));
    }

    /** Before each certificate something allows it, and no number comes twice. */
    private static void checkRecords(List<JournalRecord> records, List<String> trace) {
        List<String> serials = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        Set<String> allowed = new TreeSet<>();
        for (JournalRecord record : records) {
            String key = record.fields().getOrDefault("key", "");
            if (record.event() == Event.USED || record.event() == Event.RENEWING) {
                allowed.add(key);
            } else if (record.event() == Event.ISSUED) {
                assertThat(allowed).as("%s", trace).contains(key);
                serials.add(record.fields().get("serial"));
            } else if (record.event() == Event.LISTED) {
                numbers.add(record.fields().get("number"));
            }
        }
        assertThat(serials).as("%s", trace).doesNotHaveDuplicates();
        assertThat(numbers).as("%s", trace).doesNotHaveDuplicates();
    }

    private static boolean isRevoked(AuthorityFixture ca) {
        return !ca.ledger.revoked(ca.time).isEmpty();
    }

    private static long number(AuthorityFixture ca) {
        ca.authority.revocationList(ca.now());
        return ca.ledger.listNumber();
    }
}
