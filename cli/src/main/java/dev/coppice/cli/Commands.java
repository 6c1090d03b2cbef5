package dev.coppice.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The table of all commands, in the order in which help shows them.
final class Commands {
    /// @param does one line for help, without the dot
    record Entry(
            String name, String does, Needs needs, boolean isHidden, Supplier<Action> action) {}

    /// What a command works on.
    enum Needs {
        /// Jobs, wherever they are: in the repository here, or at the server that is named.
        JOBS,
        /// The repository itself, or what its jobs left on this machine.
        REPOSITORY,
        /// No jobs: files, keys, programs.
        NOTHING
    }

    private static final List<Entry> ALL =
            List.of(
                    shown(
                            "init",
                            Needs.NOTHING,
                            "Write a commented coppice.yaml",
                            InitCommand::new),
                    shown(
                            "run",
                            Needs.JOBS,
                            "Do a request, or a plan, with a fleet of agents",
                            RunCommand::new),
                    shown(
                            "plan",
                            Needs.NOTHING,
                            "Ask the lead for a plan, and run nothing",
                            PlanCommand::new),
                    shown("validate", Needs.NOTHING, "Check a plan file", ValidateCommand::new),
                    shown("status", Needs.JOBS, "Show a job, or list all jobs", StatusCommand::new),
                    shown("watch", Needs.JOBS, "Watch a job until it is over", WatchCommand::new),
                    shown(
                            "logs",
                            Needs.JOBS,
                            "Show what happened in a job, or what a task's agent printed",
                            LogsCommand::new),
                    shown(
                            "diff",
                            Needs.REPOSITORY,
                            "Show what a job, or a task, changed",
                            DiffCommand::new),
                    shown("report", Needs.JOBS, "Show a job's report", ReportCommand::new),
                    shown(
                            "events",
                            Needs.JOBS,
                            "Show a job's events, one a line",
                            EventsCommand::new),
                    shown(
                            "verify",
                            Needs.REPOSITORY,
                            "Check that a job's events and commits are as they were written",
                            VerifyCommand::new),
                    shown("cost", Needs.REPOSITORY, "Show what jobs have cost", CostCommand::new),
                    shown(
                            "cancel",
                            Needs.JOBS,
                            "End a job, or one of its tasks",
                            CancelCommand::new),
                    shown("retry", Needs.JOBS, "Try again what did not succeed", RetryCommand::new),
                    shown(
                            "resume",
                            Needs.REPOSITORY,
                            "Go on with an interrupted job",
                            ResumeCommand::new),
                    shown(
                            "merge",
                            Needs.REPOSITORY,
                            "Merge a job's result into its target branch",
                            MergeCommand::new),
                    shown(
                            "rescue",
                            Needs.REPOSITORY,
                            "List, or restore, the work of failed attempts",
                            RescueCommand::new),
                    shown(
                            "clean",
                            Needs.REPOSITORY,
                            "Remove workspaces and branches that are no longer needed",
                            CleanCommand::new),
                    shown(
                            "claim",
                            Needs.REPOSITORY,
                            "Claim a task of a job, to do it from this terminal",
                            ClaimCommand::new),
                    shown(
                            "complete",
                            Needs.REPOSITORY,
                            "Say that a claimed task is done",
                            CompleteCommand::new),
                    shown(
                            "fail",
                            Needs.REPOSITORY,
                            "Say that a claimed task can't be done",
                            FailCommand::new),
                    shown(
                            "discover",
                            Needs.REPOSITORY,
                            "Share a finding with those who work on the other tasks",
                            DiscoverCommand::new),
                    shown(
                            "heartbeat",
                            Needs.REPOSITORY,
                            "Say that a claimed task is still being worked on",
                            HeartbeatCommand::new),
                    shown(
                            "serve",
                            Needs.NOTHING,
                            "Serve this repository's jobs over a REST API",
                            ServeCommand::new),
                    shown(
                            "mcp",
                            Needs.NOTHING,
                            "Speak the Model Context Protocol on standard input and output",
                            McpCommand::new),
                    shown(
                            "keys",
                            Needs.NOTHING,
                            "List, add, rotate or revoke the keys of the REST API",
                            KeysCommand::new),
                    shown(
                            "agents",
                            Needs.NOTHING,
                            "Show which agents are installed and usable",
                            AgentsCommand::new),
                    shown(
                            "doctor",
                            Needs.NOTHING,
                            "Check that everything is in order",
                            DoctorCommand::new),
                    shown(
                            "demo",
                            Needs.NOTHING,
                            "Run a small job with a scripted agent: no account, no network",
                            DemoCommand::new),
                    shown(
                            "completion",
                            Needs.NOTHING,
                            "Print the completion script for a shell",
                            CompletionCommand::new),
                    shown(
                            "install",
                            Needs.NOTHING,
                            "Link this program into ~/.local/bin",
                            InstallCommand::new),
                    hidden(
                            "drive",
                            Needs.REPOSITORY,
                            "Go on with a job in a process of its own",
                            ResumeCommand::new),
                    hidden(
                            "warm-up",
                            Needs.NOTHING,
                            "Load what usual commands need",
                            WarmUpCommand::new));

    private Commands() {}

    private static Entry shown(String name, Needs needs, String does, Supplier<Action> action) {
        return new Entry(name, does, needs, false, action);
    }

    private static Entry hidden(String name, Needs needs, String does, Supplier<Action> action) {
        return new Entry(name, does, needs, true, action);
    }

    static Optional<Entry> find(String name) {
        return ALL.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /// Those that users are told of.
    static List<Entry> shown() {
        return ALL.stream().filter(entry -> !entry.isHidden()).toList();
    }
}
