package dev.coppice.folder;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How the records of this room become JSON. Keys are the records' names in snake case; what is unknown is null; times
/// are UTC, durations seconds. Every text passes the mask.
final class Documents {
    private final JsonMapper mapper;

    Documents(Secrets secrets) {
        mapper =
                JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                        .addModule(MaskedJson.module(secrets))
                        .build();
    }

    /// Over several lines, and with the end of the last one.
    String text(Record document) {
        return mapper.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document)
                + "\n";
    }

    /// One line, without its end.
    String line(LogLine line) {
        return mapper.writeValueAsString(line);
    }

    /// The number of the event in a line of the structured log.
    long sequenceOf(String line) {
        JsonNode sequence = mapper.readTree(line).path("sequence");
        return sequence.asLong(0);
    }
}
