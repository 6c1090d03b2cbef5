package dev.coppice.agent;

import tools.jackson.databind.json.JsonMapper;

/// The one reader of JSON in this room.
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}
}
