/** Calls between peers, as natural as local ones. */
module io.chaski.remote {
    requires transitive io.chaski.core;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.chaski.remote;

    opens io.chaski.remote.internal.schedule to
            com.fasterxml.jackson.databind;
}
