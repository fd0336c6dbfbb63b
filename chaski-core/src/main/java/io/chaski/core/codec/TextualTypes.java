package io.chaski.core.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.chaski.core.Address;
import io.chaski.core.NodeId;
import java.io.IOException;
import java.io.Serial;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.Function;

/**
 * Values that travel as the text that {@code toString} prints and {@code parse} reads, as values and as keys of maps: the
 * types of {@code java.time}, in ISO-8601, and our own ids and addresses. Jackson has a module for the former; these
 * lines keep it out of everybody's class path.
 */
final class TextualTypes extends SimpleModule {

    @Serial
    private static final long serialVersionUID = 1L;

    TextualTypes() {
        super("chaski-textual-types");
        add(Duration.class, Duration::parse);
        add(Instant.class, Instant::parse);
        add(LocalDate.class, LocalDate::parse);
        add(LocalDateTime.class, LocalDateTime::parse);
        add(LocalTime.class, LocalTime::parse);
        add(MonthDay.class, MonthDay::parse);
        add(OffsetDateTime.class, OffsetDateTime::parse);
        add(OffsetTime.class, OffsetTime::parse);
        add(Period.class, Period::parse);
        add(Year.class, Year::parse);
        add(YearMonth.class, YearMonth::parse);
        add(ZonedDateTime.class, ZonedDateTime::parse);
        add(ZoneId.class, ZoneId::of);
        add(ZoneOffset.class, ZoneOffset::of);
        add(NodeId.class, NodeId::parse);
        add(Address.class, Address::parse);
    }

    private <V> void add(Class<V> type, Function<String, ? extends V> parser) {
        addSerializer(type, new Writer<>(type));
        addKeySerializer(type, new KeyWriter<>(type));
        addDeserializer(type, new Reader<>(type, parser));
        addKeyDeserializer(type, new KeyReader(type, parser));
    }

    private static final class Writer<V> extends StdScalarSerializer<V> {
        @Serial
        private static final long serialVersionUID = 1L;

        Writer(Class<V> type) {
            super(type);
        }

        @Override
        public void serialize(V value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class KeyWriter<V> extends StdSerializer<V> {
        @Serial
        private static final long serialVersionUID = 1L;

        KeyWriter(Class<V> type) {
            super(type);
        }

        @Override
        public void serialize(V value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeFieldName(value.toString());
        }
    }

    private static final class Reader<V> extends StdScalarDeserializer<V> {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Function<String, ? extends V> parser;

        Reader(Class<V> type, Function<String, ? extends V> parser) {
            super(type);
            this.parser = parser;
        }

        @Override
        public V deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!in.hasToken(JsonToken.VALUE_STRING)) {
                return context.reportInputMismatch(this, "expected text");
            }
            try {
                return parser.apply(in.getText());
            } catch (DateTimeException | IllegalArgumentException e) {
                return context.reportInputMismatch(this, "not the text of such a value");
            }
        }
    }

    private static final class KeyReader extends KeyDeserializer {
        private final Class<?> type;
        private final Function<String, ?> parser;

        KeyReader(Class<?> type, Function<String, ?> parser) {
            this.type = type;
            this.parser = parser;
        }

        @Override
        public Object deserializeKey(String key, DeserializationContext context) throws IOException {
            try {
                return parser.apply(key);
            } catch (DateTimeException | IllegalArgumentException e) {
                return context.reportInputMismatch(type, "not the text of such a key");
            }
        }
    }
}
