package io.chaski.remote.internal.call;

import io.chaski.core.codec.CodecException;
import io.chaski.remote.BadAnswerException;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.wire.Values;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Results without a declared type. Stateless. */
public final class PlainValues {

    private PlainValues() {}

    /**
     * A value as few classes as possible say it: whole numbers as {@code Long} where they fit, others as {@code Double}.
     *
     * @param decoded as the codec made it without a type
     */
    public static @Nullable Object of(@Nullable Object decoded) {
        if (decoded instanceof Integer number) {
            return number.longValue();
        }
        if (decoded instanceof Float number) {
            return number.doubleValue();
        }
        if (decoded instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>();
            list.forEach(each -> plain.add(of(each)));
            return Collections.unmodifiableList(plain);
        }
        if (decoded instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, value) -> plain.put(key, of(value)));
            return Collections.unmodifiableMap(plain);
        }
        return decoded;
    }

    /**
     * A value of a type.
     *
     * @param plain made by {@link #of}
     * @param type what is wanted
     * @throws IllegalArgumentException if that is no type that travels
     * @throws BadAnswerException if the value is none of it
     */
    public static @Nullable Object as(@Nullable Object plain, Type type) {
        Type resolved = ModelReader.resultType(type);
        try {
            return Values.decode(resolved, Values.encode(Object.class, plain));
        } catch (CodecException other) {
            throw new BadAnswerException(
                    null, "the result is no " + resolved.getTypeName() + ": " + other.getMessage());
        }
    }
}
