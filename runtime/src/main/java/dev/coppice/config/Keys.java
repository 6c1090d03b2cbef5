package dev.coppice.config;

import dev.coppice.config.Configuration.Level;
import dev.coppice.document.Form;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Settings.Conflicts;
import dev.coppice.model.Settings.Home;
import dev.coppice.model.Settings.Input;
import dev.coppice.model.Settings.Isolation;
import dev.coppice.model.Settings.Kind;
import dev.coppice.model.Settings.Permission;
import dev.coppice.model.Settings.Result;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every key there is: the one place of forms, ranges, defaults and their description.
final class Keys {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int WORKERS_MAX = 64;
    private static final int DEPTH_MAX = 5;

    private static final Form<String> NAME =
            Form.TEXT.where("text that is not empty", text -> !text.isBlank());
    private static final Form<AgentName> AGENT =
            new Form<>(
                    "an agent's name (letters, digits, \".\", \"_\", \"-\")",
                    value -> Form.TEXT.read(value).flatMap(AgentName::parse));

    /// Where the original program ran its workers.
    enum ExecutionMode {
        LOCAL,
        WSL,
        WINDOWS
    }

    static final Key<String> WORKSPACE_ROOT =
            Key.set(
                    "orchestrator.workspace_root",
                    NAME,
                    ".coppice/workspace",
                    "where jobs keep their files; from the repository's root, or absolute");
    static final Key<String> CLAUDE_COMMAND =
            Key.set("orchestrator.claude_command", NAME, "claude", "the program, or its path");
    static final Key<Isolation> ISOLATION =
            Key.set(
                    "orchestrator.isolation",
                    Form.oneOf(Isolation.class),
                    "worktree",
                    "worktree: one for each task; none: all work in the folder itself, without git");
    static final Key<String> BRANCH_TEMPLATE =
            Key.set(
                    "orchestrator.branch_template",
                    Form.TEXT.where(
                            "a name with <job> and <n> in it, perhaps <slug>",
                            text -> text.contains("<job>") && text.contains("<n>")),
                    "coppice/<job>/<n>-<slug>",
                    "a task's branch; <job> and <n> are needed");
    static final Key<Boolean> KEEP =
            Key.set(
                    "orchestrator.keep",
                    Form.FLAG,
                    "false",
                    "keep the workspaces of tasks that are in the result");
    static final Key<ExecutionMode> EXECUTION_MODE =
            Key.unset(
                    "orchestrator.execution_mode",
                    Form.oneOf(ExecutionMode.class),
                    "local",
                    "accepted for old files; agents always run on this machine");

    static final Key<Integer> MAX_WORKERS =
            Key.set(
                    "workers.max_workers",
                    Form.whole(1, WORKERS_MAX),
                    "3",
                    "a job's running attempts at once, 1 to 64");
    static final Key<Duration> DEFAULT_TIMEOUT =
            Key.set(
                    "workers.default_timeout",
                    Form.time(SECOND, DAY),
                    "600",
                    "an attempt's wall clock; seconds, or 90s, 10m, 2h");
    static final Key<Duration> JOB_TIMEOUT =
            Key.unset(
                    "workers.job_timeout",
                    Form.time(SECOND, Duration.ofDays(30)),
                    "2h",
                    "the whole job's wall clock");
    static final Key<Duration> IDLE_TIMEOUT =
            Key.set(
                    "workers.idle_timeout",
                    Form.time(SECOND, DAY),
                    "300",
                    "an attempt ends when it neither prints nor computes for so long");
    static final Key<Duration> STOP_GRACE =
            Key.set(
                    "workers.stop_grace",
                    Form.time(Duration.ZERO, HOUR),
                    "2",
                    "from the polite signal to the other");
    static final Key<Long> MAX_OUTPUT =
            Key.set(
                    "workers.max_output",
                    Form.BYTES.where("a size of at least 1KB (4GB)", bytes -> bytes >= 1000),
                    "4GB",
                    "an attempt's output on disk");
    static final Key<Integer> MAX_RETRIES =
            Key.set(
                    "workers.max_retries",
                    Form.whole(0, 100),
                    "2",
                    "further attempts of a task that failed");
    static final Key<Integer> MAX_FIX_ROUNDS =
            Key.set(
                    "workers.max_fix_rounds",
                    Form.whole(0, 100),
                    "2",
                    "times that a failing check goes back to the agent");
    static final Key<Duration> BASE_DELAY =
            Key.set(
                    "workers.retry.base_delay",
                    Form.time(Duration.ZERO, HOUR),
                    "1",
                    "before the first retry; doubles with each");
    static final Key<Duration> MAX_DELAY =
            Key.set("workers.retry.max_delay", Form.time(Duration.ZERO, DAY), "60", "at most");
    static final Key<BigDecimal> JITTER =
            Key.set(
                    "workers.retry.jitter",
                    number("0", "1"),
                    "0.1",
                    "the share of the delay that is left to chance, 0 to 1");
    static final Key<BigDecimal> TIMEOUT_FACTOR =
            Key.set(
                    "workers.retry.timeout_factor",
                    number("1", "10"),
                    "1.5",
                    "by which the limit grows after an attempt that passed it");

    static final Key<Boolean> RECURSION =
            Key.set("recursion.enable", Form.FLAG, "true", "whether agents may start child jobs");
    static final Key<Integer> MAX_DEPTH =
            Key.set(
                    "recursion.max_depth",
                    Form.whole(0, DEPTH_MAX),
                    "3",
                    "the deepest child job's depth, 0 to 5; the root has 0");
    static final Key<List<Integer>> WORKERS_BY_DEPTH =
            new Key<>(
                    "recursion.workers_by_depth",
                    Form.whole(1, WORKERS_MAX).list(),
                    Optional.of(List.of(10, 8, 5, 3, 2, 1)),
                    "[10, 8, 5, 3, 2, 1]",
                    false,
                    "slots at each depth: the smaller of this and max_workers",
                    Key.Kind.LIST);

    static final Key<AgentName> DEFAULT_AGENT =
            Key.set("agents.default", AGENT, "claude", "does the tasks that name no agent");
    static final Key<AgentName> LEAD_AGENT =
            Key.set("agents.lead", AGENT, "claude", "plans, and resolves conflicts");

    static final Key<List<CommandLine>> SETUP =
            list(
                    Key.unset(
                            "environment.setup",
                            Form.COMMAND.list(),
                            "[\"npm ci\"]",
                            "commands that make a fresh worktree usable"),
                    Key.Kind.SHELL);
    static final Key<List<String>> COPY =
            list(
                    Key.unset(
                            "environment.copy",
                            NAME.list(),
                            "[.env]",
                            "files copied from your checkout"),
                    Key.Kind.LIST);
    static final Key<List<String>> LINK =
            list(
                    Key.unset(
                            "environment.link",
                            NAME.list(),
                            "[node_modules]",
                            "folders linked to those of your checkout"),
                    Key.Kind.LIST);
    static final Key<List<String>> REQUIREMENTS =
            Key.unset(
                            "environment.venv.requirements",
                            NAME.list(),
                            "[requirements.txt]",
                            "gives each worktree a Python environment with these")
                    .with(Optional.empty(), Key.Kind.LIST);
    static final Key<Integer> PORTS =
            Key.unset(
                            "environment.ports",
                            Form.whole(0, 1000),
                            "10",
                            "free ports for each worktree, from COPPICE_PORT")
                    .with(Optional.of(0), Key.Kind.ONE);

    static final Key<List<CommandLine>> CHECKS =
            list(
                    Key.unset(
                            "checks",
                            Form.COMMAND.list(),
                            "[\"./mvnw -q test\"]",
                            "must succeed before a task counts as done"),
                    Key.Kind.SHELL);

    static final Key<Result> RESULT =
            Key.set(
                    "integrate.result",
                    Form.oneOf(Result.class),
                    "branch",
                    "merge: into the target; branch: leave it for review; none: a branch a task");
    static final Key<Conflicts> CONFLICTS =
            Key.set(
                    "integrate.conflicts",
                    Form.oneOf(Conflicts.class),
                    "agent",
                    "who settles them: agent, ours, theirs or manual");
    static final Key<String> TARGET =
            Key.unset("integrate.target", NAME, "main", "unset: the branch you stand on");

    static final Key<BigDecimal> BUDGET_USD =
            Key.unset(
                    "budget.usd",
                    Form.NUMBER.where("a number above 0", usd -> usd.signum() > 0),
                    "5.00",
                    "nothing more starts when a job has cost so much");

    static final Key<String> HOST =
            Key.set("api.host", NAME, "localhost", "where the server listens");
    static final Key<Integer> PORT =
            Key.set("api.port", Form.whole(0, 65_535), "8000", "0: any free one");
    static final Key<String> API_KEY =
            Key.unset(
                    "api.api_key",
                    NAME,
                    "\"${COPPICE_SERVER_KEY}\"",
                    "unset: a server on localhost makes one; never commit one");
    static final Key<Integer> RATE_LIMIT =
            Key.set("api.rate_limit", Form.whole(1, 1_000_000), "600", "requests a minute per key");
    static final Key<Integer> MAX_CONCURRENT_JOBS =
            Key.set(
                    "api.max_concurrent_jobs",
                    Form.whole(1, 10_000),
                    "16",
                    "jobs that the server takes on at once, without their children");
    static final Key<Duration> RETENTION =
            Key.unset(
                    "api.retention",
                    Form.time(HOUR, Duration.ofDays(3_650)),
                    "30d",
                    "the server removes the folders of jobs that ended so long ago; unset: never");
    static final Key<Boolean> OPEN_STATUS =
            Key.set(
                    "api.open_status",
                    Form.FLAG,
                    "true",
                    "a job's status and counts may be read on localhost without a key");

    static final Key<Level> LEVEL =
            Key.set("logging.level", Form.oneOf(Level.class), "INFO", "of the server's own log");
    static final Key<Boolean> STRUCTURED =
            Key.set("logging.enable_structured", Form.FLAG, "true", "also as JSON lines");
    static final Key<String> LOG_DIR =
            Key.set("logging.log_dir", NAME, ".coppice/logs", "a job's logs are in its own folder");

    static final Key<String> STORE_URL =
            Key.unset(
                    "store.url",
                    Form.TEXT.where(
                            "a JDBC URL, jdbc:sqlite:… or jdbc:postgresql:…",
                            text -> text.matches("jdbc:(sqlite|postgresql):.+")),
                    "jdbc:sqlite:/srv/coppice/coppice.db",
                    "unset: coppice/coppice.db in git's own folder");

    /// All keys but those of single agents, in the order of the file.
    static final List<Key<?>> ALL =
            List.of(
                    WORKSPACE_ROOT,
                    CLAUDE_COMMAND,
                    ISOLATION,
                    BRANCH_TEMPLATE,
                    KEEP,
                    EXECUTION_MODE,
                    MAX_WORKERS,
                    DEFAULT_TIMEOUT,
                    JOB_TIMEOUT,
                    IDLE_TIMEOUT,
                    STOP_GRACE,
                    MAX_OUTPUT,
                    MAX_RETRIES,
                    MAX_FIX_ROUNDS,
                    BASE_DELAY,
                    MAX_DELAY,
                    JITTER,
                    TIMEOUT_FACTOR,
                    RECURSION,
                    MAX_DEPTH,
                    WORKERS_BY_DEPTH,
                    DEFAULT_AGENT,
                    LEAD_AGENT,
                    SETUP,
                    COPY,
                    LINK,
                    REQUIREMENTS,
                    PORTS,
                    CHECKS,
                    RESULT,
                    CONFLICTS,
                    TARGET,
                    BUDGET_USD,
                    HOST,
                    PORT,
                    API_KEY,
                    RATE_LIMIT,
                    MAX_CONCURRENT_JOBS,
                    RETENTION,
                    OPEN_STATUS,
                    LEVEL,
                    STRUCTURED,
                    LOG_DIR,
                    STORE_URL);

    /// What document 004 also calls a key.
    static final Map<String, String> OTHER_NAMES =
            Map.of("workers.claude_command", CLAUDE_COMMAND.path());

    /// The agent that is there without being configured.
    static final AgentName CLAUDE = new AgentName("claude");

    static final Key<Kind> KIND =
            Key.unset(
                    "kind",
                    Form.oneOf(Kind.class),
                    "claude",
                    "the adapter; by default that of the agent's name, else command");
    static final Key<List<String>> COMMAND =
            list(
                    Key.unset("command", NAME.list(), "[bash]", "the program and its arguments"),
                    Key.Kind.LIST);
    static final Key<Input> STDIN =
            Key.set(
                    "stdin",
                    Form.oneOf(Input.class),
                    "prompt",
                    "what a command reads: prompt, description, envelope or none");
    static final Key<String> MODEL = Key.unset("model", NAME, "sonnet", "the model it uses");
    static final Key<Permission> PERMISSION =
            Key.set(
                    "permission",
                    Form.oneOf(Permission.class),
                    "edit",
                    "what it may do without asking: plan, edit or all");
    static final Key<Integer> MAX_CONCURRENT =
            Key.set(
                    "max_concurrent",
                    Form.whole(1, WORKERS_MAX),
                    "4",
                    "its running attempts at once, over all jobs; of other programs than Claude 64");

    /// What no provider limits needs no limit of its own.
    static final Key<Integer> MAX_CONCURRENT_OF_PROGRAMS =
            Key.set("max_concurrent", Form.whole(1, WORKERS_MAX), "64", "");

    static final Key<List<String>> ARGS =
            list(Key.unset("args", NAME.list(), "[]", "further arguments"), Key.Kind.LIST);
    static final Key<List<String>> ENV =
            list(
                    Key.unset("env", NAME.list(), "[]", "further variables it may see"),
                    Key.Kind.LIST);

    static final Key<Home> HOME =
            Key.set(
                    "home",
                    Form.oneOf(Home.class),
                    "user",
                    "user: yours, with your logins; private: an empty one for each task");

    /// The keys of one agent, without `agents.NAME.` before them.
    static final List<Key<?>> OF_AGENT =
            List.of(KIND, COMMAND, STDIN, MODEL, PERMISSION, MAX_CONCURRENT, ARGS, ENV, HOME);

    private Keys() {}

    private static <T> Key<List<T>> list(Key<List<T>> key, Key.Kind kind) {
        return key.with(Optional.of(List.of()), kind);
    }

    private static Form<BigDecimal> number(String least, String most) {
        return Form.NUMBER.where(
                "a number from " + least + " to " + most,
                number ->
                        number.compareTo(new BigDecimal(least)) >= 0
                                && number.compareTo(new BigDecimal(most)) <= 0);
    }
}
