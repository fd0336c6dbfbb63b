package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Objects that are served without an interface. */
class ServedObjectsIT {

    interface Shelf<T> {
        T same(T value);

        int add(int a, int b);

        double add(double a, double b);

        String called();
    }

    interface Words extends Shelf<String> {}

    abstract static class Base<T> {
        @RemoteMethod
        T same(T value) {
            return value;
        }

        @RemoteMethod("called")
        abstract String name() throws OutOfWords;
    }

    static final class OutOfWords extends Exception {
        private static final long serialVersionUID = 1L;

        OutOfWords(String message) {
            super(message);
        }
    }

    @SuppressWarnings("UnusedMethod") // found by reflection
    private static final class RealWords extends Base<String> {
        private boolean isEmpty;

        @RemoteMethod
        int add(int a, int b) {
            return a + b;
        }

        @RemoteMethod
        double add(double a, double b) {
            return a + b;
        }

        @Override
        String name() throws OutOfWords {
            if (isEmpty) {
                throw new OutOfWords("no words left");
            }
            return "words";
        }

        String secret() {
            return "unannotated";
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final RealWords real = new RealWords();
    private ChaskiRemote server;
    private RemotePeer peer;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote("server");
        ChaskiRemote client = remotes.remote("client");
        Remotes.connect(client, server);
        peer = client.at(server.node().id());
        server.serve("words", real);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    void annotated_methods_fit_an_interface_of_the_same_signatures() {
        Words words = peer.proxy("words", Words.class);
        assertThat(words.same("a")).isEqualTo("a");
        assertThat(words.add(1, 2)).isEqualTo(3);
        assertThat(words.add(1.5, 2)).isEqualTo(3.5);
        assertThat(words.called()).isEqualTo("words");
    }

    @Test
    void a_declared_exception_arrives_as_itself() {
        interface Called {
            String called() throws OutOfWords;
        }
        real.isEmpty = true;
        assertThatThrownBy(() -> peer.proxy("words", Called.class).called())
                .isExactlyInstanceOf(OutOfWords.class)
                .hasMessage("no words left");
    }

    @Test
    void what_is_not_annotated_cannot_be_called() {
        interface Thief {
            String secret();
        }
        interface Hidden {
            String name();
        }
        assertThatThrownBy(() -> peer.proxy("words", Thief.class).secret())
                .isInstanceOf(SignatureMismatchException.class);
        assertThatThrownBy(() -> peer.proxy("words", Hidden.class).name())
                .isInstanceOf(SignatureMismatchException.class);
    }

    @Test
    @DisplayName("D32: a node says what it serves, and not to whom")
    void services() {
        server.attach("square", Double.class, Double.class, x -> x * x);
        server.serve("for nobody", real, ServeOptions.onlyFor(caller -> false));
        List<String> ofWords =
                List.of("String called()", "String same(String)", "double add(double,double)", "int add(int,int)");
        assertThat(server.services())
                .containsExactly(
                        new OwnService("for nobody", "", ofWords),
                        new OwnService("square", "", List.of("double apply(Double)")),
                        new OwnService("words", "", ofWords));
        server.detach("square");
        assertThat(server.services()).extracting(OwnService::name).containsExactly("for nobody", "words");
        server.close();
        assertThat(server.services()).isEmpty();
    }

    @Test
    void only_some_may_call_if_the_options_say_so() {
        server.serve("secret words", real, ServeOptions.onlyFor(caller -> false));
        assertThatThrownBy(() -> peer.proxy("secret words", Words.class).add(1, 2))
                .isInstanceOf(CallDeniedException.class);
    }
}
