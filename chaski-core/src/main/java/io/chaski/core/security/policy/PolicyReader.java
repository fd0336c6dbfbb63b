package io.chaski.core.security.policy;

import io.chaski.core.codec.strict.StrictJsonException;
import io.chaski.core.codec.strict.StrictJsonReader;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.PolicyDocument.Grants;
import io.chaski.core.security.policy.PolicyDocument.Role;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads the text of a policy. Whatever is not exactly a policy is refused. Confined to one thread. */
final class PolicyReader {

    private static final String WHOLE = "the document";

    private final StrictJsonReader json;
    private final boolean mayRepeat;
    private int rules;

    private PolicyReader(StrictJsonReader json, boolean mayRepeat) {
        this.json = json;
        this.mayRepeat = mayRepeat;
    }

    static PolicyDocument read(byte[] text) {
        return read(text, false);
    }

    /** Of a pattern that comes twice in one list one is left. Whoever reads this one can mend nothing, and the meaning is the same. */
    static PolicyDocument readSigned(byte[] text) {
        return read(text, true);
    }

    private static PolicyDocument read(byte[] text, boolean mayRepeat) {
        if (text.length > Policy.MAX_BYTES) {
            throw new PolicyFormatException(
                    WHOLE, "it has " + text.length + " bytes, more than " + Policy.MAX_BYTES, null);
        }
        try (StrictJsonReader json = new StrictJsonReader(text)) {
            return new PolicyReader(json, mayRepeat).document();
        } catch (StrictJsonException e) {
            throw new PolicyFormatException(e.place(), String.valueOf(e.getMessage()), e);
        }
    }

    private PolicyDocument document() throws StrictJsonException {
        long version = 0;
        TrustDomain domain = null;
        Instant notBefore = null;
        Instant expires = null;
        List<Role> roles = List.of();
        Grants newcomer = Grants.NONE;
        json.beginObject();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            switch (key) {
                case "version" -> version = version();
                case "domain" -> domain = checked(json.readText(), TrustDomain::new);
                case "notBefore" -> notBefore = checked(json.readText(), PolicyReader::instant);
                case "expires" -> expires = checked(json.readText(), PolicyReader::instant);
                case "roles" -> roles = roles();
                case "newcomer" -> newcomer = newcomer();
                default ->
                    throw json.problem("unknown; a policy has version, domain, notBefore, expires, roles and newcomer");
            }
        }
        json.end();
        if (version == 0) {
            throw new PolicyFormatException(WHOLE, "it has no version", null);
        }
        try {
            return new PolicyDocument(
                    version,
                    Optional.ofNullable(domain),
                    Optional.ofNullable(notBefore),
                    Optional.ofNullable(expires),
                    roles,
                    newcomer);
        } catch (IllegalArgumentException e) {
            throw new PolicyFormatException(WHOLE, String.valueOf(e.getMessage()), e);
        }
    }

    private long version() throws StrictJsonException {
        long version = json.readNumber();
        if (version < 1) {
            throw json.problem("a version is 1 or more");
        }
        return version;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("a time looks like 2026-11-26T12:00:00Z", e);
        }
    }

    private List<Role> roles() throws StrictJsonException {
        List<Role> roles = new ArrayList<>();
        json.beginObject();
        for (String name = json.nextKey(); name != null; name = json.nextKey()) {
            roles.add(role(name));
        }
        return roles;
    }

    private Role role(String name) throws StrictJsonException {
        List<String> match = List.of();
        Granted granted = new Granted();
        json.beginObject();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            if (key.equals("match")) {
                match = patterns(Patterns::checkIdentity);
            } else {
                granted.read(key);
            }
        }
        try {
            return new Role(name, match, granted.grants());
        } catch (IllegalArgumentException e) {
            throw json.problem(String.valueOf(e.getMessage()));
        }
    }

    private Grants newcomer() throws StrictJsonException {
        Granted granted = new Granted();
        json.beginObject();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            granted.read(key);
        }
        return granted.grants();
    }

    /** Collects the actions of a role. */
    private final class Granted {
        private final Map<Action, List<String>> allow = new EnumMap<>(Action.class);
        private final Map<Action, List<String>> deny = new EnumMap<>(Action.class);

        void read(String key) throws StrictJsonException {
            if (key.equals("deny")) {
                json.beginObject();
                for (String denied = json.nextKey(); denied != null; denied = json.nextKey()) {
                    deny.put(action(denied), patterns(Patterns::checkObject));
                }
            } else {
                allow.put(action(key), patterns(Patterns::checkObject));
            }
        }

        private Action action(String key) throws StrictJsonException {
            Optional<Action> action = Action.ofKey(key);
            if (action.isEmpty()) {
                throw json.problem("unknown; what can be allowed is " + List.of(Action.values()));
            }
            return action.get();
        }

        Grants grants() {
            return new Grants(allow, deny);
        }
    }

    private List<String> patterns(Function<String, String> check) throws StrictJsonException {
        Set<String> patterns = new LinkedHashSet<>();
        json.readTexts(text -> {
            checked(text, pattern -> {
                add(check.apply(pattern), patterns);
                return pattern;
            });
            rules++;
            checked(rules, count -> {
                PolicyDocument.checkSize(count);
                return count;
            });
        });
        return List.copyOf(patterns);
    }

    private void add(String pattern, Set<String> patterns) {
        if (mayRepeat) {
            patterns.add(pattern);
        } else {
            Patterns.add(patterns, pattern);
        }
    }

    /** Gives a mistake its place. */
    private <A, B> B checked(A value, Function<A, B> check) throws StrictJsonException {
        try {
            return check.apply(value);
        } catch (IllegalArgumentException e) {
            throw json.problem(String.valueOf(e.getMessage()));
        }
    }
}
