package dev.coppice.library.session;

import dev.coppice.runtime.Surroundings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A run of claude to be: a prompt, and how it is to be run (`ClaudeProcess` of document 002). It has no state, so it
/// can be run again and by several threads; each run is told in the same log.
///
/// A session makes them with [OrchestratorSession#createProcess]; [#of] makes one without a session. The `with` methods
/// give changed copies.
public final class AgentProcess {
    /// The longest prompt that is handed over as an argument, in bytes of UTF-8: a system takes no much longer one. A longer
    /// prompt, and one that begins with `-`, is given on standard input.
    public static final int ARGUMENT_BYTES_MAX = 100_000;

    private static final String PROGRAM = "claude";

    private final Journal journal;
    private final Surroundings surroundings;
    private final String prompt;
    private final String processId;
    private final Optional<String> model;
    private final boolean streamOutput;
    private final Optional<Duration> timeout;

    AgentProcess(
            Journal journal,
            Surroundings surroundings,
            String prompt,
            String processId,
            Optional<String> model,
            boolean streamOutput,
            Optional<Duration> timeout) {
        if (prompt.isBlank()) {
            throw new IllegalArgumentException("process " + processId + " has a blank prompt");
        }
        if (processId.isBlank()) {
            throw new IllegalArgumentException("a process needs an id that is not blank");
        }
        if (timeout.filter(t -> !t.isPositive()).isPresent()) {
            throw new IllegalArgumentException(
                    "the timeout of process " + processId + " must be more than zero");
        }
        this.journal = journal;
        this.surroundings = surroundings;
        this.prompt = prompt;
        this.processId = processId;
        this.model = model;
        this.streamOutput = streamOutput;
        this.timeout = timeout;
    }

    /// A process without a session: with the agent's own model, no timeout, and its output passed on. What document 002
    /// also lets one say is said with [#withModel], [#withStreamOutput] and [#withTimeout].
    ///
    /// @param processId the name of its log, `<processId>.log`, in the log directory, and the id of its results
    /// @throws IllegalArgumentException for a blank prompt or id
    public static AgentProcess of(
            String prompt, String processId, Path workingDirectory, Path logDirectory) {
        return new AgentProcess(
                Journal.withoutSession(logDirectory.toAbsolutePath()),
                Surroundings.ofThisProcess().in(workingDirectory),
                prompt,
                processId,
                Optional.empty(),
                true,
                Optional.empty());
    }

    /// What the agent is told.
    public String prompt() {
        return prompt;
    }

    /// Its id in its session, and in its results.
    public String processId() {
        return processId;
    }

    /// The folder that it works in.
    public Path workingDirectory() {
        return surroundings.folder();
    }

    /// The folder that its log is in.
    public Path logDirectory() {
        return journal.directory();
    }

    /// The model it asks for; empty: the program's own default.
    public Optional<String> model() {
        return model;
    }

    /// Whether each line is passed on to our own standard output or errors as it comes.
    public boolean streamOutput() {
        return streamOutput;
    }

    /// The longest time that it may take; empty: as long as it prints or computes now and then
    /// (`workers.idle_timeout`).
    public Optional<Duration> timeout() {
        return timeout;
    }

    /// The same with another prompt.
    public AgentProcess withPrompt(String other) {
        return new AgentProcess(
                journal, surroundings, other, processId, model, streamOutput, timeout);
    }

    /// The same with another model.
    public AgentProcess withModel(String other) {
        return new AgentProcess(
                journal,
                surroundings,
                prompt,
                processId,
                Optional.of(other),
                streamOutput,
                timeout);
    }

    /// The same, with each line that it prints passed on as it comes, or not.
    public AgentProcess withStreamOutput(boolean isStreamed) {
        return new AgentProcess(
                journal, surroundings, prompt, processId, model, isStreamed, timeout);
    }

    /// The same with this timeout.
    ///
    /// @throws IllegalArgumentException unless it is more than zero
    public AgentProcess withTimeout(Duration other) {
        return new AgentProcess(
                journal, surroundings, prompt, processId, model, streamOutput, Optional.of(other));
    }

    /// The launch line of document 002: `claude --dangerously-skip-permissions -p PROMPT [--model M]`, each an argument
    /// of its own and never read by a shell. The program is the one that `orchestrator.claude_command` names.
    public List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(PROGRAM);
        command.add("--dangerously-skip-permissions");
        command.add("-p");
        if (!isOnStandardInput()) {
            command.add(prompt);
        }
        model.ifPresent(name -> {
            command.add("--model");
            command.add(name);
        });
        return List.copyOf(command);
    }

    boolean isOnStandardInput() {
        return prompt.startsWith("-")
                || prompt.getBytes(StandardCharsets.UTF_8).length > ARGUMENT_BYTES_MAX;
    }

    Journal journal() {
        return journal;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /// Runs it and waits for its end. Its whole process tree has then ended, too.
    ///
    /// @throws InterruptedException if the thread was interrupted; the process is then stopped first
    public ProcessResult run() throws InterruptedException {
        return Round.of(List.of(this)).run().getFirst();
    }

    @Override
    public String toString() {
        return processId;
    }
}
