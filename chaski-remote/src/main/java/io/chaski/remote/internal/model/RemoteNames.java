package io.chaski.remote.internal.model;

import io.chaski.remote.RemoteMethod;
import io.chaski.remote.RemoteName;
import java.lang.reflect.Method;

/** How methods are called on the wire: as their annotations say, and otherwise as in Java. Stateless. */
final class RemoteNames {

    private static final int MAX_LENGTH = 255;

    private RemoteNames() {}

    /**
     * The remote name of a method.
     *
     * @param where what messages call it
     * @throws IllegalArgumentException if two annotations name it differently, or it is no name
     */
    static String of(Method method, String where) {
        RemoteName renamed = method.getAnnotation(RemoteName.class);
        RemoteMethod marked = method.getAnnotation(RemoteMethod.class);
        String ofMark = marked == null ? "" : marked.value();
        if (renamed != null && !ofMark.isEmpty() && !ofMark.equals(renamed.value())) {
            throw new IllegalArgumentException(where + " has two remote names, " + ofMark + " and " + renamed.value());
        }
        String unmarked = renamed == null ? method.getName() : renamed.value();
        String name = ofMark.isEmpty() ? unmarked : ofMark;
        requireName(name, where);
        return name;
    }

    private static void requireName(String name, String where) {
        boolean isPlain = name.chars().allMatch(c -> c > ' ' && c != '(' && c != ')' && !Character.isISOControl(c));
        if (name.isEmpty() || name.length() > MAX_LENGTH || !isPlain) {
            throw new IllegalArgumentException(
                    where + ": a remote name has 1 to " + MAX_LENGTH + " characters, without spaces and parentheses");
        }
    }
}
