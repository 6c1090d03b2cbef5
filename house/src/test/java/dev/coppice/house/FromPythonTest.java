package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.library.envelope.HandoffEnvelope;
import dev.coppice.library.envelope.Orchestration;
import dev.coppice.library.envelope.RetryConfig;
import dev.coppice.library.orchestrator.CoordinationState;
import dev.coppice.library.orchestrator.Discovery;
import dev.coppice.library.orchestrator.NewTask;
import dev.coppice.library.orchestrator.Task;
import dev.coppice.library.orchestrator.TaskContext;
import dev.coppice.library.orchestrator.TaskResult;
import dev.coppice.library.session.AgentProcess;
import dev.coppice.library.session.OrchestratorSession;
import dev.coppice.library.session.Round;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// docs/guide/from-python.md against the classes. The names that it must have are in the folder python of the test
/// resources, a file for each package.
class FromPythonTest {
    private static final Pattern SECTION =
            Pattern.compile("(?ms)^## `(dev\\.coppice\\.library\\.(\\w+))`(.*?)(?=^## |\\z)");

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([^`]+)` \\| `([^`(]+)(?:\\((\\w+)\\))?` \\| ?(.*?) ?\\|$");

    /// A value alone is the row's own; one with `=` stands in what is named behind it.
    private static final Pattern VALUE = Pattern.compile("`([^`]*)`(?: = `([\\w.]+)`)?");

    /// What stands in words where no value can stand: a parameter that may be left out. What then counts is what the tests
    /// of its method say.
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "none",
                    "false",
                    "empty",
                    "where one stands",
                    "`.coppice/worktrees` there",
                    "`.claude/runtime/logs` there",
                    "`process_001` and so on",
                    "the processors and 4 more, at most 32",
                    "that of each process");

    /// What stands in words of what can't be left out.
    private static final Set<String> OTHERWISE = Set.of("the lambda has them", "now");

    @TempDir static Path folder;

    /// @param rows the lines of its tables
    record Family(String packageName, String shortName, List<Row> rows) {
        @Override
        public String toString() {
            return shortName;
        }
    }

    record Row(String python, String java, Optional<String> parameter, String value) {}

    /// What a name in the Java column stands for.
    ///
    /// @param member empty: the type itself
    record Named(Class<?> type, String member) {
        List<Method> methods() {
            return Stream.of(type.getMethods()).filter(m -> m.getName().equals(member)).toList();
        }

        Optional<Field> field() {
            return Stream.of(type.getFields()).filter(f -> f.getName().equals(member)).findAny();
        }

        boolean isThere() {
            return member.isEmpty() || field().isPresent() || !methods().isEmpty();
        }

        boolean hasParameter(String name) {
            return methods().stream()
                    .flatMap(method -> Stream.of(method.getParameters()))
                    .map(Parameter::getName)
                    .anyMatch(name::equals);
        }

        /// Whether it can be called without this parameter: each method of a builder is left out as a whole.
        boolean hasWithout(String name) {
            return type.getSimpleName().equals("Builder")
                    || methods().stream()
                            .anyMatch(method ->
                                    Stream.of(method.getParameters())
                                            .map(Parameter::getName)
                                            .noneMatch(name::equals));
        }

        Object value() throws ReflectiveOperationException {
            if (field().isPresent()) {
                return field().get().get(null);
            }
            return type.getMethod(member).invoke(sample(type));
        }
    }

    static Stream<Family> families() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "guide", "from-python.md"));
        return SECTION.matcher(page)
                .results()
                .map(section ->
                        new Family(section.group(1), section.group(2), rows(section.group(3))));
    }

    private static List<Row> rows(String section) {
        return ROW.matcher(section)
                .results()
                .map(row ->
                        new Row(
                                row.group(1),
                                row.group(2),
                                Optional.ofNullable(row.group(3)),
                                row.group(4)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyNameOfTheDocumentsHasARow(Family family) throws IOException {
        try (InputStream names =
                FromPythonTest.class.getResourceAsStream(
                        "/python/" + family.shortName() + ".txt")) {
            assertThat(names).isNotNull();
            assertThat(family.rows())
                    .extracting(Row::python)
                    .containsExactlyInAnyOrderElementsOf(
                            new String(names.readAllBytes(), StandardCharsets.UTF_8)
                                    .lines()
                                    .filter(line -> !line.startsWith("#"))
                                    .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyJavaNameIsThere(Family family) {
        for (Row row : family.rows()) {
            Named named = named(family, row.java());

            assertThat(named.isThere()).as("%s for %s", row.java(), row.python()).isTrue();
            row.parameter()
                    .ifPresent(name ->
                            assertThat(named.hasParameter(name))
                                    .as("%s has a parameter %s", row.java(), name)
                                    .isTrue());
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void everyValueIsAsThePageSays(Family family) throws ReflectiveOperationException {
        for (Row row : family.rows()) {
            Matcher value = VALUE.matcher(row.value());
            if (value.matches()) {
                String where = Optional.ofNullable(value.group(2)).orElse(row.java());
                assertThat(inPython(named(family, where).value()))
                        .as("%s for %s", where, row.python())
                        .isEqualTo(canonical(value.group(1)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void whatIsSaidInWordsIsSaidOfAParameterThatMayBeLeftOut(Family family) {
        for (Row row : family.rows()) {
            String words = row.value();
            if (LEFT_OUT.contains(words)) {
                assertThat(named(family, row.java()).hasWithout(row.parameter().orElseThrow()))
                        .as("%s without %s, for %s", row.java(), row.parameter(), row.python())
                        .isTrue();
            } else if (!words.isEmpty() && !VALUE.matcher(words).matches()) {
                assertThat(OTHERWISE).as(row.python()).contains(words);
            }
        }
    }

    @Test
    void theWordsForWhatIsComputedAreTrue() {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);
        OrchestratorSession session =
                OrchestratorSession.named("s").workingDirectory(folder).open();

        assertThat(Discovery.of("a", "found").createdAt()).isBetween(before, Instant.now());
        assertThat(Round.DEFAULT_MAX_WORKERS)
                .isEqualTo(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
        assertThat(session.createProcess("Do it").processId()).isEqualTo("process_001");
        assertThat(session.logDirectory().getParent()).endsWith(Path.of(".claude/runtime/logs"));
    }

    private static Named named(Family family, String name) {
        List<String> words = Arrays.asList(name.split("\\.", -1));
        for (int size = words.size(); size > 0; size--) {
            String type = family.packageName() + "." + String.join("$", words.subList(0, size));
            try {
                return new Named(
                        Class.forName(type), String.join(".", words.subList(size, words.size())));
            } catch (ClassNotFoundException _) {
                // the last word is a member, then
            }
        }
        throw new AssertionError("no class for " + name);
    }

    /// One of each type that has defaults, with all of them.
    private static Object sample(Class<?> type) {
        Map<Class<?>, Object> samples =
                Map.of(
                        HandoffEnvelope.class,
                        Orchestration.buildEnvelope("a", "Do it", Map.of()),
                        RetryConfig.class,
                        RetryConfig.NONE,
                        OrchestratorSession.class,
                        OrchestratorSession.named("s").workingDirectory(folder).open(),
                        AgentProcess.class,
                        AgentProcess.of("Do it", "p", folder, folder),
                        NewTask.class,
                        NewTask.of("Do it"),
                        Task.class,
                        Task.of("t", "Do it"),
                        TaskContext.class,
                        TaskContext.NONE,
                        TaskResult.class,
                        TaskResult.of("done"),
                        Discovery.class,
                        Discovery.of("a", "found"),
                        CoordinationState.class,
                        CoordinationState.of());
        return Optional.ofNullable(samples.get(type))
                .orElseThrow(() -> new AssertionError("no sample of " + type));
    }

    /// A value as Python writes it.
    private static String inPython(Object value) throws ReflectiveOperationException {
        return switch (value) {
            case Duration time -> canonical(BigDecimal.valueOf(time.toNanos(), 9).toPlainString());
            case Number number -> canonical(number.toString());
            case Boolean truth -> truth ? "True" : "False";
            case Optional<?> maybe when maybe.isEmpty() -> "None";
            case Optional<?> maybe -> inPython(maybe.get());
            case Map<?, ?> map when map.isEmpty() -> "{}";
            case List<?> list when list.isEmpty() -> "[]";
            case Enum<?> constant ->
                    constant.getDeclaringClass().getMethod("value").invoke(constant).toString();
            case String text when text.isEmpty() -> "\"\"";
            default -> value.toString();
        };
    }

    /// `60.0` and `60` are one number.
    private static String canonical(String text) {
        return text.matches("-?[0-9]+(\\.[0-9]+)?")
                ? new BigDecimal(text).stripTrailingZeros().toPlainString()
                : text;
    }
}
