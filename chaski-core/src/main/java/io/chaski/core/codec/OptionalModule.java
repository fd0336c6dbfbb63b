package io.chaski.core.codec;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.ReferenceTypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.ReferenceTypeSerializer;
import com.fasterxml.jackson.databind.type.ReferenceType;
import com.fasterxml.jackson.databind.type.TypeBindings;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.type.TypeModifier;
import com.fasterxml.jackson.databind.util.NameTransformer;
import java.io.Serial;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An {@code Optional} travels as its value, or as null; one that is missing is empty. */
final class OptionalModule extends SimpleModule {

    @Serial
    private static final long serialVersionUID = 1L;

    OptionalModule() {
        super("chaski-optional");
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addTypeModifier(new OptionalIsReference());
        context.addSerializers(new OptionalSerializers());
        context.addDeserializers(new OptionalDeserializers());
    }

    private static boolean isOptional(JavaType type) {
        return type.hasRawClass(Optional.class);
    }

    private static final class OptionalIsReference extends TypeModifier {
        @Override
        public JavaType modifyType(JavaType type, Type ignored, TypeBindings bindings, TypeFactory factory) {
            return isOptional(type) && !type.isReferenceType()
                    ? ReferenceType.upgradeFrom(type, type.containedTypeOrUnknown(0))
                    : type;
        }
    }

    private static final class OptionalSerializers extends Serializers.Base {
        @Override
        public @Nullable JsonSerializer<?> findReferenceSerializer(
                SerializationConfig config,
                ReferenceType type,
                BeanDescription description,
                @Nullable TypeSerializer contentTypeSerializer,
                @Nullable JsonSerializer<Object> contentValueSerializer) {
            return isOptional(type) ? new Writer(type, contentTypeSerializer, contentValueSerializer) : null;
        }
    }

    private static final class OptionalDeserializers extends Deserializers.Base {
        @Override
        public @Nullable JsonDeserializer<?> findReferenceDeserializer(
                ReferenceType type,
                DeserializationConfig config,
                BeanDescription description,
                @Nullable TypeDeserializer contentTypeDeserializer,
                @Nullable JsonDeserializer<?> contentDeserializer) {
            return isOptional(type) ? new Reader(type, null, contentTypeDeserializer, contentDeserializer) : null;
        }
    }

    private static final class Writer extends ReferenceTypeSerializer<Optional<?>> {
        @Serial
        private static final long serialVersionUID = 1L;

        Writer(ReferenceType type, @Nullable TypeSerializer typing, @Nullable JsonSerializer<Object> content) {
            super(type, true, typing, content);
        }

        private Writer(
                Writer base,
                BeanProperty property,
                TypeSerializer typing,
                JsonSerializer<?> content,
                NameTransformer unwrapper,
                Object suppressable,
                boolean suppressesNulls) {
            super(base, property, typing, content, unwrapper, suppressable, suppressesNulls);
        }

        @Override
        protected ReferenceTypeSerializer<Optional<?>> withResolved(
                BeanProperty property, TypeSerializer typing, JsonSerializer<?> content, NameTransformer unwrapper) {
            return new Writer(this, property, typing, content, unwrapper, _suppressableValue, _suppressNulls);
        }

        @Override
        public ReferenceTypeSerializer<Optional<?>> withContentInclusion(Object suppressable, boolean suppressesNulls) {
            return new Writer(
                    this, _property, _valueTypeSerializer, _valueSerializer, _unwrapper, suppressable, suppressesNulls);
        }

        @Override
        protected boolean _isValuePresent(Optional<?> value) {
            return value.isPresent();
        }

        @Override
        protected Object _getReferenced(Optional<?> value) {
            return value.orElseThrow();
        }

        @Override
        protected @Nullable Object _getReferencedIfPresent(Optional<?> value) {
            return value.orElse(null);
        }
    }

    private static final class Reader extends ReferenceTypeDeserializer<Optional<?>> {
        @Serial
        private static final long serialVersionUID = 1L;

        Reader(
                JavaType type,
                @Nullable ValueInstantiator instantiator,
                @Nullable TypeDeserializer typing,
                @Nullable JsonDeserializer<?> content) {
            super(type, instantiator, typing, content);
        }

        @Override
        protected Reader withResolved(TypeDeserializer typing, JsonDeserializer<?> content) {
            return new Reader(_fullType, _valueInstantiator, typing, content);
        }

        @Override
        public Optional<?> getNullValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Object getEmptyValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Optional<?> referenceValue(Object contents) {
            return Optional.ofNullable(contents);
        }

        @Override
        public Optional<?> updateReference(Optional<?> reference, Object contents) {
            return Optional.ofNullable(contents);
        }

        @Override
        public @Nullable Object getReferenced(Optional<?> reference) {
            return reference.orElse(null);
        }
    }
}
