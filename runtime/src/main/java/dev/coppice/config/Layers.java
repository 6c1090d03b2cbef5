package dev.coppice.config;

import dev.coppice.document.Document;
import dev.coppice.document.Value;
import dev.coppice.model.AgentName;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the sources give, laid one above the other: for each key the last value, as it was written.
final class Layers {
    private static final String AGENTS = "agents";

    /// Sections that only our files have. A `config.yaml` of another program is not ours.
    private static final List<String> OURS =
            List.of("orchestrator", "workers", "recursion", AGENTS, "integrate");

    /// No configuration is longer.
    private static final long FILE_BYTES_MAX = 1 << 20;

    private static final Set<String> PATHS =
            Keys.ALL.stream().map(Key::path).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> SECTIONS =
            PATHS.stream().flatMap(Layers::sectionsOf).collect(Collectors.toUnmodifiableSet());
    private static final List<String> AGENT_KEYS = Keys.OF_AGENT.stream().map(Key::path).toList();

    private final Sources sources;
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final Map<AgentName, String> agents = new LinkedHashMap<>();
    private final List<Path> files = new ArrayList<>();
    private final List<Given> bareKeys = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    /// One value.
    ///
    /// @param source what the user would look for: `coppice.yaml:3`, a variable, a flag
    /// @param file where it is in a file
    record Given(Value value, String source, Optional<Path> file) {}

    Layers(Sources sources) {
        this.sources = sources;
        agents.put(Keys.CLAUDE, "default");
        firstFile().ifPresent(this::addFile);
        Path own = sources.home().resolve(".config/coppice/config.yaml");
        if (Files.exists(own)) {
            addFile(own);
        }
        addEnvironment();
        addFlags();
    }

    Optional<Given> given(Key<?> key) {
        return Optional.ofNullable(given.get(key.path()));
    }

    /// The agents that are configured, `claude` always among them, with their places.
    Map<AgentName, String> agents() {
        return agents;
    }

    List<Path> files() {
        return files;
    }

    /// Where files have the server's key itself and no variable's name, whether or not a later source gives another.
    List<Given> bareKeys() {
        return bareKeys;
    }

    List<Problem> problems() {
        return problems;
    }

    List<Problem> warnings() {
        return warnings;
    }

    private Optional<Path> firstFile() {
        if (sources.named().isPresent()) {
            return sources.named();
        }
        Path ours = sources.root().resolve("coppice.yaml");
        return Stream.of(ours, sources.folderFile()).filter(Files::exists).findFirst();
    }

    private void addFile(Path file) {
        String name = shown(file);
        Optional<String> text = text(file, name);
        if (text.isEmpty()) {
            return;
        }
        Document document = Document.yaml(name, text.get());
        Optional<Value> root = document.root();
        if (isOfAnotherProgram(file, root)) {
            String message = "is not used: it has no section of Coppice (workers, agents, …)";
            warnings.add(new Problem(name, message));
            return;
        }
        files.add(file);
        problems.addAll(document.problems());
        root.ifPresent(value -> addSection("", value, file));
    }

    private Optional<String> text(Path file, String name) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                problems.add(new Problem(name, "is larger than a configuration can be (1 MiB)"));
                return Optional.empty();
            }
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            String why = Files.exists(file) ? "can't be read: " + e : "there is no such file";
            problems.add(new Problem(name, why));
            return Optional.empty();
        }
    }

    private boolean isOfAnotherProgram(Path file, Optional<Value> root) {
        return sources.isFolderFile(file)
                && root.orElse(new Value.Nothing("")) instanceof Value.Fields fields
                && fields.values().keySet().stream()
                        .noneMatch(key -> Spelling.nearest(key, OURS).isPresent());
    }

    private String shown(Path file) {
        if (file.startsWith(sources.root())) {
            return sources.root().relativize(file).toString();
        }
        return file.startsWith(sources.home())
                ? "~/" + sources.home().relativize(file)
                : file.toString();
    }

    private void addSection(String path, Value value, Path file) {
        switch (value) {
            case Value.Nothing _ -> {} // a section whose keys are all commented out
            case Value.Fields fields ->
                    fields.values().forEach((name, below) -> addKey(path, name, below, file));
            case Value.Text _, Value.Digits _, Value.Flag _, Value.Items _ -> {
                String what = path.isEmpty() ? "a configuration" : path;
                String message = what + " must be keys with values, not " + value.shown();
                problems.add(new Problem(value.place(), message));
            }
        }
    }

    private void addKey(String section, String name, Value value, Path file) {
        String written = section.isEmpty() ? name : section + "." + name;
        String path = Keys.OTHER_NAMES.getOrDefault(written, written);
        if (PATHS.contains(path) || isAgentKey(section, name)) {
            if (!(value instanceof Value.Nothing)) {
                Given here = new Given(value, value.place(), Optional.of(file));
                given.put(path, here);
                if (path.equals(Keys.API_KEY.path()) && !value.shown().contains("${")) {
                    bareKeys.add(here);
                }
            }
        } else if (SECTIONS.contains(path)) {
            addSection(path, value, file);
        } else if (section.equals(AGENTS) && AgentName.parse(name).isPresent()) {
            agents.put(new AgentName(name), value.place());
            addSection(path, value, file);
        } else {
            String hint = Spelling.hint(name, known(section));
            String elsewhere = hint.isEmpty() ? elsewhere(name) : hint;
            problems.add(new Problem(value.place(), "unknown key \"" + path + "\"" + elsewhere));
        }
    }

    private static boolean isAgentKey(String section, String name) {
        return section.startsWith(AGENTS + ".") && AGENT_KEYS.contains(name);
    }

    /// The names that `section` may hold.
    private static Collection<String> known(String section) {
        if (section.startsWith(AGENTS + ".")) {
            return AGENT_KEYS;
        }
        String prefix = section.isEmpty() ? "" : section + ".";
        return Stream.concat(PATHS.stream(), SECTIONS.stream())
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()))
                .filter(name -> !name.contains("."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// A key of this name in another section, else the way to find all.
    private static String elsewhere(String name) {
        return Keys.ALL.stream()
                .filter(key -> key.name().equals(name))
                .map(key -> "; did you mean \"" + key.path() + "\"?")
                .findFirst()
                .orElse("; `coppice init` writes a file with all keys");
    }

    private void addEnvironment() {
        Keys.ALL.forEach(this::addVariable);
        agents.keySet()
                .forEach(agent ->
                        Keys.OF_AGENT.forEach(key -> addVariable(key.under(AGENTS + "." + agent))));
    }

    private void addVariable(Key<?> key) {
        Optional.ofNullable(sources.environment().get(key.variable()))
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> addText(key.path(), key.kind(), text, key.variable()));
    }

    private void addFlags() {
        sources.flags()
                .forEach((flag, text) ->
                        Optional.ofNullable(Sources.FLAGS.get(flag))
                                .ifPresent(path -> addText(path, Key.Kind.ONE, text, flag)));
    }

    /// Gives the default agent's model, once it is known which that is.
    void addModel(AgentName agent) {
        Optional.ofNullable(sources.flags().get(Sources.MODEL_FLAG))
                .ifPresent(text ->
                        addText(
                                Keys.MODEL.under(AGENTS + "." + agent).path(),
                                Key.Kind.ONE,
                                text,
                                Sources.MODEL_FLAG));
    }

    /// A list can be given as YAML, `[a, b]`; other text is its one entry.
    private void addText(String path, Key.Kind kind, String text, String source) {
        Value one = new Value.Text(source, text);
        Value value =
                switch (kind) {
                    case ONE -> one;
                    case LIST, SHELL ->
                            text.startsWith("[")
                                    ? Document.unnamed(source, text, false).root().orElse(one)
                                    : new Value.Items(source, List.of(one));
                };
        given.put(path, new Given(value, source, Optional.empty()));
    }

    private static Stream<String> sectionsOf(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(path.substring(0, dot)), sectionsOf(path.substring(0, dot)));
    }
}
