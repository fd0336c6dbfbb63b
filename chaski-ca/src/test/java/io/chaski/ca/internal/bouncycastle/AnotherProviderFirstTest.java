package io.chaski.ca.internal.bouncycastle;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Provider;
import java.security.Security;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** All outcomes are the same in a program that prefers Bouncy Castle, and certificates are its objects. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AnotherProviderFirstTest extends RefusedCertificatesTest {

    private static final Provider OTHER = new BouncyCastleProvider();

    @BeforeAll
    static void prefer() {
        Security.insertProviderAt(OTHER, 1);
    }

    @AfterAll
    static void remove() {
        Security.removeProvider(OTHER.getName());
    }

    @Test
    void it_is_what_programs_get() throws Exception {
        assertThat(CertificateFactory.getInstance("X.509").getProvider()).isEqualTo(OTHER);
        assertThat(CertPathValidator.getInstance("PKIX").getProvider()).isEqualTo(OTHER);
    }
}
