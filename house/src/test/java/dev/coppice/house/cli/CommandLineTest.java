package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

/// Exit codes, messages and signals, as scripts and people meet them.
class CommandLineTest {
    @TempDir Path folder;
    private Scene scene;
    private Program program;
    private ScratchRepository repository;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
        program = scene.program();
        repository = scene.repository();
    }

    @Test
    void aPlanThatSucceedsEndsWithZero() throws Exception {
        // given
        plan("tasks: [{id: a, description: 'echo one > \"ünï code.txt\"'}]");

        // when
        Result run = run("run", "--plan", "plan.yaml");

        // then
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("completed").contains("FINAL_RESULT.md");
        assertThat(repository.read("coppice/" + Scene.job(run) + "/result", "ünï code.txt"))
                .isEqualTo("one\n");
    }

    @Test
    void inAFolderWithoutARepositoryTasksRunInTheFolderItself() throws Exception {
        // given
        Path plain = Files.createDirectories(folder.resolve("no repository"));
        Files.writeString(
                plain.resolve("coppice.yaml"),
                Scene.CONFIGURATION + "orchestrator: { isolation: none }\n");
        Files.writeString(
                plain.resolve("plan.yaml"),
                "tasks: [{id: a, description: echo one > a.txt},"
                        + " {id: b, description: cat a.txt, dependencies: [a]}]");

        // when
        Result run = program.run(plain, "run", "--plan", "plan.yaml");

        // then
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(plain.resolve("a.txt")).hasContent("one");
        assertThat(plain.resolve(".git")).doesNotExist();
        String job = Scene.job(run);
        assertThat(program.run(plain, "status").out()).contains(job);
        assertThat(program.run(plain, "report", job).out()).contains("completed");
        assertThat(program.run(plain, "logs", job, "b").out()).contains("one");
        assertThat(program.run(plain, "verify", job).code()).isZero();
        Result clean = program.run(plain, "clean");
        assertThat(clean.code()).isEqualTo(6);
        assertThat(clean.err()).contains("is no git repository");
    }

    @Test
    void aTaskThatFailsEndsWithOne() throws Exception {
        plan("tasks: [{id: a, description: exit 3, max_retries: 0}]");

        assertThat(run("run", "--plan", "plan.yaml").code()).isEqualTo(1);
    }

    @Test
    void withJsonThereIsOneDocumentAndNothingElse() throws Exception {
        plan("tasks: [{id: a, description: echo one > a.txt}]");

        Result run = run("run", "--plan", "plan.yaml", "--json");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(new ObjectMapper().readTree(run.out()).path("job_id").asString())
                .matches("[0-9a-z]{12}");
    }

    @Test
    void everyProblemOfAPlanIsToldAtOnce() throws Exception {
        plan(
                """
                tasks:
                  - {id: a, description: "true", dependencies: [b]}
                  - {id: b, description: "true", dependencies: [a]}
                  - {id: c, description: "true", dependencies: [nowhere], priority: 11}
                """);

        Result run = run("run", "--plan", "plan.yaml");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("a → b → a").contains("nowhere").contains("priority");
        assertThat(run("status", "--json").out()).isEqualTo("{\"jobs\":[]}\n");
    }

    @Test
    void brokenYamlAndAMissingFileAreWrongUse() throws Exception {
        plan("tasks: [");

        assertRefused(2, run("validate", "plan.yaml"), "coppice: plan.yaml:1: can't be read: ");
        assertRefused(
                2, run("run", "--plan", "plan.yaml"), "coppice: plan.yaml:1: can't be read: ");
        assertRefused(
                2,
                run("run", "--plan", "missing.yaml"),
                "coppice: missing.yaml: There is no such file.");
        assertRefused(2, run("run", "--no-such-flag"), "--no-such-flag");
        assertRefused(2, run("run"), "request");
    }

    /// One clear message, and nothing done.
    private static void assertRefused(int code, Result result, String said) {
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        assertThat(result.err()).contains(said).startsWith("coppice: ").hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void anUnknownCommandIsGuessedAt() throws Exception {
        Result run = run("stauts");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("did you mean \"status\"?");
    }

    @Test
    void anUnknownJobEndsWithThreeWhateverItLooksLike() throws Exception {
        for (String id : new String[] {"0123456789ab", "job_0123456789ab", "../x", "ä"}) {
            assertThat(run("status", id).code()).as(id).isEqualTo(3);
        }
        assertThat(run("events", "0123456789ab", "--json").out()).startsWith("{\"error\":");
    }

    @Test
    void anUnusableEnvironmentEndsWithSix() throws Exception {
        // given
        Path plain = Files.createDirectory(folder.resolve("plain"));
        ScratchRepository unborn = ScratchRepository.unborn(folder.resolve("unborn"));
        unborn.write("coppice.yaml", Scene.CONFIGURATION);
        repository.git("clone", "--quiet", "--bare", ".", folder.resolve("bare").toString());
        plan("tasks: [{id: a, description: 'true'}]");

        // then
        assertRefused(6, program.run(plain, "status"), "is no git repository");
        assertRefused(
                6, program.run(folder.resolve("bare"), "status"), "This is a bare repository");
        assertRefused(6, program.run(unborn.path(), "run", "do it"), "run --init");
    }

    @Test
    void aBranchCalledCoppiceIsNamedBeforeTheStart() throws Exception {
        repository.git("branch", "coppice");
        plan("tasks: [{id: a, description: 'true'}]");

        Result run = run("run", "--plan", "plan.yaml");

        assertThat(run.code()).isEqualTo(6);
        assertThat(run.err()).contains("git branch -m coppice");
    }

    @Test
    void initMakesARepositoryWhereThereIsNone() throws Exception {
        Path plain = Files.createDirectory(folder.resolve("plain"));
        Files.writeString(plain.resolve("coppice.yaml"), Scene.CONFIGURATION);
        Files.writeString(
                plain.resolve("plan.yaml"), "tasks: [{id: a, description: echo one > a.txt}]");

        Result run = program.run(plain, "run", "--init", "--plan", "plan.yaml");

        assertThat(run.code()).as(run.err()).isZero();
    }

    @Test
    void initMakesNothingForAJobThatCannotRun() throws Exception {
        Path plain = Files.createDirectory(folder.resolve("plain"));
        Path file = plain.resolve("coppice.yaml");
        Files.writeString(file, Scene.CONFIGURATION);

        assertRefused(2, program.run(plain, "run", "--init", ""), "Say what is to be done");
        assertRefused(2, program.run(plain, "run", "--init", "--queue", "do it"), "--queue");
        Files.writeString(file, Scene.CONFIGURATION.replace("[bash]", "[no-such-program]"));
        assertThat(program.run(plain, "run", "--init", "do it").err())
                .contains("agent script: ", "no-such-program");
        Files.writeString(file, "workers: { max_workers: many }");
        assertRefused(2, program.run(plain, "run", "--init", "do it"), "coppice.yaml:1: ");

        assertThat(plain).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void aTargetWithChangesInTheWayIsLeftAloneWithTheCommandToType() throws Exception {
        // given
        repository.write("shared.txt", "committed\n");
        repository.commit("Share");
        plan("tasks: [{id: a, description: echo agent > shared.txt}]");
        repository.write("shared.txt", "the user's own\n");

        // when
        Result run = run("run", "--plan", "plan.yaml", "--integrate", "merge");

        // then
        assertThat(run.code()).as(run.err()).isEqualTo(4);
        assertThat(run.out()).contains("merge --no-ff coppice/");
        assertThat(repository.path().resolve("shared.txt")).hasContent("the user's own");
    }

    @Test
    void aReaderThatGoesAwayEndsALookQuietly() throws Exception {
        plan("tasks: [{id: a, description: echo one > a.txt}]");
        String job = Scene.job(run("run", "--plan", "plan.yaml"));

        Result look =
                program.shell(
                        repository.path(),
                        "\"$coppice\" events %s -f | head -1; echo ${PIPESTATUS[0]}"
                                .formatted(job));

        assertThat(look.out().lines()).hasSize(2).last().isEqualTo("0");
        assertThat(look.err()).isEmpty();
    }

    @Test
    void numbersLookTheSameWhateverTheMachinesLanguageIs() throws Exception {
        Scene egyptian = scene.with("JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.country=EG");
        String job = Scene.job(egyptian.runPlan("tasks: [{id: a, description: echo one > a.txt}]"));

        assertThat(egyptian.run("status").out()).contains(job, " 1/1 ");
        assertThat(egyptian.run("diff", job).out()).contains("@@ -0,0 +1 @@");
    }

    @Test
    void initWritesWhereTheConfigurationIsReadAlsoFromASubfolder() throws Exception {
        repository.git("rm", "--quiet", "coppice.yaml");
        Path below = Files.createDirectories(repository.path().resolve("below/it"));

        Result init = program.run(below, "init");

        assertThat(init.code()).as(init.err()).isZero();
        assertThat(repository.path().resolve("coppice.yaml")).isRegularFile();
        assertThat(below).isEmptyDirectory();
        assertThat(program.run(below, "init").code()).isEqualTo(2);
    }

    @Test
    void aFolderThatCannotBeUsedIsALineAndNoStackTrace() throws Exception {
        repository.write(".coppice", "a file where our folder belongs\n");
        plan("tasks: [{id: a, description: echo one > a.txt}]");

        Result run = run("run", "--plan", "plan.yaml", "--json");

        assertThat(run.code()).as(run.err()).isEqualTo(6);
        assertThat(run.err().lines().toList().getLast()).startsWith("coppice: environment: ");
        assertThat(run.err()).doesNotContain("\tat ");
        assertThat(run.out()).startsWith("{\"error\":").endsWith("}\n").hasLineCount(1);
    }

    @Test
    void aReaderThatGoesAwayEndsALookAtARunningJobToo() throws Exception {
        // given
        Path gate = folder.resolve("gate");
        Process running =
                scene.startPlan(
                        "tasks: [{id: a, expects: any, description: 'while ! test -e \"%s\"; do sleep 0.1; done'}]"
                                .formatted(gate));
        String job = scene.jobOfRun();

        // when nothing more is printed that nobody would read
        Result look =
                scene.second()
                        .program()
                        .shell(
                                repository.path(),
                                "for look in events logs; do \"$coppice\" $look %s -f | head -1; echo ${PIPESTATUS[0]}; done"
                                        .formatted(job));

        // then
        assertThat(running.isAlive()).isTrue();
        assertThat(look.err()).isEmpty();
        assertThat(look.out().lines().toList())
                .hasSize(4)
                .satisfies(lines -> assertThat(lines.get(1)).isEqualTo("0"))
                .last()
                .isEqualTo("0");
        Files.createFile(gate);
        assertThat(program.ended(running).code()).isZero();
    }

    @Test
    void aRunWhoseReaderGoesAwayGoesOnWithoutPrinting() throws Exception {
        plan("tasks: [{id: a, description: echo one > a.txt}]");

        Result run =
                program.shell(
                        repository.path(),
                        "\"$coppice\" run --plan plan.yaml | head -1; echo ${PIPESTATUS[0]}");

        assertThat(run.out().lines()).as(run.err()).hasSize(2).last().isEqualTo("0");
        assertThat(run("status").out()).contains(Scene.job(run), "completed");
    }

    @Test
    void aPlanIsAskedForWithoutBeingDone() throws Exception {
        // given
        repository.write(
                "coppice.yaml",
                """
                agents:
                  default: script
                  lead: planner
                  script: { command: [bash], stdin: description }
                  planner: { command: [echo, '{"goal": "g", "tasks": [{"description": "touch x"}]}'] }
                """);
        repository.commit("Configure a lead");

        // when
        Result asked = run("plan", "do it", "-o", "plan.yaml");

        // then
        assertThat(asked.code()).as(asked.err()).isZero();
        assertThat(repository.path().resolve("plan.yaml")).content().contains("touch x");
        assertThat(run("validate", "plan.yaml").code()).isZero();
        assertThat(run("status", "--json").out()).isEqualTo("{\"jobs\":[]}\n");
        assertThat(scene.jobFolders()).isEmpty();
        assertThat(repository.git("for-each-ref", "--format=%(refname)", "refs/heads"))
                .isEqualTo("refs/heads/trunk");
    }

    @Test
    void aDetachedJobGoesOnByItself() throws Exception {
        plan("tasks: [{id: a, description: echo one > a.txt}]");

        Result started = run("run", "--plan", "plan.yaml", "--detach");

        assertThat(started.code()).as(started.err()).isZero();
        String job = started.out().strip();
        assertThat(job).matches("[0-9a-z]{12}");
        awaitProcessesOf(job);
        assertThat(run("status", job).out()).contains("completed");
    }

    @ParameterizedTest
    @CsvSource({"config.yaml,", "../other.yaml,--config"})
    void aDetachedJobIsConfiguredAsTheCallWas(String file, @Nullable String flag) throws Exception {
        // given a store of its own, which nobody finds without the file, on a machine without
        // setsid
        repository.git("rm", "--quiet", "coppice.yaml");
        repository.commit("Unconfigure");
        Path below = Files.createDirectories(repository.path().resolve("below"));
        Files.writeString(
                below.resolve(file),
                Scene.CONFIGURATION
                        + "store: { url: 'jdbc:sqlite:%s' }\n".formatted(folder.resolve("own.db")));
        plan("tasks: [{id: a, description: echo one > a.txt}]");
        program.with("PATH", scene.programs("git", "bash"));
        List<String> configured = flag == null ? List.of() : List.of(flag, file);

        // when
        Result started =
                program.run(
                        below,
                        words(List.of("run", "--plan", "../plan.yaml", "--detach"), configured));

        // then it is driven from the start, and ends
        assertThat(started.code()).as(started.err()).isZero();
        String job = started.out().strip();
        Result watched = program.run(below, words(List.of("watch", job), configured));
        assertThat(watched.out()).contains("completed").doesNotContain("interrupted");
        awaitProcessesOf(job); // one of which is still to say what it does
        assertThat(repository.path().resolve(".git/coppice/coppice.db")).doesNotExist();
        assertThat(scene.folderOf(job).resolve("logs/console.log"))
                .content()
                .contains("job " + job);
    }

    private static String[] words(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toArray(String[]::new);
    }

    @Test
    void withoutAGitProgramTheEnvironmentIsNotUsable() throws Exception {
        program.with("PATH", scene.programs("bash"));

        Result status = run("status", "--json");

        assertThat(status.code()).isEqualTo(6);
        assertThat(status.err()).contains("git").hasLineCount(1);
        assertThat(status.out()).startsWith("{\"error\":").contains("\"exit_code\":6");
    }

    private static void awaitProcessesOf(String job) throws IOException {
        Scene.await(() -> Program.processesCalledWith(job).isEmpty());
    }

    private void plan(String yaml) {
        scene.plan(yaml);
    }

    private Result run(String... words) throws IOException, InterruptedException {
        return scene.run(words);
    }
}
