package io.chaski.ca.internal.provider;

import io.chaski.ca.NodeCredentials;
import io.chaski.ca.NodeEnrolment;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.node.IdentityFiles;
import io.chaski.core.StartFailedException;
import io.chaski.core.security.DenyFile;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.IdentityProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/** Enrols nodes at the authority of their token. Thread-safe. */
public final class TokenIdentityProvider implements IdentityProvider {

    /** For the service loader. */
    public TokenIdentityProvider() {}

    @Override
    public Enrolled enroll(Path directory, String token, Duration limit, InstantSource clock) {
        try {
            // The one around it: the directory itself is made for its owner only.
            Files.createDirectories(
                    Objects.requireNonNull(directory.toAbsolutePath().getParent(), "directory"));
            NodeEnrolment enrolment = NodeEnrolment.in(directory, clock);
            NodeCredentials credentials = enrolment.enrol(token, limit);
            DenyFile deny = new DenyFile(new IdentityFiles(new LocalDisk(), directory).deny());
            DenyList denied = deny.read();
            return new EnrolledNode(enrolment, clock, credentials, deny, denied);
        } catch (IOException e) {
            throw new StartFailedException("the data directory " + directory + ": " + e.getMessage(), e);
        }
    }
}
