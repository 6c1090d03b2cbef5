package dev.coppice.lead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.document.Document;
import dev.coppice.document.Value;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.TaskKey;
import dev.coppice.testkit.Golden;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class PlanSchemaTest {
    @Test
    void theSchemaHasTheReadersKeysAndNoOthers() {
        Value.Fields plan = below(root(), "properties");
        Value.Fields task = below(below(below(plan, "tasks"), "items"), "properties");

        assertThat(plan.values()).containsOnlyKeys(PlanDraft.KEYS);
        assertThat(task.values()).containsOnlyKeys(TaskKey.WORDS);
    }

    @Test
    void theSchemaIsKnown() {
        Golden.check("lead/schema.json", PlanSchema.text() + "\n");
    }

    private static Value.Fields root() {
        Document schema = Document.json("schema", PlanSchema.text());
        assertThat(schema.problems()).isEmpty();
        return (Value.Fields) schema.root().orElseThrow();
    }

    private static Value.Fields below(Value.Fields fields, String key) {
        return (Value.Fields) Objects.requireNonNull(fields.values().get(key));
    }
}
