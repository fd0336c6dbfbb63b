package io.chaski.core.internal.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Whatever an engine asks it in whichever way, the answer comes from the form of the chain. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FormCheckTest {

    private static final String EC = "EC";

    private static final X509Certificate GOOD = StoredCredentials.P256.chain().get(0);
    private static final X509Certificate BAD = StoredCredentials.P521.chain().get(0);

    /** One of the six ways. */
    private interface Question {
        void ask(X509Certificate... chain) throws CertificateException;
    }

    /** About clients and about servers, with a socket, with an engine, and without either. */
    private static List<Question> questions() {
        FormCheck check = FormCheck.INSTANCE;
        return List.of(
                chain -> check.checkClientTrusted(chain, EC),
                chain -> check.checkServerTrusted(chain, EC),
                chain -> check.checkClientTrusted(chain, EC, (Socket) null),
                chain -> check.checkServerTrusted(chain, EC, (Socket) null),
                chain -> check.checkClientTrusted(chain, EC, (SSLEngine) null),
                chain -> check.checkServerTrusted(chain, EC, (SSLEngine) null));
    }

    @Test
    void a_certificate_is_let_through_whoever_has_made_it() {
        for (Question question : questions()) {
            assertThatCode(() -> question.ask(GOOD)).doesNotThrowAnyException();
        }
    }

    @Test
    void row_25_a_chain_that_is_too_long_or_empty_is_not() {
        X509Certificate[] four = Collections.nCopies(4, GOOD).toArray(X509Certificate[]::new);
        for (Question question : questions()) {
            assertRefused(() -> question.ask(four), CertificateProblem.CHAIN_TOO_LONG);
            assertRefused(question::ask, CertificateProblem.NO_CERTIFICATE);
        }
    }

    @Test
    void row_26_a_key_that_takes_no_part_is_not_wherever_it_stands() {
        for (Question question : questions()) {
            assertRefused(() -> question.ask(BAD), CertificateProblem.KEY_REJECTED);
            assertRefused(() -> question.ask(GOOD, BAD), CertificateProblem.KEY_REJECTED);
        }
    }

    private static void assertRefused(ThrowingCallable asked, CertificateProblem problem) {
        assertThatThrownBy(asked)
                .isInstanceOf(CertificateException.class)
                .cause()
                .isInstanceOfSatisfying(
                        CertificateRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }

    @Test
    void nobody_is_told_which_authorities_count() {
        assertThat(FormCheck.INSTANCE.getAcceptedIssuers()).isEmpty();
    }
}
