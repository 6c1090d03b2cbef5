package dev.coppice.agent;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.agent.AgentLaunch.Input;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Usage;
import dev.coppice.process.Exit;
import dev.coppice.process.Processes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Any program: exit code 0 is success, what it prints is its output, and it may leave a result file.
final class CommandAgent implements Agent {
    private final AgentSettings settings;

    CommandAgent(AgentSettings settings) {
        this.settings = settings;
    }

    @Override
    public boolean hasSessions() {
        return false;
    }

    @Override
    public Optional<String> tool(String name) {
        return WorkerTools.areKnownTo(program()) ? WorkerTools.elsewhere(name) : Optional.empty();
    }

    @Override
    public Optional<String> toolsVariable() {
        return WorkerTools.variable(program());
    }

    private String program() {
        return String.valueOf(Path.of(settings.command().getFirst()).getFileName());
    }

    /// Only looks for the program: an unknown one must not be started to see what it does.
    @Override
    public Availability probe(
            Processes processes, Path directory, Map<String, String> environment) {
        return Programs.find(settings.command().getFirst(), directory, environment);
    }

    @Override
    public AgentLaunch launch(AgentRequest request) {
        Input stdin =
                switch (settings.input()) {
                    case PROMPT -> AgentLaunch.prompt(request.prompt());
                    case DESCRIPTION -> new Input.Text(request.description());
                    case ENVELOPE -> new Input.File(request.envelope());
                    case NONE -> new Input.Nothing();
                };
        WorkerTools.Added added =
                request.tools().map(tools -> tools.to(program())).orElse(WorkerTools.Added.NOTHING);
        List<String> argv = new ArrayList<>(settings.command());
        argv.addAll(1, added.argv());
        argv.addAll(settings.args());
        return new AgentLaunch(argv, added.environment(), added.files(), stdin);
    }

    @Override
    public AgentReading reading(AgentRequest request, Consumer<AgentNote> notes) {
        return new Reading(request.resultFile());
    }

    private static final class Reading implements AgentReading {
        private final Path resultFile;
        private final Tail output = new Tail();

        Reading(Path resultFile) {
            this.resultFile = resultFile;
        }

        @Override
        public void line(byte[] bytes, int from, int length) {
            output.addLine(bytes, from, length);
        }

        @Override
        public AgentEnd finish(Exit exit, String errors) {
            String printed = output.text();
            ResultFile file = ResultFile.at(resultFile);
            Optional<ResultFile.Report> report = Ending.report(file);
            Verdict verdict =
                    Ending.of(exit, errors.isBlank() ? printed : errors)
                            .orElse(new Verdict.Succeeded(Optional.empty()));
            return new AgentEnd(
                    Ending.withResultFile(verdict, file),
                    report.flatMap(ResultFile.Report::output).orElse(printed),
                    Optional.empty(),
                    Usage.NONE,
                    List.of(),
                    report);
        }
    }
}
