package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ConfigurationException;
import io.chaski.core.Edge;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U-FUN-3: nodes whose keys and certificates are files that OpenSSL has made. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CertificateFilesTest {

    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final Topic<String> TEXT = Topic.text("t");

    @TempDir
    Path folder;

    @Test
    void two_nodes_know_each_other_by_them_and_talk() throws Exception {
        PemFixture files = new PemFixture(folder);
        Path millKey = files.file("mill.key");
        Path millCertificate = files.file("mill.pem");
        Path issuingCertificate = files.file("issuing.pem");
        Path rootCertificate = files.file("root.pem");
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        // #region files
        Credentials ofMill = Pem.credentials(millKey, millCertificate, issuingCertificate);
        NodeBuilder builder =
                ChaskiNode.builder().security(TrustMode.external(ofMill, Pem.certificates(rootCertificate)));
        // #endregion
        try (ChaskiNode mill = builder.start()) {
            mill.subscribe(TEXT, message -> heard.add(message.payload()));
            Credentials ofPress = Pem.credentials(
                    PemFixture.text("press.key"), PemFixture.text("issuing.pem"), PemFixture.text("press.pem"));
            try (ChaskiNode press = ChaskiNode.builder()
                    .security(TrustMode.external(ofPress, Pem.certificates(PemFixture.text("root.pem"))))
                    .start()) {
                press.subscribe(TEXT, message -> {});

                Edge edge = press.connect(mill.addresses().get(0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);

                assertThat(edge.identity()).map(PeerIdentity::name).contains("uri:https://plant-7.example/mill");
                await().atMost(LIMIT).until(() -> mill.isConnectedTo(press.id()));
                assertThat(mill.edges())
                        .extracting(
                                each -> each.identity().map(PeerIdentity::name).orElse(""))
                        .containsExactly("dns:press.plant-7.example");
                List<String> said = List.of("test0", "test1", "test2", "test3", "test4", "test5");
                said.forEach(text -> press.publish(TEXT, text));
                await().atMost(LIMIT).untilAsserted(() -> assertThat(heard).containsExactlyElementsOf(said));
            }
        }
    }

    @Test
    void a_certificate_for_one_side_of_connections_is_refused_at_the_start() {
        Credentials serverOnly = Pem.credentials(
                PemFixture.text("mill.key"), PemFixture.text("server-only.pem"), PemFixture.text("issuing.pem"));
        TrustMode mode = TrustMode.external(serverOnly, Pem.certificates(PemFixture.text("root.pem")));

        assertThatThrownBy(() -> ChaskiNode.builder().security(mode).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("a node must believe its own certificate")
                .hasMessageContaining("not for the CLIENT side of a connection");
    }

    @Test
    void a_chain_without_the_authority_between_is_refused_at_the_start() {
        Credentials leafOnly = Pem.credentials(PemFixture.text("mill.key"), PemFixture.text("mill.pem"));
        TrustMode mode = TrustMode.external(leafOnly, Pem.certificates(PemFixture.text("root.pem")));

        assertThatThrownBy(() -> ChaskiNode.builder().security(mode).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("a node must believe its own certificate")
                .hasMessageContaining("UNTRUSTED");
    }
}
