package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.function.Supplier;

/** A decoder and what must be true of it for any input. Says in a few words what became of the input. */
enum FuzzTarget {
    /** Bytes of a stranger. */
    HANDSHAKE {
        @Override
        String decode(ByteBuf in) {
            return decodeFrames(in, () -> new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME)::decode);
        }
    },
    /** Bytes of a peer. */
    FRAMES {
        @Override
        String decode(ByteBuf in) {
            return decodeFrames(in, FuzzTarget::establishedDecoder);
        }
    },
    /** Packets of anybody. */
    DATAGRAMS {
        @Override
        String decode(ByteBuf in) {
            return decodeDatagram(in);
        }
    },
    /** Bodies of a publisher. */
    BODIES {
        @Override
        String decode(ByteBuf in) {
            return decodeBody(in);
        }
    };

    /** A frame decoder, or one that is broken on purpose. */
    interface Decoding {
        void decode(ByteBuf in, FrameSink sink);
    }

    /** What a decoder may allocate whatever the input is; an exception of a record alone, with its trace, has 40 KiB. */
    private static final int BASE_BYTES = 64 << 10;

    /** Objects are larger than their bytes: a number of 8 bytes in a list costs 24, a short text up to 56. */
    private static final int BYTES_PER_INPUT_BYTE = 48;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final FrameEncoder ENCODER = new FrameEncoder();

    abstract String decode(ByteBuf in);

    private boolean reads(String vector) {
        return switch (this) {
            case HANDSHAKE -> vector.startsWith("HELLO") || vector.startsWith("GOODBYE");
            case FRAMES -> !vector.startsWith("UDP.") && !vector.startsWith("BODY.");
            case DATAGRAMS -> vector.startsWith("UDP.");
            case BODIES -> vector.startsWith("BODY.");
        };
    }

    /** Vectors that this target is made for, by name. */
    Map<String, byte[]> vectors() {
        Map<String, byte[]> vectors = Vectors.read(ProtocolVersion.CURRENT);
        vectors.keySet().removeIf(name -> !reads(name));
        return vectors;
    }

    boolean isFramed() {
        return this == HANDSHAKE || this == FRAMES;
    }

    /** Decodes one input and checks that nothing holds on to it and nothing has changed it. */
    String run(byte[] input) {
        ByteBuf in = Unpooled.wrappedBuffer(input.clone());
        String outcome = decode(in);
        assertThat(in.refCnt()).as("references to the input").isEqualTo(1);
        assertThat(in.setIndex(0, input.length)).as("the input").isEqualTo(Unpooled.wrappedBuffer(input));
        return outcome;
    }

    static Decoding establishedDecoder() {
        FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
        ByteBuf handshake = Unpooled.buffer();
        ENCODER.encode(Samples.hello(1), handshake);
        ENCODER.encode(new HelloAck(1, 0, 0, 0), handshake);
        decoder.decode(handshake, new Recorder());
        return decoder::decode;
    }

    /** Only a {@link ProtocolException} may come out, and what is delivered must be what stands in the bytes. */
    static String decodeFrames(ByteBuf in, Supplier<Decoding> decoders) {
        int size = in.readableBytes();
        String outcome = checkFrames(in.duplicate(), decoders.get());
        assertMemoryBounded(size, () -> {
            in.readerIndex(0);
            Decoding decoder = decoders.get();
            Recorder recorder = new Recorder();
            return () -> {
                try {
                    decoder.decode(in, recorder);
                } catch (ProtocolException e) {
                    assertThat(outcome).contains(e.reason().name());
                }
            };
        });
        assertThat(in.readerIndex()).isLessThanOrEqualTo(in.writerIndex());
        return outcome;
    }

    private static String checkFrames(ByteBuf in, Decoding decoder) {
        ComparingSink sink = new ComparingSink(in);
        try {
            decoder.decode(in, sink);
        } catch (ProtocolException e) {
            return sink.delivered + " delivered, then " + e.reason();
        }
        boolean partial = in.readableBytes() < WireLimits.LENGTH_BYTES
                || in.getUnsignedInt(in.readerIndex()) > in.readableBytes() - WireLimits.LENGTH_BYTES;
        assertThat(partial).as("a whole frame was left unread").isTrue();
        return sink.delivered + " delivered, " + in.readableBytes() + " bytes left";
    }

    private static String decodeDatagram(ByteBuf in) {
        DatagramCodec codec = new DatagramCodec();
        Object[] heard = {null};
        DatagramSink sink = new DatagramSink() {
            @Override
            public void onDatagram(Datagram datagram) {
                heard[0] = datagram;
            }

            @Override
            public void onRejected(Rejection why) {
                heard[0] = why;
            }
        };
        assertMemoryBounded(in.readableBytes(), () -> () -> codec.decode(in, sink));
        if (!(heard[0] instanceof Datagram datagram)) {
            return String.valueOf(heard[0]);
        }
        ByteBuf again = Unpooled.buffer();
        codec.encode(datagram, again);
        assertThat(again.readableBytes()).isEqualTo(in.readableBytes());
        codec.decode(again, sink);
        assertThat(heard[0]).isEqualTo(datagram);
        return datagram.getClass().getSimpleName();
    }

    private static String decodeBody(ByteBuf in) {
        BufferPayload loan = new BufferPayload().lend(in, in.readerIndex(), in.readableBytes());
        MessageBody body;
        try {
            body = MessageBody.decode(loan);
        } catch (ProtocolException e) {
            return e.reason().name();
        }
        assertMemoryBounded(in.readableBytes(), () -> () -> MessageBody.decode(loan));
        assertThat(body.encode()).isEqualTo(ArrayPayload.keep(loan));
        return body.headers().size() + " headers, payload of " + body.payload().size();
    }

    private static void assertMemoryBounded(int inputBytes, Supplier<Runnable> decodings) {
        long bound = BASE_BYTES + (long) BYTES_PER_INPUT_BYTE * inputBytes;
        long allocated = allocatedBy(decodings.get());
        for (int retry = 0; retry < 10 && allocated > bound; retry++) {
            allocated = allocatedBy(decodings.get()); // the first times have classes and call sites to link
        }
        assertThat(allocated)
                .as("bytes allocated for %d bytes of input", inputBytes)
                .isLessThanOrEqualTo(bound);
    }

    private static long allocatedBy(Runnable decoding) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        decoding.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Encodes each frame again: there is one spelling of each, so the bytes must be the same. */
    private static final class ComparingSink implements FrameSink {

        private final ByteBuf in;
        private int start;
        private int delivered;

        ComparingSink(ByteBuf in) {
            this.in = in;
            this.start = in.readerIndex();
        }

        @Override
        public void onFrame(Frame frame) {
            skipParts();
            ByteBuf again = Unpooled.buffer();
            ENCODER.encode(frame, again);
            if (hasOneSpelling(frame)) {
                assertThat(again).as("the bytes of %s", frame).isEqualTo(in.slice(start, in.readerIndex() - start));
            } else {
                WireReader fields = new WireReader().over(again, WireLimits.LENGTH_BYTES, again.readableBytes());
                assertThat(FrameFields.readKnown(fields.u8(), fields)).isEqualTo(frame);
            }
            count();
        }

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
            skipParts();
            ByteBuf again = Unpooled.buffer();
            ENCODER.encodeData(source, seq, hop, hopLimit, flags, ArrayPayload.keep(body), again);
            assertThat(again).isEqualTo(in.slice(start, in.readerIndex() - start));
            count();
        }

        @Override
        public void onSkipped(int type) {
            assertThat(type & FrameType.SKIPPABLE).isNotZero();
            count();
        }

        /** Parts of a message are delivered with the last of them, so other frames may come between. */
        private void skipParts() {
            int end = start + WireLimits.LENGTH_BYTES + in.getInt(start);
            while (end < in.readerIndex()) {
                assertThat((int) in.getUnsignedByte(start + WireLimits.LENGTH_BYTES))
                        .as("a frame that was not delivered")
                        .isIn(FrameType.DATA_BEGIN, FrameType.DATA_PART);
                start = end;
                end = start + WireLimits.LENGTH_BYTES + in.getInt(start);
            }
        }

        private void count() {
            delivered++;
            start = in.readerIndex();
        }

        /** All but filler bytes, reasons of a later version, and fields of a later HELLO. */
        private static boolean hasOneSpelling(Frame frame) {
            return !(frame instanceof Hello
                    || frame instanceof Goodbye
                    || frame instanceof Ping
                    || frame instanceof Pong);
        }
    }
}
