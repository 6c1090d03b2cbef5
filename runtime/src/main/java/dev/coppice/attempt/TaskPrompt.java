package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Task;
import dev.coppice.model.TaskStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What an agent is told. Pure text: the same order gives the same prompt.
final class TaskPrompt {
    private TaskPrompt() {}

    /// Whether an agent may start jobs, and what it does with what they bring.
    enum OwnJobs {
        NONE,
        /// It is asked once more when they have ended.
        ASKED_AGAIN,
        /// It has no session in which it could be asked again.
        NOT_ASKED_AGAIN
    }

    /// The prompt for a task's first run in an attempt.
    ///
    /// @param resultFile where the agent may leave its result
    /// @param tools how a tool of Coppice's is named to the agent; empty where it has none
    static String of(
            AttemptOrder order,
            String resultFile,
            OwnJobs ownJobs,
            Function<String, Optional<String>> tools) {
        return switch (order.task().duty()) {
            case Duty.Work _ -> work(order, resultFile, ownJobs, tools);
            case Duty.Resolving duty -> resolving(order, duty);
            case Duty.Mending duty -> mending(order, duty);
            case Duty.Planning _, Duty.Integrating _, Duty.Delegating _ ->
                    throw new IllegalArgumentException("no agent works on " + order.task().id());
        };
    }

    private static String work(
            AttemptOrder order,
            String resultFile,
            OwnJobs ownJobs,
            Function<String, Optional<String>> tools) {
        Task task = order.task();
        Sections text = new Sections();
        text.line(
                "You are "
                        + Naming.worker(order)
                        + ", one of several agents who work side by side on one goal.");
        text.line(
                switch (order.request().settings().layout().isolation()) {
                    case WORKTREE ->
                            "You stand in a git worktree of your own; change files here and nowhere else.";
                    case NONE ->
                            "You stand in the user's folder itself, where others may work at the same time; "
                                    + "change nothing that your task does not need.";
                });
        text.section("Goal", order.goal());
        text.section("Your task (" + task.id() + ")", task.description());
        task.handoff().ifPresent(handed -> text.line("\n" + handed.brief()));
        text.section("Hints", task.hints());
        text.list("Look at these files first", task.contextFiles());
        text.list("These files must be there when you are done", task.expectedFiles());
        text.list(
                "These commands must succeed when you are done",
                task.checks().stream().map(Object::toString).toList());
        text.list(
                "The whole plan",
                order.outline().stream().map(l -> l.task() + ": " + l.name()).toList());
        for (AttemptOrder.Input input : order.inputs()) {
            if (!input.task().id().isOwn()) {
                text.section(
                        "What task "
                                + input.task().id()
                                + " brought, which is already where you stand",
                        input.output());
            }
        }
        order.children().forEach(child -> child(text, child));
        text.list(
                "What the others found out so far",
                order.discoveries().stream().map(Discovery::content).toList());
        earlier(order).ifPresent(e -> text.section("An earlier attempt at this task failed", e));
        tools.apply("post_discovery")
                .ifPresent(tool -> text.section("While you work", sharing(tool)));
        text.section("If your task is too big for one agent", jobs(ownJobs, tools));
        text.section("How to end", ending(order, resultFile));
        return text.toString();
    }

    private static String sharing(String tool) {
        return """
        Where you find out what the agents of other tasks should know (a convention, a trap, where something is), share \
        it at once by the tool %s: those who begin later are told of it.\
        """
                .formatted(tool);
    }

    /// When and how to start a job: by the tool, where the agent has it, and in the words of document 004, but that the token
    /// goes through a pipe. Every user of the machine can read the arguments of its programs.
    private static String jobs(OwnJobs ownJobs, Function<String, Optional<String>> tools) {
        return switch (ownJobs) {
            case NONE -> "";
            case ASKED_AGAIN ->
                    starting(tools)
                            + """
                            Then end. What the job brought is merged into your files, and you are asked once more to bring \
                            your task to its end.\
                            """;
            case NOT_ASKED_AGAIN ->
                    starting(tools)
                            + """
                            Then end. What the job brought is merged into your files, and nobody asks you again: where \
                            something must be done with the parts, make it the last task of that job, one that depends on \
                            all others.\
                            """;
        };
    }

    private static String starting(Function<String, Optional<String>> tools) {
        String byTool =
                tools.apply("start_child_job")
                        .map(tool ->
                                """
                                Call the tool %s with what the job is for, and its tasks if you know them; then the tool %s \
                                with its job_id, every 5 seconds. Where you can't, post the same:
                                """
                                        .formatted(
                                                tool, tools.apply("get_job_status").orElseThrow()))
                        .orElse("Post what the job is for, with its tasks if you know them:\n");
        return """
        Only where your task has 5 or more sub-components that other agents could build side by side, start a job \
        of your own for them. Never do so for a simple task: it costs more than it saves.
        """
                + byTool
                + """
                printf 'X-API-Key: %s\\n' "$COPPICE_API_KEY" | curl -sS -H @- -X POST "$COPPICE_API_URL/api/v1/orchestrate" \
                -H "Content-Type: application/json" -d '{"request": "what is to be done", \
                "plan": {"tasks": [{"description": "one part of it"}, {"description": "another"}]}}'
                It starts from the files as they are where you stand, and the answer has its job_id. Every 5 seconds ask for \
                its status, until that is completed, partial, failed or canceled:
                printf 'X-API-Key: %s\\n' "$COPPICE_API_KEY" | curl -sS -H @- "$COPPICE_API_URL/api/v1/jobs/JOB_ID/status"
                """;
    }

    private static void child(Sections text, AttemptOrder.Input child) {
        text.section(
                child.task().name()
                        + (child.status() == TaskStatus.COMPLETED
                                ? ": what it brought, which is already where you stand"
                                : ": it was not completed; what is done of it is where you stand"),
                child.output());
    }

    private static String resultForm(Task task) {
        return task.handoff().isPresent()
                ? "What you bring you must write, as JSON, into %s: {\"task_id\": \"…\", \"status\":"
                        + " \"completed\" or \"failed\", \"results\": {\"name\": …}}"
                : "What the other agents should know you may write, as JSON, into %s: {\"status\":"
                        + " \"completed\" or \"failed\", \"output\": \"…\", \"discoveries\":"
                        + " [\"…\"]}";
    }

    private static Optional<String> earlier(AttemptOrder order) {
        return order.earlier()
                .filter(e -> e.reason().isPresent() && !e.message().isBlank())
                .map(AttemptOrder.Earlier::message);
    }

    private static String ending(AttemptOrder order, String resultFile) {
        String evidence =
                switch (order.task().expects()) {
                    case CHANGES -> "Your work counts only if it changes files. ";
                    case REPORT ->
                            "End with a report of what you found; it is the result of this task. ";
                    case ANY -> "";
                };
        String commit =
                switch (order.request().settings().layout().isolation()) {
                    case WORKTREE -> "Do not commit: your changes are committed for you. ";
                    case NONE -> "Do not commit. ";
                };
        return evidence
                + commit
                + "Say briefly at the end what you did.\n"
                + resultForm(order.task()).formatted(resultFile);
    }

    private static String resolving(AttemptOrder order, Duty.Resolving duty) {
        Sections text = new Sections();
        text.line(
                "Two agents worked on the same goal, and their changes conflict. You wrote neither side.");
        text.line(
                "This worktree holds the merge of both, with conflict markers in the files below.");
        text.line(
                "Resolve it so that both intents are fulfilled, and remove every marker. Change nothing else.");
        text.section("Goal", order.goal());
        text.list("Conflicted files", duty.files());
        text.section("What both sides wanted", order.task().hints());
        text.section("How to end", "Do not commit: the resolved files are committed for you.");
        return text.toString();
    }

    private static String mending(AttemptOrder order, Duty.Mending duty) {
        Sections text = new Sections();
        text.line(
                "The work of several agents was merged, and a check fails on the merged tree, which this worktree holds.");
        text.line("Mend it with the smallest change that keeps what each of them wanted.");
        text.section("Goal", order.goal());
        text.section("The failing check", duty.failure());
        text.section("How to end", "Do not commit: your changes are committed for you.");
        return text.toString();
    }

    /// What goes back to the same agent when checks fail.
    static String fix(String failures) {
        Sections text = new Sections();
        text.line("You are not done yet: a check fails in your worktree.");
        text.section("What it said", failures);
        text.section("How to end", "Correct it. Do not weaken the check. Do not commit.");
        return text.toString();
    }

    /// What a resumed agent is told: it still knows the task.
    static String goOn(AttemptOrder order) {
        Sections text = new Sections();
        text.line(
                order.done().isPresent()
                        ? "The jobs that you started have ended. Bring your task to its end with what they brought."
                        : "Go on with your task; you were cut off.");
        earlier(order).ifPresent(e -> text.section("Why", e));
        order.children().forEach(child -> child(text, child));
        text.section("Your task, once more", order.task().description());
        return text.toString();
    }

    /// Text in sections; what is empty is left out.
    private static final class Sections {
        private final StringBuilder text = new StringBuilder();

        private void line(String line) {
            text.append(line).append('\n');
        }

        private void section(String title, String body) {
            if (!body.isBlank()) {
                text.append("\n## ").append(title).append('\n').append(body.strip()).append('\n');
            }
        }

        private void list(String title, List<String> items) {
            if (!items.isEmpty()) {
                section(title, "- " + String.join("\n- ", items));
            }
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
