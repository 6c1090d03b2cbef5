package dev.coppice.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The table of all commands, in the order in which help shows them.
final class Commands {
    /// @param does one line for help, without the dot
    record Entry(String name, String does, boolean isHidden, Supplier<Action> action) {}

    private static final List<Entry> ALL =
            List.of(
                    shown("init", "Write a commented coppice.yaml", InitCommand::new),
                    shown(
                            "run",
                            "Do a request, or a plan, with a fleet of agents",
                            RunCommand::new),
                    shown("plan", "Ask the lead for a plan, and run nothing", PlanCommand::new),
                    shown("validate", "Check a plan file", ValidateCommand::new),
                    shown("status", "Show a job, or list all jobs", StatusCommand::new),
                    shown("watch", "Watch a job until it is over", WatchCommand::new),
                    shown(
                            "logs",
                            "Show what happened in a job, or what a task's agent printed",
                            LogsCommand::new),
                    shown("diff", "Show what a job, or a task, changed", DiffCommand::new),
                    shown("report", "Show a job's report", ReportCommand::new),
                    shown("events", "Show a job's events, one a line", EventsCommand::new),
                    shown(
                            "verify",
                            "Check that a job's events and commits are as they were written",
                            VerifyCommand::new),
                    shown("cost", "Show what jobs have cost", CostCommand::new),
                    shown("cancel", "End a job, or one of its tasks", CancelCommand::new),
                    shown("retry", "Try again what did not succeed", RetryCommand::new),
                    shown("resume", "Go on with an interrupted job", ResumeCommand::new),
                    shown(
                            "merge",
                            "Merge a job's result into its target branch",
                            MergeCommand::new),
                    shown(
                            "rescue",
                            "List, or restore, the work of failed attempts",
                            RescueCommand::new),
                    shown(
                            "clean",
                            "Remove workspaces and branches that are no longer needed",
                            CleanCommand::new),
                    shown(
                            "claim",
                            "Claim a task of a job, to do it from this terminal",
                            ClaimCommand::new),
                    shown("complete", "Say that a claimed task is done", CompleteCommand::new),
                    shown("fail", "Say that a claimed task can't be done", FailCommand::new),
                    shown(
                            "discover",
                            "Share a finding with those who work on the other tasks",
                            DiscoverCommand::new),
                    shown(
                            "heartbeat",
                            "Say that a claimed task is still being worked on",
                            HeartbeatCommand::new),
                    shown(
                            "serve",
                            "Serve this repository's jobs over a REST API",
                            ServeCommand::new),
                    shown(
                            "mcp",
                            "Speak the Model Context Protocol on standard input and output",
                            McpCommand::new),
                    shown(
                            "keys",
                            "List, add, rotate or revoke the keys of the REST API",
                            KeysCommand::new),
                    shown(
                            "agents",
                            "Show which agents are installed and usable",
                            AgentsCommand::new),
                    shown("doctor", "Check that everything is in order", DoctorCommand::new),
                    shown(
                            "demo",
                            "Run a small job with a scripted agent: no account, no network",
                            DemoCommand::new),
                    shown(
                            "completion",
                            "Print the completion script for a shell",
                            CompletionCommand::new),
                    shown("install", "Link this program into ~/.local/bin", InstallCommand::new),
                    hidden("drive", "Go on with a job in a process of its own", ResumeCommand::new),
                    hidden("warm-up", "Load what usual commands need", WarmUpCommand::new));

    private Commands() {}

    private static Entry shown(String name, String does, Supplier<Action> action) {
        return new Entry(name, does, false, action);
    }

    private static Entry hidden(String name, String does, Supplier<Action> action) {
        return new Entry(name, does, true, action);
    }

    static Optional<Entry> find(String name) {
        return ALL.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /// Those that users are told of.
    static List<Entry> shown() {
        return ALL.stream().filter(entry -> !entry.isHidden()).toList();
    }
}
