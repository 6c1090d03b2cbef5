package dev.coppice.server.jobs;

import dev.coppice.document.Document;
import dev.coppice.document.Form;
import dev.coppice.document.Value;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// The keys of a JSON object that a caller sent, and which of them were taken. What is wrong is gathered, and told all
/// at once. Types are JSON's own: a number in quotes is no number. Owned by one thread.
public final class JsonKeys {
    public static final Form<String> TEXT =
            new Form<>(
                    "text that is not empty",
                    value ->
                            value instanceof Value.Text(String _, String text) && !text.isBlank()
                                    ? Optional.of(text)
                                    : Optional.empty());
    public static final Form<Boolean> FLAG =
            new Form<>(
                    "true or false",
                    value ->
                            value instanceof Value.Flag(String _, boolean isTrue)
                                    ? Optional.of(isTrue)
                                    : Optional.empty());

    private final String before;
    private final SequencedMap<String, Value> values;
    private final List<Problem> problems;
    private final SequencedSet<String> known = new LinkedHashSet<>();

    private JsonKeys(String before, SequencedMap<String, Value> values, List<Problem> problems) {
        this.before = before;
        this.values = values;
        this.problems = problems;
    }

    /// The keys of the object that `text` is.
    ///
    /// @param what the text is, for errors
    /// @throws Fault where it is none
    public static JsonKeys of(String what, String text) {
        Document document = Document.unnamed(what, text, true);
        List<Problem> problems = new ArrayList<>(document.problems());
        if (document.root().orElse(new Value.Nothing(what)) instanceof Value.Fields fields) {
            return new JsonKeys("", fields.values(), problems);
        }
        if (problems.isEmpty()) {
            problems.add(new Problem(what, "the " + what + " must be a JSON object"));
        }
        throw Fault.of(Fault.Kind.INVALID_REQUEST, Problem.inOrder(problems));
    }

    /// The value of a key that is there and not null.
    public Optional<Value> value(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key))
                .filter(value -> !(value instanceof Value.Nothing));
    }

    /// The value of a key that is there, in this form.
    public <T> Optional<T> take(String key, Form<T> form) {
        Optional<Value> value = value(key);
        Optional<T> read = value.flatMap(form::read);
        if (value.isPresent() && read.isEmpty()) {
            refuse(key, "must be " + form.expected() + ", not " + value.get().shown());
        }
        return read;
    }

    /// The value of a key in this form; where it is absent that is refused.
    public <T> Optional<T> need(String key, Form<T> form) {
        if (value(key).isEmpty()) {
            refuse(key, "must be given");
        }
        return take(key, form);
    }

    /// The keys of the object below a key; none where it is absent.
    public JsonKeys object(String key) {
        Optional<Value> value = value(key);
        if (value.isPresent() && value.get() instanceof Value.Fields fields) {
            return new JsonKeys(before + key + ".", fields.values(), problems);
        }
        if (value.isPresent()) {
            refuse(key, "must be a JSON object");
        }
        return new JsonKeys(before + key + ".", new LinkedHashMap<>(), problems);
    }

    /// Says what is wrong with a key.
    public void refuse(String key, String message) {
        problems.add(new Problem(before + key, message));
    }

    /// Says of each key that was not asked for that it is not known.
    public void refuseOthers() {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                refuse(key, "is not known here" + Spelling.hint(key, known));
            }
        }
    }

    /// Tells of everything that is wrong, if anything is.
    ///
    /// @throws Fault with every problem, where there is one
    public void refuseAll() {
        if (!problems.isEmpty()) {
            throw Fault.of(Fault.Kind.INVALID_REQUEST, Problem.inOrder(problems));
        }
    }
}
