package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Declared exceptions that have to be registered, since there is no constructor that takes a message. */
class ErrorsIT {

    static final class OutOfStock extends Exception {
        private static final long serialVersionUID = 1L;

        private final int left;

        OutOfStock(int left) {
            super(left + " left");
            this.left = left;
        }

        static OutOfStock of(String message) {
            return new OutOfStock(Integer.parseInt(message.replace(" left", "")));
        }
    }

    interface Shop {
        void buy(int count) throws OutOfStock;
    }

    private static final RemoteOptions REGISTERED =
            RemoteOptions.builder().error(OutOfStock.class, OutOfStock::of).build();

    private final Remotes remotes = Remotes.inProcess();

    private ChaskiRemote serve(RemoteOptions options) {
        ChaskiRemote server = remotes.remote("server", options);
        server.serve("shop", Shop.class, count -> {
            throw new OutOfStock(count - 1);
        });
        return server;
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private Shop shop(ChaskiRemote server, RemoteOptions options) throws Exception {
        ChaskiRemote client = remotes.remote("client", options);
        Remotes.connect(client, server);
        return client.at(server.node().id()).proxy("shop", Shop.class);
    }

    @Test
    void where_both_sides_have_registered_it_it_arrives_as_itself() throws Exception {
        Shop shop = shop(serve(REGISTERED), REGISTERED);
        assertThatThrownBy(() -> shop.buy(5)).isInstanceOfSatisfying(OutOfStock.class, made -> {
            assertThat(made.left).isEqualTo(4);
            assertThat(made).hasMessage("4 left");
        });
    }

    @Test
    void where_one_side_has_not_it_is_a_text() throws Exception {
        Shop unaware = shop(serve(REGISTERED), RemoteOptions.DEFAULTS);
        assertThatThrownBy(() -> unaware.buy(5))
                .isInstanceOfSatisfying(
                        RemoteCallException.class,
                        failed -> assertThat(failed.remoteMessage()).isEqualTo("4 left"));
        Shop ofUnaware = shop(serve(RemoteOptions.DEFAULTS), REGISTERED);
        assertThatThrownBy(() -> ofUnaware.buy(5)).isInstanceOfSatisfying(RemoteCallException.class, failed -> {
            assertThat(failed.remoteType()).isEqualTo(OutOfStock.class.getName());
            assertThat(failed.remoteMessage()).isEqualTo("4 left");
        });
    }
}
