package dev.coppice.client;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// How the records of this package are written as JSON: keys in snake case, what is absent as null, times in UTC.
/// What a newer server has more is passed over when reading; a list that is absent is empty.
public final class Wire {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .withConfigOverride(
                            List.class,
                            lists ->
                                    lists.setNullHandling(
                                            JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
                    .disable(tools.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .build();

    private Wire() {}

    /// The record as JSON on one line.
    public static String write(Object wire) {
        return MAPPER.writeValueAsString(wire);
    }

    /// The record that `json` is.
    ///
    /// @throws tools.jackson.core.JacksonException where it is none
    public static <T> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }
}
