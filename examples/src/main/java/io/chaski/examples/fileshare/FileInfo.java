package io.chaski.examples.fileshare;

import io.chaski.streamer.file.FileExchange;
import java.util.regex.Pattern;

/**
 * A file of one peer, as it tells others.
 *
 * @param name path below its directory, under the rules of {@link io.chaski.streamer.file.FileOffer#name()}
 * @param size in bytes
 * @param hash SHA-256 of the content, 64 hexadecimal digits in lower case
 */
record FileInfo(String name, long size, String hash) {

    static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** What a peer tells that is no file is no answer. */
    FileInfo {
        if (!FileExchange.isGoodName(name) || size < 0 || !HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("not a file");
        }
    }
}
