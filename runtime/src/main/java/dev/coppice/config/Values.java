package dev.coppice.config;

import dev.coppice.config.Configuration.Entry;
import dev.coppice.config.Layers.Given;
import dev.coppice.document.Value;
import dev.coppice.plan.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Turns what was written into what it means: takes `${NAME}` from the environment, reads each
/// value by its key's form, and notes what is in force and what is wrong.
final class Values {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

    private final Layers layers;
    private final Map<String, String> environment;
    private final SecretValues secrets;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    Values(Layers layers, Map<String, String> environment, SecretValues secrets) {
        this.layers = layers;
        this.environment = environment;
        this.secrets = secrets;
    }

    /// The value of a key that has a default.
    <T> T of(Key<T> key) {
        return find(key).orElseThrow();
    }

    /// The value of a key that may be unset.
    <T> Optional<T> find(Key<T> key) {
        Optional<Given> given = layers.given(key);
        if (given.isEmpty()) {
            entries.add(new Entry(key.path(), key.isExample() ? "" : key.written(), "default"));
            return key.byDefault();
        }
        int before = problems.size();
        Value value = filledIn(key, given.get().value());
        if (problems.size() > before) {
            return key.byDefault();
        }
        entries.add(new Entry(key.path(), written(value), given.get().source()));
        Optional<T> read = key.form().read(value);
        if (read.isEmpty()) {
            String complaint = key.form().complaint(key.path(), value);
            problems.add(new Problem(given.get().source(), complaint));
        }
        return read.or(key::byDefault);
    }

    /// What is in force, secrets masked, in the order in which it was read.
    List<Entry> entries() {
        return entries.stream()
                .map(e -> new Entry(e.key(), secrets.mask(e.value()), e.source()))
                .toList();
    }

    List<Problem> problems() {
        return problems.stream()
                .map(problem -> new Problem(problem.place(), secrets.mask(problem.message())))
                .toList();
    }

    private Value filledIn(Key<?> key, Value value) {
        return switch (key.kind()) {
            case SHELL -> value;
            case ONE, LIST -> filledIn(key.path(), value);
        };
    }

    private Value filledIn(String path, Value value) {
        return switch (value) {
            case Value.Text(String place, String text) ->
                    new Value.Text(place, filledIn(path, place, text));
            case Value.Items(String place, List<Value> values) ->
                    new Value.Items(
                            place, values.stream().map(each -> filledIn(path, each)).toList());
            case Value.Digits _, Value.Flag _, Value.Nothing _, Value.Fields _ -> value;
        };
    }

    private String filledIn(String path, String place, String text) {
        Matcher variable = VARIABLE.matcher(text);
        return variable.replaceAll(
                match -> Matcher.quoteReplacement(variable(path, place, match.group(1))));
    }

    private String variable(String path, String place, String name) {
        String value = environment.get(name);
        if (value == null) {
            String message =
                    path + " asks for ${" + name + "}, which is not set; set it: export " + name;
            problems.add(new Problem(place, message + "=…"));
            return "";
        }
        if (SecretValues.isSecretName(name) || SecretValues.isSecretName(path)) {
            secrets.add(value);
        }
        return value;
    }

    private static String written(Value value) {
        return switch (value) {
            case Value.Text(String _, String text) -> text;
            case Value.Digits(String _, String digits) -> digits;
            case Value.Flag(String _, boolean isTrue) -> Boolean.toString(isTrue);
            case Value.Nothing _ -> "";
            case Value.Items(String _, List<Value> values) ->
                    values.stream()
                            .map(Values::written)
                            .collect(Collectors.joining(", ", "[", "]"));
            case Value.Fields fields -> fields.shown();
        };
    }
}
