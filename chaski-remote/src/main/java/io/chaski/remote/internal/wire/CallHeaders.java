package io.chaski.remote.internal.wire;

import io.chaski.remote.internal.model.MethodKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a stream says when it is opened for a call. Immutable.
 *
 * @param service name of the service
 * @param version which version of it; empty if the caller does not say
 * @param method which of its methods
 * @param id of the call
 * @param attempt how often the call has been tried, counting from 1
 * @param user headers of the application
 */
public record CallHeaders(
        String service, String version, MethodKey method, CallId id, int attempt, Map<String, String> user) {

    /** Protocol of the streams that carry calls. */
    public static final String PROTOCOL = "chaski.call";

    private static final String SERVICE = "chaski-service";
    private static final String VERSION = "chaski-version";
    private static final String METHOD = "chaski-method";
    private static final String ID = "chaski-call";
    private static final String ATTEMPT = "chaski-attempt";
    private static final Set<String> OWN = Set.of(SERVICE, VERSION, METHOD, ID, ATTEMPT);

    /** Copies the headers. */
    public CallHeaders {
        user = Map.copyOf(user);
    }

    /** As headers of a stream. */
    public Map<String, String> toMap() {
        Map<String, String> all = new LinkedHashMap<>(user);
        all.put(SERVICE, service);
        if (!version.isEmpty()) {
            all.put(VERSION, version);
        }
        all.put(METHOD, method.toString());
        all.put(ID, id.toString());
        all.put(ATTEMPT, Integer.toString(attempt));
        return all;
    }

    /**
     * Reads the headers of a stream.
     *
     * @param headers as they arrived
     * @throws MalformedException if one is missing or is not what it should be
     */
    public static CallHeaders parse(Map<String, String> headers) throws MalformedException {
        String service = find(headers, SERVICE);
        String version = headers.getOrDefault(VERSION, "");
        String method = find(headers, METHOD);
        String id = find(headers, ID);
        String attempt = find(headers, ATTEMPT);
        try {
            return new CallHeaders(
                    service,
                    version,
                    MethodKey.parse(method),
                    CallId.parse(id),
                    Integer.parseInt(attempt),
                    ofUser(headers));
        } catch (IllegalArgumentException notSuch) {
            throw new MalformedException("a header of the call is not what it should be");
        }
    }

    /** Mostly there are none, and nothing is copied to see it. */
    private static Map<String, String> ofUser(Map<String, String> headers) {
        int own = headers.containsKey(VERSION) ? OWN.size() : OWN.size() - 1;
        if (headers.size() == own) {
            return Map.of();
        }
        Map<String, String> user = new HashMap<>(headers);
        user.keySet().removeAll(OWN);
        return user;
    }

    private static String find(Map<String, String> headers, String name) throws MalformedException {
        String value = headers.get(name);
        if (value == null) {
            throw new MalformedException("the header " + name + " is missing");
        }
        return value;
    }
}
