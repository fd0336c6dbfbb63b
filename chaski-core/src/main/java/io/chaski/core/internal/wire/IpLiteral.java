package io.chaski.core.internal.wire;

import io.chaski.core.Address;
import org.jspecify.annotations.Nullable;

/**
 * A literal IP address, read without any look-up: a hint must not make this node ask a name server. IPv4 is held as
 * its mapped IPv6 form (RFC 4291, section 2.5.5.2). Immutable.
 *
 * @param high first eight bytes
 * @param low last eight bytes
 */
public record IpLiteral(long high, long low) {

    private static final long MAPPED_V4 = 0xffffL << 32;
    private static final int GROUPS = 8;

    /**
     * Reads a literal, with a zone id if it is IPv6.
     *
     * @param text any text
     * @return null if it is anything else, such as a name
     */
    public static @Nullable IpLiteral parse(String text) {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        if (address.indexOf(':') < 0) {
            long v4 = zone < 0 ? parseV4(address) : -1;
            return v4 < 0 ? null : new IpLiteral(0, MAPPED_V4 | v4);
        }
        return zone == text.length() - 1 ? null : parseV6(address);
    }

    /** Whether it is an IPv4 address, mapped or not. */
    public boolean isV4() {
        return high == 0 && low >>> 32 == 0xffffL;
    }

    /** 127/8, ::1. */
    public boolean isLoopback() {
        return isV4() ? v4Byte(0) == 127 : high == 0 && low == 1;
    }

    /** 0/8, ::. */
    public boolean isUnspecified() {
        return isV4() ? v4Byte(0) == 0 : high == 0 && low == 0;
    }

    /** 224/4 and above, which holds the broadcast address and what is reserved; ff00::/8. */
    public boolean isMulticastOrReserved() {
        return isV4() ? v4Byte(0) >= 224 : high >>> 56 == 0xff;
    }

    /** 169.254/16, fe80::/10. */
    public boolean isLinkLocal() {
        return isV4() ? v4Byte(0) == 169 && v4Byte(1) == 254 : high >>> 54 == 0xfe80 >>> 6;
    }

    /** The part that one subscriber of a network holds: an IPv4 address, or 64 bits of IPv6. */
    public IpLiteral site() {
        return isV4() ? this : new IpLiteral(high, 0);
    }

    /**
     * What a limit for each remote host counts by: the {@link #site} of an address, the name if it is none.
     *
     * @param remote where something comes from
     */
    public static Object siteOf(Address remote) {
        IpLiteral ip = parse(remote.host());
        return ip == null ? remote.host() : ip.site();
    }

    private int v4Byte(int at) {
        return (int) (low >>> 8 * (3 - at)) & 0xff;
    }

    /** -1 if the text is not four decimal numbers. Leading zeros are refused: some read them as octal. */
    private static long parseV4(String text) {
        long value = 0;
        int parts = 0;
        int digits = 0;
        int part = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (digits == 0 || part > 255 || parts == 4) {
                    return -1;
                }
                value = value << 8 | part;
                parts++;
                digits = 0;
                part = 0;
            } else if (c >= '0' && c <= '9' && digits < 3 && !(digits > 0 && part == 0)) {
                part = part * 10 + c - '0';
                digits++;
            } else {
                return -1;
            }
        }
        return parts == 4 ? value : -1;
    }

    private static @Nullable IpLiteral parseV6(String text) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int skipAt = -1;
        int at = 0;
        if (text.startsWith("::")) {
            skipAt = 0;
            at = 2;
        }
        while (at < text.length()) {
            int end = text.indexOf(':', at);
            String part = text.substring(at, end < 0 ? text.length() : end);
            if (part.indexOf('.') >= 0) {
                long v4 = end < 0 && count <= GROUPS - 2 ? parseV4(part) : -1;
                if (v4 < 0) {
                    return null;
                }
                groups[count++] = (int) (v4 >>> 16);
                groups[count++] = (int) v4 & 0xffff;
                break;
            }
            int group = count < GROUPS ? parseGroup(part) : -1;
            if (group < 0) {
                return null;
            }
            groups[count++] = group;
            if (end < 0) {
                break;
            }
            at = end + 1;
            if (at == text.length()) {
                return null; // a single colon at the end
            }
            if (text.charAt(at) == ':') {
                if (skipAt >= 0) {
                    return null;
                }
                skipAt = count;
                at++;
            }
        }
        if (skipAt < 0 ? count != GROUPS : count == GROUPS) {
            return null;
        }
        return ofGroups(groups, count, Math.max(skipAt, 0));
    }

    private static IpLiteral ofGroups(int[] groups, int count, int skipAt) {
        long high = 0;
        long low = 0;
        int skipped = GROUPS - count;
        for (int i = 0; i < GROUPS; i++) {
            int group = i < skipAt ? groups[i] : i < skipAt + skipped ? 0 : groups[i - skipped];
            if (i < GROUPS / 2) {
                high = high << 16 | group;
            } else {
                low = low << 16 | group;
            }
        }
        return new IpLiteral(high, low);
    }

    private static int parseGroup(String part) {
        if (part.isEmpty() || part.length() > 4) {
            return -1;
        }
        int group = 0;
        for (int i = 0; i < part.length(); i++) {
            int digit = Character.digit(part.charAt(i), 16);
            if (digit < 0 || part.charAt(i) >= 128) {
                return -1;
            }
            group = group << 4 | digit;
        }
        return group;
    }
}
