package io.chaski.core.internal.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecordBudgetTest {

    /** Stands for TLS: records with a 1 in their body come out as data, the others do not. */
    private static final class Engine extends ChannelInboundHandlerAdapter {
        private final ByteBuf all = Unpooled.buffer();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf data = (ByteBuf) message;
            all.writeBytes(data);
            data.release();
            while (all.readableBytes() >= 5 && all.readableBytes() >= 5 + all.getUnsignedShort(all.readerIndex() + 3)) {
                ByteBuf record = all.readSlice(5 + all.getUnsignedShort(all.readerIndex() + 3));
                if (record.getByte(record.readableBytes() - 1) == 1) {
                    context.fireChannelRead("data");
                }
            }
        }
    }

    final RecordBudget budget = new RecordBudget();
    final EmbeddedChannel channel = new EmbeddedChannel(budget, new Engine(), budget.outlet());

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf records(int count, int body) {
        ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < count; i++) {
            out.writeByte(23).writeShort(0x0303).writeShort(20).writeZero(19).writeByte(body);
        }
        return out;
    }

    @Test
    void any_number_of_records_with_data_passes_in_one_read_or_in_pieces() {
        channel.writeInbound(records(5_000, 1));
        ByteBuf pieces = records(1_000, 1);
        while (pieces.isReadable()) {
            channel.writeInbound(pieces.readRetainedSlice(Math.min(7, pieces.readableBytes())));
        }
        pieces.release();

        assertThat(channel.inboundMessages()).hasSize(6_000);
    }

    @Test
    void some_without_data_pass() {
        channel.writeInbound(records(150, 0), records(10, 1));

        assertThat(channel.inboundMessages()).hasSize(10);
    }

    @Test
    void row_27_a_flood_of_records_without_data_ends_the_connection() {
        ByteBuf later = records(1, 1);

        assertThatThrownBy(() -> channel.writeInbound(records(300, 0))).isInstanceOf(RecordBudget.FloodException.class);
        channel.writeInbound(later);

        assertThat(later.refCnt()).isZero();
        assertThat(channel.inboundMessages()).isEmpty();
    }
}
