package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A service for some callers: the friend calls it in every way, and the stranger learns nothing. */
class CallersIT {

    interface Diary {
        String read(int page);
    }

    private static final class RealDiary implements Diary {
        final Queue<NodeId> readers = new ConcurrentLinkedQueue<>();

        @Override
        @RemoteMethod
        public String read(int page) {
            readers.add(RemoteContext.current().caller());
            return "page " + page;
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final RealDiary diary = new RealDiary();
    private ChaskiRemote server;
    private ChaskiRemote friend;
    private ChaskiRemote stranger;

    @BeforeEach
    void start() throws Exception {
        server = remotes.remote("server");
        friend = remotes.remote("friend");
        stranger = remotes.remote("stranger");
        Remotes.connect(friend, server);
        Remotes.connect(stranger, server);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private ServeOptions forTheFriend() {
        return ServeOptions.onlyFor(friend.node().id()::equals);
    }

    private Diary diaryOf(ChaskiRemote caller) {
        return caller.at(server.node().id()).proxy("diary", Diary.class, CallOptions.within(LIMIT));
    }

    private void onlyTheFriendReads() {
        assertThatThrownBy(() -> diaryOf(stranger).read(1)).isInstanceOf(CallDeniedException.class);
        assertThat(diaryOf(friend).read(1)).isEqualTo("page 1");
        assertThat(diary.readers).containsExactly(friend.node().id());
    }

    @Test
    void through_an_interface() {
        server.serve("diary", Diary.class, diary, forTheFriend());
        onlyTheFriendReads();
    }

    @Test
    void as_an_object() {
        server.serve("diary", diary, forTheFriend());
        onlyTheFriendReads();
    }

    @Test
    void without_an_interface_at_the_caller() {
        server.serve("diary", Diary.class, diary, forTheFriend());
        NodeId at = server.node().id();
        assertThat(friend.at(at).dynamic("diary").call("read", 2).as(String.class))
                .isEqualTo("page 2");
        assertThat(friend.at(at).dynamic("diary").methods()).containsExactly("String read(int)");
        assertThatThrownBy(() -> stranger.at(at).dynamic("diary").call("read", 2))
                .isInstanceOf(CallDeniedException.class);
        assertThatThrownBy(() -> stranger.at(at).dynamic("diary").methods()).isInstanceOf(CallDeniedException.class);
        assertThat(diary.readers).hasSize(1);
    }

    @Test
    @DisplayName("a list that changes is asked again for each call")
    void changes() {
        List<NodeId> allowed = new CopyOnWriteArrayList<>();
        server.serve("diary", Diary.class, diary, ServeOptions.onlyFor(allowed::contains));
        Diary of = diaryOf(friend);
        assertThatThrownBy(() -> of.read(1)).isInstanceOf(CallDeniedException.class);
        allowed.add(friend.node().id());
        assertThat(of.read(1)).isEqualTo("page 1");
        allowed.clear();
        assertThatThrownBy(() -> of.read(2)).isInstanceOf(CallDeniedException.class);
        assertThat(diary.readers).hasSize(1);
    }
}
