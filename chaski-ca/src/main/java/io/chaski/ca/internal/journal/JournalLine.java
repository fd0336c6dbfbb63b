package io.chaski.ca.internal.journal;

import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import io.chaski.core.security.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A record on its place in the journal: {@code <CRC-32C of the rest, 8 hexadecimal digits> <JSON>\n}. The JSON begins with
 * the number of the record and the SHA-256 of the JSON before it.
 *
 * @param number 1 for the first record
 * @param previous hash of the line before; zeros in the first
 * @param record what happened
 * @param hash hash of this line
 */
record JournalLine(long number, Fingerprint previous, JournalRecord record, Fingerprint hash) {

    /** A record with a certificate for RSA of 4,096 bits has some 3,000 bytes. */
    static final int MAX_BYTES = 16 << 10;

    static final Fingerprint BEFORE_THE_FIRST = new Fingerprint(0, 0, 0, 0);

    private static final String NUMBER = "n";
    private static final String PREVIOUS = "prev";
    private static final int CHECKSUM_DIGITS = 8;

    /** The line behind another one, with its bytes. */
    static byte[] write(long number, Fingerprint previous, JournalRecord record) {
        Map<String, String> object = new LinkedHashMap<>();
        object.put(NUMBER, Long.toString(number));
        object.put(PREVIOUS, previous.toString());
        object.putAll(record.toMap());
        String json = FlatJson.write(object);
        byte[] line = (checksum(json) + " " + json + "\n").getBytes(StandardCharsets.US_ASCII);
        if (line.length > MAX_BYTES) {
            throw new IllegalArgumentException("a record of " + line.length + " bytes");
        }
        return line;
    }

    /**
     * Reads a line with its line break.
     *
     * @throws MalformedRecordException if anything is wrong with it
     */
    static JournalLine read(byte[] bytes) throws MalformedRecordException {
        String line = new String(bytes, StandardCharsets.ISO_8859_1);
        int start = CHECKSUM_DIGITS + 1;
        if (line.length() <= start || line.charAt(CHECKSUM_DIGITS) != ' ' || !line.endsWith("\n")) {
            throw new MalformedRecordException("not a line of a journal");
        }
        String json = line.substring(start, line.length() - 1);
        if (!checksum(json).equals(line.substring(0, CHECKSUM_DIGITS))) {
            throw new MalformedRecordException("the checksum is wrong");
        }
        Map<String, String> object = FlatJson.read(json);
        String number = object.remove(NUMBER);
        String previous = object.remove(PREVIOUS);
        if (number == null || previous == null) {
            throw new MalformedRecordException("no number or no previous hash");
        }
        try {
            return new JournalLine(
                    Long.parseLong(number), Fingerprint.parse(previous), JournalRecord.fromMap(object), hash(bytes));
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("number or previous hash", e);
        }
    }

    /** Hash of the JSON in a line. */
    static Fingerprint hash(byte[] line) {
        int start = CHECKSUM_DIGITS + 1;
        byte[] json = new byte[line.length - start - 1];
        System.arraycopy(line, start, json, 0, json.length);
        return Fingerprint.of(json);
    }

    private static String checksum(String json) {
        CRC32C crc = new CRC32C();
        crc.update(json.getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", crc.getValue());
    }
}
