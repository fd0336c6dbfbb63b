/** A certificate authority for nodes: identities, enrolment by token, renewal, revocation. */
module io.chaski.ca {
    requires transitive io.chaski.core;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires static org.jspecify;
    requires org.slf4j;

    provides io.chaski.core.security.IdentityProvider with
            io.chaski.ca.internal.provider.TokenIdentityProvider;

    exports io.chaski.ca;
}
