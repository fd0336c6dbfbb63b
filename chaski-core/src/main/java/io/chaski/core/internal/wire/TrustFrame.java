package io.chaski.core.internal.wire;

import java.util.List;
import java.util.Objects;

/**
 * How nodes hand on what an authority has signed (ADR 32). Each says what it has; who lacks something asks one that has it,
 * and gets it in parts. Anybody may say, ask and answer: what counts is the signature in the document.
 */
public sealed interface TrustFrame extends Frame {

    /** Documents travel in parts of this size, the last one excepted, so that none delays a ping. */
    int PART_BYTES = 64 << 10;

    /** Most kinds that a node may speak of; this version knows fewer. */
    int MAX_KINDS = 16;

    /**
     * Which edition of a document somebody has. Later than another one of the same kind is the one with the higher number, or
     * with the same number and a later renewal.
     *
     * @param kind number of a {@link TrustKind}, or of one that this version does not know, 0 to 255
     * @param number of the list or the set of roots, or version of the policy, 0 or more
     * @param renewal end of the certificate that a policy or a set of roots was signed with, in seconds since 1970: the same
     *     signed again is of use to who comes later. 0 for lists
     */
    record Edition(int kind, long number, long renewal) {
        /** Checks the ranges. */
        public Edition {
            if (kind < 0 || kind > 0xff || number < 0 || renewal < 0) {
                throw new IllegalArgumentException("edition " + number + " of kind " + kind + ", renewed " + renewal);
            }
        }

        /**
         * Whether it comes after another one.
         *
         * @param other of the same kind
         */
        public boolean isLaterThan(Edition other) {
            return number != other.number ? number > other.number : renewal > other.renewal;
        }
    }

    /**
     * "This is what I have." Kinds that are missing it has nothing of.
     *
     * @param editions each kind once
     */
    record TrustState(List<Edition> editions) implements TrustFrame {
        /** Copies and checks the list. */
        public TrustState {
            editions = List.copyOf(editions);
            long kinds = editions.stream().mapToInt(Edition::kind).distinct().count();
            if (kinds != editions.size() || kinds > MAX_KINDS) {
                throw new IllegalArgumentException(editions.size() + " editions of " + kinds + " kinds");
            }
        }

        @Override
        public int type() {
            return FrameType.TRUST_STATE;
        }
    }

    /**
     * "Send me what you have of this kind."
     *
     * @param kind number of a {@link TrustKind}, 0 to 255
     */
    record TrustRequest(int kind) implements TrustFrame {
        /** Checks the range. */
        public TrustRequest {
            if (kind < 0 || kind > 0xff) {
                throw new IllegalArgumentException("kind " + kind);
            }
        }

        @Override
        public int type() {
            return FrameType.TRUST_REQUEST;
        }
    }

    /**
     * A part of a document that was asked for.
     *
     * @param edition which document
     * @param size bytes of all of it, 1 or more
     * @param offset where this part begins
     * @param bytes {@link #PART_BYTES}, or what is left
     */
    record TrustUpdate(Edition edition, int size, int offset, ArrayPayload bytes) implements TrustFrame {
        /** Checks the ranges. */
        public TrustUpdate {
            Objects.requireNonNull(edition, "edition");
            Objects.requireNonNull(bytes, "bytes");
            boolean isPart = offset >= 0 && offset < size && bytes.size() == Math.min(PART_BYTES, size - offset);
            if (!isPart) {
                throw new IllegalArgumentException(
                        bytes.size() + " bytes of a document of " + size + ", from " + offset + " on");
            }
        }

        @Override
        public int type() {
            return FrameType.TRUST_UPDATE;
        }
    }
}
