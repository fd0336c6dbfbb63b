package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import io.chaski.streamer.internal.disk.DiskFull;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/** What the failures of the library mean for us. */
final class MvProblems {

    private MvProblems() {}

    static StorageException translate(Path file, Exception failure) {
        if (failure instanceof StorageException known) {
            return known;
        }
        Problem problem = problemOf(failure);
        return new StorageException(problem, file, textOf(problem), failure);
    }

    /** Whether writing or forcing failed for another reason than a full disk. */
    static boolean isFailedWrite(Exception failure) {
        return failure instanceof MVStoreException library
                && library.getErrorCode() == DataUtils.ERROR_WRITING_FAILED
                && !DiskFull.isBehind(library);
    }

    private static Problem problemOf(Exception failure) {
        if (failure instanceof MVStoreException library) {
            return switch (library.getErrorCode()) {
                case DataUtils.ERROR_FILE_LOCKED -> Problem.IN_USE;
                case DataUtils.ERROR_WRITING_FAILED -> DiskFull.isBehind(library) ? Problem.DISK_FULL : Problem.FAILED;
                case DataUtils.ERROR_READING_FAILED ->
                    library.getCause() instanceof EOFException ? Problem.DAMAGED : Problem.FAILED;
                case DataUtils.ERROR_CLOSED -> Problem.FAILED;
                default -> Problem.DAMAGED;
            };
        }
        boolean isOfTheSystem = failure instanceof IOException || failure instanceof UncheckedIOException;
        // Anything else was thrown by code that decodes the file.
        return isOfTheSystem ? Problem.FAILED : Problem.DAMAGED;
    }

    private static String textOf(Problem problem) {
        return switch (problem) {
            case IN_USE -> "another program has the file";
            case DISK_FULL -> "the disk is full, or the file may not grow";
            case DAMAGED -> "damaged; restore it, or delete it to begin with nothing";
            default -> "cannot be read or written";
        };
    }
}
