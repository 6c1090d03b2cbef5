package dev.coppice.folder;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/// JSON whose texts are without secrets, and which stays JSON whatever is taken out. Names of keys are left.
public final class MaskedJson {
    private MaskedJson() {}

    /// The document with every text in it masked.
    ///
    /// @param json a JSON document
    public static String of(String json, Secrets secrets) {
        JsonMapper mapper = JsonMapper.builder().addModule(module(secrets)).build();
        return mapper.writeValueAsString(mapper.readValue(json, Object.class));
    }

    /// Has a mapper mask every text that it writes.
    static SimpleModule module(Secrets secrets) {
        return new SimpleModule("masking").addSerializer(String.class, new MaskedText(secrets));
    }

    /// Masks before anything is escaped, so that no secret hides behind an escape.
    private static final class MaskedText extends StdSerializer<String> {
        private final Secrets secrets;

        private MaskedText(Secrets secrets) {
            super(String.class);
            this.secrets = secrets;
        }

        @Override
        public boolean isEmpty(SerializationContext context, String text) {
            return text.isEmpty();
        }

        @Override
        public void serialize(String text, JsonGenerator out, SerializationContext context) {
            out.writeString(secrets.mask(text));
        }
    }
}
