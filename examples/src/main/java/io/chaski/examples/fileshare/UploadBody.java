package io.chaski.examples.fileshare;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that fails if it ends before the announced number of bytes: the server takes the end of a connection for that of the body. */
final class AnnouncedBody extends FilterInputStream {

    private long missingBytes;

    AnnouncedBody(InputStream body, long bytes) {
        super(body);
        this.missingBytes = bytes;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read >= 0) {
            missingBytes -= read;
        } else if (missingBytes > 0) {
            throw new EOFException("the connection has ended, and " + missingBytes + " bytes are missing");
        }
        return read;
    }
}
