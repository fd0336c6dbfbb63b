package io.chaski.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What our modules bring along is of no version that is known to be bad, unless {@code advisories.txt} says why that does not
 * concern us. Compares the jars that the build has resolved; asks nobody over a network.
 */
class AdvisoriesTest {

    private static final Path LIST = Path.of("src", "test", "resources", "advisories.txt");

    /** A date that acceptances must not be older than, such as 2027-02-01; usually not asked. */
    private static final String AS_OF = "advisories.asOf";

    /**
     * A weakness that somebody has published.
     *
     * @param artifact group and name
     * @param fixedIn the first good version of each line of releases; empty if there is none
     * @param reference under which it is known
     * @param accepted why an open one does not concern us; empty if nobody has said so
     */
    private record Advisory(String artifact, List<Version> fixedIn, String reference, Optional<Accepted> accepted) {

        static Advisory parse(String line) {
            List<String> fields =
                    Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
            boolean isWhole = (fields.size() == 4 || fields.size() == 6)
                    && fields.stream().noneMatch(String::isEmpty)
                    && fields.get(0).matches("[\\w.-]+:[\\w.-]+");
            if (!isWhole) {
                throw new IllegalArgumentException("4 fields, or 6 if it is accepted: " + line);
            }
            return new Advisory(
                    fields.get(0),
                    fields.get(1).equals("none")
                            ? List.of()
                            : Arrays.stream(fields.get(1).split(" "))
                                    .map(Version::new)
                                    .toList(),
                    fields.get(2),
                    fields.size() == 4
                            ? Optional.empty()
                            : Optional.of(new Accepted(fields.get(4), LocalDate.parse(fields.get(5)))));
        }

        /**
         * A line of releases that got no fix of its own is good from the highest version on that did, of those with the same first
         * number: a later line goes on from there. If none has it, of all.
         */
        boolean isFixedIn(Version ours) {
            return highest(each -> each.line().equals(ours.line()))
                    .or(() -> highest(each -> each.first() == ours.first()))
                    .or(() -> highest(each -> true))
                    .filter(first -> ours.compareTo(first) >= 0)
                    .isPresent();
        }

        private Optional<Version> highest(Predicate<Version> among) {
            return fixedIn.stream().filter(among).max(Comparator.naturalOrder());
        }
    }

    private record Accepted(String why, LocalDate until) {}

    /**
     * Numbers with dots between them; what stands behind, as in {@code 4.2.18.Final}, says nothing here, unless it is that of a version
     * before the release, as in {@code 4.2.18.RC1}.
     */
    private record Version(String text) implements Comparable<Version> {

        private static final Pattern NUMBERS = Pattern.compile("(\\d+(?:\\.\\d+)+)(?:[.-][A-Za-z].*)?");

        private static final Pattern BEFORE_RELEASE =
                Pattern.compile(".*[.-](alpha|beta|cr|ea|m|pr|rc|snapshot)[.-]?\\d*", Pattern.CASE_INSENSITIVE);

        Version {
            if (!NUMBERS.matcher(text).matches()) {
                throw new IllegalArgumentException("not a version: " + text);
            }
        }

        private int[] numbers() {
            Matcher matcher = NUMBERS.matcher(text);
            assertThat(matcher.matches()).isTrue();
            return Arrays.stream(matcher.group(1).split("\\."))
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }

        int first() {
            return numbers()[0];
        }

        private boolean isRelease() {
            return !BEFORE_RELEASE.matcher(text).matches();
        }

        /** The first two numbers. */
        String line() {
            return numbers()[0] + "." + numbers()[1];
        }

        @Override
        public int compareTo(Version other) {
            int byNumbers = Arrays.compare(numbers(), other.numbers());
            return byNumbers != 0 ? byNumbers : Boolean.compare(isRelease(), other.isRelease());
        }
    }

    private static List<Advisory> advisories() throws IOException {
        try (Stream<String> lines = Files.lines(LIST, StandardCharsets.UTF_8)) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Advisory::parse)
                    .toList();
        }
    }

    /** As the path of its jar in a repository says: {@code group/name/version/name-version.jar}. */
    private static Version resolved(String artifact) {
        String group = artifact.substring(0, artifact.indexOf(':'));
        String name = artifact.substring(artifact.indexOf(':') + 1);
        Pattern jar = Pattern.compile(".*/" + Pattern.quote(group.replace('.', '/') + "/" + name) + "/([^/]+)/"
                + Pattern.quote(name) + "-\\1\\.jar");
        List<String> versions = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(path -> jar.matcher(path.replace(File.separatorChar, '/')))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .toList();
        assertThat(versions).as("versions of %s on the class path", artifact).hasSize(1);
        return new Version(versions.get(0));
    }

    @Test
    void none_that_concerns_us_is_open() throws IOException {
        assertThat(advisories())
                .hasSizeGreaterThan(10)
                .filteredOn(each -> each.accepted().isEmpty())
                .allSatisfy(each -> assertThat(each.isFixedIn(resolved(each.artifact())))
                        .as("%s of %s, fixed in %s", each.reference(), each.artifact(), each.fixedIn())
                        .isTrue());
    }

    @Test
    void what_is_accepted_is_open_still() throws IOException {
        assertThat(advisories())
                .filteredOn(each -> each.accepted().isPresent())
                .allSatisfy(each -> assertThat(each.isFixedIn(resolved(each.artifact())))
                        .as(
                                "%s of %s is fixed by now: nothing has to be accepted any more",
                                each.reference(), each.artifact())
                        .isFalse());
    }

    /** Asked before a release; a build of an old commit must not fail because time has passed. */
    @Test
    void what_is_accepted_was_looked_at_in_time() throws IOException {
        assumeTrue(System.getProperty(AS_OF) != null, "no date is given");
        LocalDate now = LocalDate.parse(System.getProperty(AS_OF));
        assertThat(advisories())
                .filteredOn(each -> each.accepted().isPresent())
                .allSatisfy(each -> assertThat(each.accepted().orElseThrow().until())
                        .as(
                                "%s: is it true still that %s",
                                each.reference(), each.accepted().orElseThrow().why())
                        .isAfterOrEqualTo(now));
    }

    @Test
    void an_older_version_is_found() {
        Advisory one = Advisory.parse("io.netty:netty-handler | 4.1.137.Final 4.2.17.Final | CVE-0 | an example");

        assertThat(Stream.of("4.2.17.Final", "4.2.18.Final", "4.1.137.Final", "4.1.140.Final", "4.3.0.Final", "5.0.0")
                        .filter(version -> !one.isFixedIn(new Version(version))))
                .isEmpty();
        assertThat(Stream.of("4.2.16.Final", "4.2.9.Final", "4.1.136.Final", "4.0.200.Final", "3.9.9")
                        .filter(version -> one.isFixedIn(new Version(version))))
                .isEmpty();
        assertThat(Advisory.parse("a:b | none | CVE-0 | an example | not used | 2027-01-31")
                        .isFixedIn(new Version("99.0")))
                .isFalse();
    }

    /** Jackson 3 was fixed too, and later: that says nothing about 2.23. */
    @Test
    void a_line_without_a_fix_of_its_own_goes_on_from_the_highest_before_the_next_first_number() {
        Advisory one = Advisory.parse("a:b | 2.18.9 2.21.5 2.22.1 3.1.4 | CVE-0 | an example");

        assertThat(Stream.of("2.18.9", "2.21.6", "2.22.1", "2.23.0", "3.1.4", "3.2.0", "4.0.0")
                        .filter(version -> !one.isFixedIn(new Version(version))))
                .isEmpty();
        assertThat(Stream.of("2.18.8", "2.19.4", "2.22.0", "3.0.9", "3.1.3", "1.9.13")
                        .filter(version -> one.isFixedIn(new Version(version))))
                .isEmpty();
    }

    @Test
    void a_candidate_comes_before_the_release() {
        Advisory one = Advisory.parse("io.netty:netty-handler | 4.2.17.Final | CVE-0 | an example");

        assertThat(Stream.of("4.2.17.RC1", "4.2.17.Beta2", "4.2.17-rc.1", "4.2.17-SNAPSHOT", "4.2.17.CR1", "4.2.17-M3")
                        .filter(version -> one.isFixedIn(new Version(version))))
                .isEmpty();
        assertThat(Stream.of("4.2.17", "4.2.17.Final", "4.2.17-jre", "4.2.18.RC1")
                        .filter(version -> !one.isFixedIn(new Version(version))))
                .isEmpty();
    }

    @Test
    void a_line_that_is_not_whole_is_a_mistake() {
        for (String line : List.of(
                "io.netty:netty-handler | 4.2.17.Final | CVE-0",
                "netty-handler | 4.2.17.Final | CVE-0 | an example",
                "io.netty:netty-handler | soon | CVE-0 | an example",
                "io.netty:netty-handler | none | CVE-0 | an example | not used",
                "io.netty:netty-handler | none | CVE-0 | an example | not used | some day",
                "io.netty:netty-handler | none | CVE-0 | an example | | 2027-01-31")) {
            assertThatThrownBy(() -> Advisory.parse(line)).as("%s", line).isInstanceOf(RuntimeException.class);
        }
    }
}
