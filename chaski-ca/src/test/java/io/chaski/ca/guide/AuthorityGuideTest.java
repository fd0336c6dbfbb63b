package io.chaski.ca.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.PasswordSource;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/security.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AuthorityGuideTest {

    @TempDir
    Path folder;

    @Test
    void an_authority_is_made_and_used() throws IOException {
        Path passwordFile = Files.writeString(folder.resolve("password"), "correct horse battery staple\n");
        Path directory = folder.resolve("ca");
        // #region authority
        PasswordSource password = PasswordSource.ofFile(passwordFile);
        CertificateAuthority.init(
                directory,
                AuthorityOptions.builder(new TrustDomain("plant-7.example")).build(),
                password);

        ChaskiUri mill = ChaskiUri.parse("chaski://plant-7.example/node/mill-3");
        try (CertificateAuthority authority = CertificateAuthority.open(directory, password)) {
            String token = authority.createToken(mill, Duration.ofMinutes(15), Optional.empty());
            assertThat(token).startsWith("chk1.");

            authority.revoke(mill, "stolen"); // all its certificates, and no new ones
            authority.readmit(mill); // it was under the seat
        }
        assertThat(CertificateAuthority.verifyAudit(directory).problem()).isEmpty();
        // #endregion
    }
}
