package io.chaski.core.internal.wire;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs that are nearly right out of inputs that are right. The same seed makes the same inputs. */
final class Mutator {

    /** Nothing we read is longer than two datagrams, except lists, which need not be. */
    private static final int MAX_BYTES = 4_096;

    /** Values at which numbers change their length, their sign or their meaning. */
    private static final int[] INTERESTING = {0, 1, 2, 3, 4, 8, 9, 0x20, 0x21, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xfe, 0xff
    };

    private final SplittableRandom random;
    private final List<byte[]> seeds;
    private final boolean framed;

    /**
     * A source of inputs.
     *
     * @param seed where chance starts
     * @param seeds inputs that are right
     * @param framed whether an input is a length and as many bytes; then the length is put right after most changes,
     *     or nothing behind it would ever be read
     */
    Mutator(long seed, List<byte[]> seeds, boolean framed) {
        this.random = new SplittableRandom(seed);
        this.seeds = seeds;
        this.framed = framed;
    }

    byte[] next() {
        if (random.nextInt(64) == 0) {
            return randomBytes(random.nextInt(64));
        }
        byte[] input = pick();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            input = change(input);
        }
        if (framed) {
            if (input.length > WireLimits.LENGTH_BYTES && random.nextInt(8) != 0) {
                Unpooled.wrappedBuffer(input).setInt(0, input.length - WireLimits.LENGTH_BYTES);
            }
            if (random.nextInt(8) == 0) {
                input = join(input, pick());
            }
        }
        return input.length <= MAX_BYTES ? input : Arrays.copyOf(input, MAX_BYTES);
    }

    private byte[] change(byte[] input) {
        if (input.length == 0) {
            return randomBytes(8);
        }
        byte[] changed = input.clone();
        int at = random.nextInt(changed.length);
        switch (random.nextInt(8)) {
            case 0, 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
            case 2, 3 -> changed[at] = (byte) INTERESTING[random.nextInt(INTERESTING.length)];
            case 4 -> changed = Arrays.copyOf(changed, at);
            case 5 -> changed = join(Arrays.copyOf(changed, at), randomBytes(1 + random.nextInt(12)));
            case 6 -> {
                byte[] inserted = random.nextBoolean() ? randomBytes(1 + random.nextInt(9)) : tail(pick());
                changed = join(join(Arrays.copyOf(changed, at), inserted), Arrays.copyOfRange(input, at, input.length));
            }
            default -> changed = join(Arrays.copyOf(changed, at), tail(pick()));
        }
        return changed;
    }

    private byte[] tail(byte[] bytes) {
        return Arrays.copyOfRange(bytes, random.nextInt(bytes.length + 1), bytes.length);
    }

    private byte[] pick() {
        return seeds.get(random.nextInt(seeds.size())).clone();
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
