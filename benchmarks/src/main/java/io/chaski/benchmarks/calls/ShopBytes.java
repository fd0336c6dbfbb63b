package io.chaski.benchmarks.calls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Argument and answer by hand, for those who bring no encoding: {@code u64 number | f64 price or total | UTF-8 article}. */
public final class ShopBytes {

    private ShopBytes() {}

    /**
     * Encodes.
     *
     * @param order at most 27 bytes if it is a {@linkplain Order#numbered numbered} one
     */
    public static byte[] of(Order order) {
        return of(order.number(), order.price(), order.article());
    }

    /**
     * Encodes.
     *
     * @param invoice of such an order has as many
     */
    public static byte[] of(Invoice invoice) {
        return of(invoice.number(), invoice.total(), invoice.article());
    }

    private static byte[] of(long number, double amount, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + Double.BYTES + encoded.length)
                .putLong(number)
                .putDouble(amount)
                .put(encoded)
                .array();
    }

    /**
     * Decodes.
     *
     * @param bytes an order and nothing else; they are read
     */
    public static Order order(ByteBuffer bytes) {
        return new Order(bytes.getLong(), bytes.getDouble(), text(bytes));
    }

    /**
     * Decodes.
     *
     * @param bytes an invoice and nothing else; they are read
     */
    public static Invoice invoice(ByteBuffer bytes) {
        return new Invoice(bytes.getLong(), bytes.getDouble(), text(bytes));
    }

    /**
     * The number of an order or an invoice.
     *
     * @param bytes one of these; they are only looked at
     */
    public static long number(ByteBuffer bytes) {
        return bytes.getLong(bytes.position());
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
