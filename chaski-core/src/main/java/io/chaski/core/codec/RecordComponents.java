package io.chaski.core.codec;

import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the components of records required unless they are {@code Optional}. Otherwise a message of another type would
 * decode into a record full of nulls and zeros, and nobody would notice.
 */
final class RecordComponents extends JacksonAnnotationIntrospector {

    @Serial
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
        Boolean marked = super.hasRequiredMarker(member);
        if (marked != null || !(member instanceof AnnotatedParameter parameter)) {
            return marked;
        }
        return parameter.getDeclaringClass().isRecord() ? parameter.getRawType() != Optional.class : null;
    }
}
