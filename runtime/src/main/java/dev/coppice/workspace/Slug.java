package dev.coppice.workspace;

import dev.coppice.model.TaskId;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/// A task's short name in branches, paths and project names: lower-case ASCII letters, digits and `-`,
/// 1 to 40 characters, with a letter or digit at both ends. So it can stand wherever a name can.
public record Slug(String value) {
    private static final int LENGTH_MAX = 40;
    private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?");

    /// Ids that nobody chose: the plan's numbering.
    private static final Pattern NUMBERED = Pattern.compile("task-[0-9]+");

    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");
    private static final Slug NAMELESS = new Slug("task");

    public Slug {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a slug: " + value);
        }
    }

    /// The slug of a task: from its id if somebody chose one, else from its description; `task` where
    /// neither has a letter or digit that ASCII knows.
    public static Slug of(TaskId id, String description) {
        boolean isChosen = !NUMBERED.matcher(id.value()).matches();
        String fromId = isChosen ? reduce(id.value()) : "";
        String reduced = fromId.isEmpty() ? reduce(description) : fromId;
        return reduced.isEmpty() ? NAMELESS : new Slug(reduced);
    }

    private static String reduce(String text) {
        String plain =
                MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD)).replaceAll("");
        String dashed = OTHERS.matcher(plain.toLowerCase(Locale.ROOT)).replaceAll("-");
        String begun = dashed.startsWith("-") ? dashed.substring(1) : dashed;
        String cut = begun.substring(0, Math.min(begun.length(), LENGTH_MAX));
        return cut.endsWith("-") ? cut.substring(0, cut.length() - 1) : cut;
    }

    @Override
    public String toString() {
        return value;
    }
}
