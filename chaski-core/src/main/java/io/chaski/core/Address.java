package io.chaski.core;

import io.chaski.core.internal.wire.IpLiteral;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a node can be reached. Text forms: {@code host:port}, {@code [v6]:port}, {@code unix:/path},
 * {@code inproc:name}, and the forms that python-chaski prints, {@code ChaskiNode@host:port} with an optional
 * {@code *} in front, which are accepted and normalised. Immutable.
 *
 * <p>An IPv6 literal may have a zone, {@code [fe80::1%eth0]:8511}, the name or the number of an interface of this machine.
 * It is compared as text and keeps its case, which counts in such names. On other machines it means something else or
 * nothing: a node listens at such an address and dials it when it is told to, but nobody dials it on another's word.
 *
 * @param transport how to get there
 * @param host host name or literal address without brackets; the path of a UNIX socket; the name of an in-process
 *     endpoint
 * @param port 0 to 65,535 for {@link Transport#TCP} (0 asks for a free port when listening), otherwise 0
 */
public record Address(Transport transport, String host, int port) {

    /** The kinds of way there are. */
    public enum Transport {
        /** TCP over IPv4 or IPv6, with UDP on the same port beside it. */
        TCP,
        /** A UNIX domain socket. */
        UNIX,
        /** Inside this Java process, without a socket. */
        INPROC
    }

    /** A DNS name has at most 253 characters; a UNIX socket path at most 108 bytes. */
    public static final int MAX_HOST_LENGTH = 253;

    private static final String UNIX_PREFIX = "unix:";
    private static final String INPROC_PREFIX = "inproc:";
    private static final int MAX_PORT = 65_535;
    private static final Pattern UPSTREAM_PREFIX = Pattern.compile("\\*?Chaski[A-Za-z]{1,16}@");
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%[\\w.-]+)?)]|([^:\\[\\]\\s/@%]+)):(\\d{1,5})");

    /** Checks the parts against each other. */
    public Address {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(host, "host");
        if (host.isEmpty() || host.length() > MAX_HOST_LENGTH) {
            throw new IllegalArgumentException(
                    "host must have 1 to " + MAX_HOST_LENGTH + " characters: '" + host + "'");
        }
        if (host.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("host contains a control character");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port must be 0 to " + MAX_PORT + ": " + port);
        }
        if (transport != Transport.TCP && port != 0) {
            throw new IllegalArgumentException("only TCP addresses have a port: " + port);
        }
    }

    /**
     * A TCP address.
     *
     * @param host name or literal, an IPv6 literal without brackets
     * @param port 0 to 65,535
     */
    public static Address tcp(String host, int port) {
        return new Address(Transport.TCP, host, port);
    }

    /**
     * A UNIX domain socket.
     *
     * @param path path of the socket file
     */
    public static Address unix(String path) {
        return new Address(Transport.UNIX, path, 0);
    }

    /**
     * An endpoint inside this process.
     *
     * @param name any name; processes do not share it
     */
    public static Address inproc(String name) {
        return new Address(Transport.INPROC, name, 0);
    }

    /**
     * Reads any of the text forms.
     *
     * @param text such as {@code 127.0.0.1:8511}
     * @throws IllegalArgumentException if the text has none of the forms, naming the text
     */
    public static Address parse(String text) {
        Objects.requireNonNull(text, "text");
        if (text.startsWith(UNIX_PREFIX)) {
            return unix(text.substring(UNIX_PREFIX.length()));
        }
        if (text.startsWith(INPROC_PREFIX)) {
            return inproc(text.substring(INPROC_PREFIX.length()));
        }
        Matcher upstream = UPSTREAM_PREFIX.matcher(text);
        String hostAndPort = upstream.lookingAt() ? text.substring(upstream.end()) : text;
        Matcher matcher = HOST_AND_PORT.matcher(hostAndPort);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not an address (host:port, [v6]:port, unix:/path or inproc:name): '" + text + "'");
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return tcp(lowerCase(host), Integer.parseInt(matcher.group(3)));
    }

    /** Case means nothing in names and literals, but something in the zone. */
    private static String lowerCase(String host) {
        int zone = host.indexOf('%');
        return zone < 0
                ? host.toLowerCase(Locale.ROOT)
                : host.substring(0, zone).toLowerCase(Locale.ROOT) + host.substring(zone);
    }

    /** Whether this is a literal loopback address, {@code localhost}, a UNIX socket or an in-process endpoint. */
    public boolean isLocal() {
        if (transport != Transport.TCP || host.equals("localhost")) {
            return true;
        }
        IpLiteral ip = IpLiteral.parse(host); // never the text itself: 127.example.org is a name
        return ip != null && ip.isLoopback();
    }

    /**
     * The same host with another port.
     *
     * @param newPort 0 to 65,535
     */
    public Address withPort(int newPort) {
        return new Address(transport, host, newPort);
    }

    @Override
    public String toString() {
        return switch (transport) {
            case UNIX -> UNIX_PREFIX + host;
            case INPROC -> INPROC_PREFIX + host;
            case TCP -> (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        };
    }
}
