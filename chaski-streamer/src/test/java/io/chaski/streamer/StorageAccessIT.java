package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeBuilder;
import io.chaski.core.Topology;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access policies of nodes are asked before the policy of a storage is. */
@DisplayName("Under an access policy, an entry of a peer")
class StorageAccessIT extends LoopbackStreams {

    private static final String SERVE = "\"rpc.serve\":[\"chaski/storage/1\"]";
    private static final String CALL = "\"rpc.call\":[\"chaski/storage/1\"]";
    private static final FetchOptions OPTIONS =
            FetchOptions.builder().deadline(Duration.ofSeconds(20)).build();

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private Storage storage;
    private ChaskiStreamer owner;

    @BeforeEach
    void open() {
        storage = Storage.open(folder.resolve("storage.db"));
        storage.put("k", "v");
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private static Policy policy(int version, String rights) {
        return Policy.parse(
                "{\"version\":" + version + ",\"roles\":{\"all\":{\"match\":[\"anonymous:\"]," + rights + "}}}");
    }

    private void serve(String rights) {
        owner = start(builder("owner").topology(Topology.MANUAL).policy(policy(1, rights)));
        storage.serve(owner.node(), (asker, key, access) -> true);
    }

    private FetchResult fetch(NodeBuilder asker) throws Exception {
        ChaskiStreamer asking = start(asker.topology(Topology.MANUAL));
        get(asking.node().connect(owner.node().addresses().get(0)));
        return get(PeerStorage.on(asking.node()).fetch("k", OPTIONS));
    }

    @DisplayName("is for those who may call")
    @Test
    void may() throws Exception {
        serve(SERVE + "," + CALL);
        FetchResult result = fetch(builder("asker"));
        assertThat(result.answer()).isEqualTo(FetchResult.Answer.FOUND);
        assertThat(result.entry().orElseThrow().as(String.class)).isEqualTo("v");
    }

    @DisplayName("is refused to others at its owner")
    @Test
    void mayNotAtTheOwner() throws Exception {
        serve(SERVE);
        assertThat(fetch(builder("asker")).answer()).isEqualTo(FetchResult.Answer.REFUSED);
    }

    @DisplayName("is not even asked for by those who may not by their own policy")
    @Test
    void mayNotByItsOwnPolicy() throws Exception {
        serve(SERVE + "," + CALL);
        NodeBuilder asker = builder("asker").policy(policy(1, SERVE));
        assertThatThrownBy(() -> fetch(asker))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not rpc.call chaski/storage/1");
    }
}
