package io.chaski.ca;

import java.util.Objects;
import java.util.Optional;

/**
 * Words for people in the certificates of the authority itself. Decoration: nothing is decided by them, and the
 * certificates of nodes have none. Immutable.
 *
 * @param country two capital letters
 * @param state 1 to 64 characters
 * @param locality 1 to 64 characters
 * @param organisation 1 to 64 characters
 * @param commonName 1 to 47 characters; {@code Chaski} if empty. What the certificate is and a number follow it
 */
public record SubjectAttributes(
        Optional<String> country,
        Optional<String> state,
        Optional<String> locality,
        Optional<String> organisation,
        Optional<String> commonName) {

    /** No decoration. */
    public static final SubjectAttributes NONE = new SubjectAttributes(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static final int MAX_LENGTH = 64;

    /** Leaves room for what follows it in 64 characters, {@code " issuing 0123abcd"}. */
    private static final int MAX_COMMON_NAME_LENGTH = 47;

    /**
     * Checks the attributes.
     *
     * @throws IllegalArgumentException naming the attribute that is wrong
     */
    public SubjectAttributes {
        Objects.requireNonNull(country, "country").ifPresent(SubjectAttributes::checkCountry);
        Objects.requireNonNull(state, "state").ifPresent(value -> check("state", value, MAX_LENGTH));
        Objects.requireNonNull(locality, "locality").ifPresent(value -> check("locality", value, MAX_LENGTH));
        Objects.requireNonNull(organisation, "organisation")
                .ifPresent(value -> check("organisation", value, MAX_LENGTH));
        Objects.requireNonNull(commonName, "commonName")
                .ifPresent(value -> check("commonName", value, MAX_COMMON_NAME_LENGTH));
    }

    private static void checkCountry(String value) {
        if (!value.matches("[A-Z]{2}")) {
            throw new IllegalArgumentException("country has two capital letters, not '" + value + "'");
        }
    }

    private static void check(String attribute, String value, int maxLength) {
        boolean isPrintable = value.chars().noneMatch(Character::isISOControl);
        if (value.isBlank() || value.length() > maxLength || !isPrintable) {
            throw new IllegalArgumentException(
                    attribute + " has 1 to " + maxLength + " printable characters, not '" + value + "'");
        }
    }
}
