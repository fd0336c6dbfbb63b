package io.chaski.examples.fileshare;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a request, which comes as fast as {@link Patience} asks for, and as a whole: one that ends before the announced number
 * of bytes, which the server takes for its end, and one that breaks off are an {@link EOFException}.
 */
final class UploadBody extends FilterInputStream {

    private final Patience patience;
    private long missingBytes;

    /**
     * A body.
     *
     * @param bytes that were announced, 0 if none were
     */
    UploadBody(InputStream body, long bytes, Patience patience) {
        super(body);
        this.missingBytes = bytes;
        this.patience = patience;
        patience.begin();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = readFromClient(buffer, offset, length);
        if (read >= 0) {
            missingBytes -= read;
            patience.moved(read);
        } else if (missingBytes > 0) {
            throw new EOFException("the connection has ended, and " + missingBytes + " bytes are missing");
        } else {
            patience.end();
        }
        return read;
    }

    private int readFromClient(byte[] buffer, int offset, int length) throws EOFException {
        try {
            return in.read(buffer, offset, length);
        } catch (IOException broken) {
            EOFException end = new EOFException("the body has broken off");
            end.initCause(broken);
            throw end;
        }
    }
}
