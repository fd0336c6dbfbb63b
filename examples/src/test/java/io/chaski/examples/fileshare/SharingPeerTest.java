package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.remote.ChaskiRemote;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SharingPeerTest {

    @TempDir
    Path temp;

    @Test
    void is_there_although_whoever_should_welcome_it_fails() throws Exception {
        List<String> notices = new CopyOnWriteArrayList<>();
        try (ChaskiNode host =
                ChaskiNode.builder().name("host").cluster("file-share").start()) {
            ChaskiRemote.on(host).serve("discovery", Discovery.class, () -> {
                throw new IllegalStateException("not today");
            });
            String place = host.addresses().get(0).toString();
            Settings settings =
                    Settings.parse(List.of("--name", "newcomer", "--shared", temp.toString(), "--bootstrap", place));
            try (SharingPeer peer = SharingPeer.start(settings, notices::add)) {
                assertThat(peer.peers()).extracting(KnownPeer::name).contains("newcomer");
            }
        }
        assertThat(notices).anyMatch(notice -> notice.startsWith("nobody has welcomed this peer: "));
    }
}
