package dev.coppice.config;

import dev.coppice.config.Configuration.Api;
import dev.coppice.config.Configuration.Logging;
import dev.coppice.config.Keys.ExecutionMode;
import dev.coppice.model.AgentName;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Settings.Agents;
import dev.coppice.model.Settings.Backoff;
import dev.coppice.model.Settings.Environment;
import dev.coppice.model.Settings.Integrate;
import dev.coppice.model.Settings.Kind;
import dev.coppice.model.Settings.Layout;
import dev.coppice.model.Settings.Recursion;
import dev.coppice.model.Settings.Workers;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Spelling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Puts a configuration together from its values, and checks what concerns several of them.
final class ConfigurationReader {
    private final Sources sources;
    private final Layers layers;
    private final SecretValues secrets;
    private final Values values;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    ConfigurationReader(Sources sources) {
        this.sources = sources;
        this.layers = new Layers(sources);
        this.secrets = new SecretValues(sources.environment());
        this.values = new Values(layers, sources.environment(), secrets);
    }

    Loading read() {
        Settings settings = settings();
        Api api = api();
        Logging logging = logging();
        Optional<String> storeUrl = values.find(Keys.STORE_URL);
        storeUrl.ifPresent(secrets::addPasswordOf);
        refusePostgres(storeUrl);
        noteExecutionMode();
        warnOfTrackedKey();
        problems.addAll(0, values.problems());
        problems.addAll(0, layers.problems());
        warnings.addAll(0, layers.warnings());
        return problems.isEmpty()
                ? new Loading.Usable(
                        new Configuration(
                                settings,
                                api,
                                logging,
                                storeUrl,
                                secrets.values(),
                                values.entries(),
                                warnings,
                                layers.files(),
                                layers.bareKeys().stream()
                                        .flatMap(key -> key.file().stream())
                                        .toList()))
                : new Loading.Refused(Problem.inOrder(problems));
    }

    private Settings settings() {
        return new Settings(
                layout(),
                workers(),
                new Recursion(
                        values.of(Keys.RECURSION),
                        values.of(Keys.MAX_DEPTH),
                        values.of(Keys.WORKERS_BY_DEPTH)),
                agents(),
                new Environment(
                        values.of(Keys.SETUP),
                        values.of(Keys.COPY),
                        values.of(Keys.LINK),
                        values.find(Keys.REQUIREMENTS),
                        List.of(),
                        values.of(Keys.PORTS)),
                values.of(Keys.CHECKS),
                new Integrate(
                        values.of(Keys.RESULT),
                        values.of(Keys.CONFLICTS),
                        values.find(Keys.TARGET)),
                values.find(Keys.BUDGET_USD));
    }

    private Layout layout() {
        return new Layout(
                folder(Keys.WORKSPACE_ROOT),
                values.of(Keys.BRANCH_TEMPLATE),
                values.of(Keys.ISOLATION),
                values.of(Keys.KEEP));
    }

    /// One of our folders. Who has a `config.yaml` in a folder below the repository's root, as document 004 does, means
    /// its paths from there.
    private String folder(Key<String> key) {
        String folder = atHome(values.of(key));
        return layers.given(key).flatMap(Layers.Given::file).filter(this::isBelowRoot).isPresent()
                ? sources.folder().resolve(folder).normalize().toString()
                : folder;
    }

    private boolean isBelowRoot(Path file) {
        return sources.isFolderFile(file) && !sources.folder().equals(sources.root());
    }

    private String atHome(String path) {
        return path.startsWith("~/") ? sources.home().resolve(path.substring(2)).toString() : path;
    }

    private Workers workers() {
        return new Workers(
                values.of(Keys.MAX_WORKERS),
                values.of(Keys.DEFAULT_TIMEOUT),
                values.find(Keys.JOB_TIMEOUT),
                values.of(Keys.IDLE_TIMEOUT),
                values.of(Keys.STOP_GRACE),
                values.of(Keys.MAX_OUTPUT),
                values.of(Keys.MAX_RETRIES),
                values.of(Keys.MAX_FIX_ROUNDS),
                new Backoff(
                        values.of(Keys.BASE_DELAY),
                        values.of(Keys.MAX_DELAY),
                        values.of(Keys.JITTER).doubleValue(),
                        values.of(Keys.TIMEOUT_FACTOR).doubleValue()));
    }

    private Agents agents() {
        AgentName byDefault = known(Keys.DEFAULT_AGENT);
        AgentName lead = known(Keys.LEAD_AGENT);
        layers.addModel(byDefault);
        String claude = atHome(values.of(Keys.CLAUDE_COMMAND));
        Map<AgentName, AgentSettings> configured = new LinkedHashMap<>();
        layers.agents().forEach((name, place) -> configured.put(name, agent(name, place, claude)));
        return new Agents(byDefault, lead, configured);
    }

    private AgentName known(Key<AgentName> key) {
        AgentName name = values.of(key);
        if (!layers.agents().containsKey(name)) {
            List<String> names = layers.agents().keySet().stream().map(AgentName::value).toList();
            String all = names.stream().sorted().collect(Collectors.joining(", "));
            String message = key.path() + " names an agent that is not configured: " + name;
            problems.add(
                    new Problem(
                            place(key),
                            message + "; configured: " + all + Spelling.hint(name.value(), names)));
        }
        return name;
    }

    private AgentSettings agent(AgentName name, String place, String claude) {
        String section = "agents." + name;
        Optional<Kind> ownKind = kindOf(name);
        Kind kind = values.find(Keys.KIND.under(section)).or(() -> ownKind).orElse(Kind.COMMAND);
        Key<String> model = Keys.MODEL.under(section);
        if (kind == Kind.COMMAND) {
            warnOfDeafness(section);
        }
        if (kind == Kind.CLAUDE) {
            model = model.setAsWritten();
        }
        return new AgentSettings(
                kind,
                command(name, place, kind, claude),
                values.of(Keys.ARGS.under(section)),
                values.find(model),
                values.of(Keys.PERMISSION.under(section)),
                values.of(Keys.STDIN.under(section)),
                values.of(Keys.ENV.under(section)),
                values.of(Keys.HOME.under(section)),
                values.of(maxConcurrent(kind).under(section)));
    }

    private static Key<Integer> maxConcurrent(Kind kind) {
        return switch (kind) {
            case CLAUDE -> Keys.MAX_CONCURRENT;
            case COMMAND, SCRIPTED -> Keys.MAX_CONCURRENT_OF_PROGRAMS;
        };
    }

    /// Such an agent is any program: what it is told about a model and permissions it would never hear.
    private void warnOfDeafness(String section) {
        for (Key<?> key : List.of(Keys.MODEL, Keys.PERMISSION)) {
            Key<?> own = key.under(section);
            if (layers.given(own).isPresent()) {
                warn(own, own.path() + " changes nothing, since this agent is a command");
            }
        }
    }

    /// The adapter that has the agent's name.
    private static Optional<Kind> kindOf(AgentName name) {
        return Stream.of(Kind.values())
                .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name.value()))
                .findFirst();
    }

    private List<String> command(AgentName name, String place, Kind kind, String claude) {
        List<String> command = values.of(Keys.COMMAND.under("agents." + name));
        return switch (kind) {
            case CLAUDE -> command.isEmpty() ? List.of(claude) : command;
            case SCRIPTED -> command;
            case COMMAND -> {
                if (command.isEmpty()) {
                    String message =
                            "agents."
                                    + name
                                    + " needs a command: [program, argument …]"
                                    + Spelling.hint(name.value(), List.of("claude"));
                    problems.add(new Problem(place, message));
                }
                yield command;
            }
        };
    }

    private Api api() {
        Optional<String> key = values.find(Keys.API_KEY);
        key.ifPresent(secrets::add);
        return new Api(
                values.of(Keys.HOST),
                values.of(Keys.PORT),
                key,
                values.of(Keys.RATE_LIMIT),
                values.of(Keys.MAX_CONCURRENT_JOBS),
                values.find(Keys.RETENTION),
                values.of(Keys.OPEN_STATUS));
    }

    private Logging logging() {
        return new Logging(values.of(Keys.LEVEL), values.of(Keys.STRUCTURED), folder(Keys.LOG_DIR));
    }

    private void refusePostgres(Optional<String> storeUrl) {
        if (storeUrl.filter(url -> url.startsWith("jdbc:postgresql:")).isPresent()) {
            problems.add(
                    new Problem(
                            place(Keys.STORE_URL),
                            "store.url: PostgreSQL is not supported yet; name a file, jdbc:sqlite:…, or leave it"
                                    + " out"));
        }
    }

    private void noteExecutionMode() {
        Optional<ExecutionMode> mode = values.find(Keys.EXECUTION_MODE);
        mode.ifPresent(asked ->
                warn(
                        Keys.EXECUTION_MODE,
                        "execution_mode "
                                + asked.name().toLowerCase(Locale.ROOT)
                                + " changes nothing: agents run on this machine, in a"
                                + " worktree each (see orchestrator.isolation); on Windows"
                                + " start coppice inside WSL 2"));
    }

    private void warnOfTrackedKey() {
        for (Layers.Given key : layers.bareKeys()) {
            if (key.file().filter(sources.isTracked()).isPresent()) {
                warnings.add(
                        new Problem(
                                key.source(),
                                "git tracks this file, so everybody who has the repository has the key: write"
                                        + " ${NAME} and set NAME in the environment, or move the key to"
                                        + " ~/.config/coppice/config.yaml"));
            }
        }
    }

    private void warn(Key<?> key, String message) {
        warnings.add(new Problem(place(key), message));
    }

    private String place(Key<?> key) {
        return layers.given(key).map(Layers.Given::source).orElse("default");
    }
}
