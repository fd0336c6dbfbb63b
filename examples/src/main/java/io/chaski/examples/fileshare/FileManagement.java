package io.chaski.examples.fileshare;

import io.chaski.remote.Idempotent;
import java.util.List;
import java.util.Optional;

// #region interface
/** What each peer serves about its files. */
interface FileManagement {
    @Idempotent
    List<FileInfo> search(String pattern);

    @Idempotent
    Optional<FileInfo> find(String hash);
}
// #endregion
