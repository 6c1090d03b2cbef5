package dev.coppice.lead;

import dev.coppice.document.Form;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Excerpt;
import dev.coppice.model.Settings;
import dev.coppice.plan.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the lead is asked for a plan.
///
/// @param request the user's words
/// @param files the tracked files, as paths from the repository's root
/// @param readme the text of the repository's README
/// @param settings the agents there are, and the limits that a task has
public record LeadPrompt(
        String request, List<String> files, Optional<String> readme, Settings settings) {
    private static final int README_MAX = 6_000;
    private static final int PROBLEMS_MAX = 50;

    /// The form of an answer, as an agent reads it best: an example.
    private static final String EXAMPLE =
            """
            {
              "goal": "one line: what is true when all tasks are done",
              "tasks": [
                {
                  "id": "model",
                  "description": "What to do, in full: the agent sees this text, not the request",
                  "priority": 1,
                  "dependencies": [],
                  "context_files": ["src/Api.java"],
                  "hints": "What helps: conventions, pitfalls, where to look",
                  "expected_files": ["src/model/User.java"],
                  "estimate": "5m"
                }
              ]
            }
            """;

    public LeadPrompt {
        files = List.copyOf(files);
    }

    /// The whole prompt.
    public String text() {
        return """
        You are the lead of a team of coding agents: plan the work below. Read what you need of the
        repository; change nothing and run nothing that changes it. Your answer is the plan.

        <request>
        %s
        </request>

        <repository>
        %s
        </repository>
        %s
        Rules for the plan:
        - 3 to 7 tasks, unless the request needs more or is small.
        - Each task can be done by its own agent, %s, without asking back, and is one
          reviewable change. Its agent has %s for it.
        - Up to %d tasks run at once. A task depends on another only where it needs what that one
          makes; it then starts from its work. Everything else runs in parallel.
        - Tasks that may run at once touch different files.
        - priority goes from 1 (first) to 10; ids are short words; dependencies name ids.
        - context_files exist now, or are among the expected_files of a task it depends on.
        - expected_files are those that must exist when the task is done; leave out what is not sure.
        - A task that answers in words and changes no file says "expects": "report".
        %s
        Answer with one JSON object of this form and nothing else. Only id and description are needed:
        %s\
        """
                .formatted(
                        request.strip(),
                        Outline.of(files),
                        readmeHead(),
                        switch (settings.layout().isolation()) {
                            case WORKTREE -> "in its own worktree";
                            case NONE -> "in the folder that all share";
                        },
                        Form.show(settings.workers().defaultTimeout()),
                        settings.recursion().slots(0, settings.workers().maxWorkers()),
                        checks() + agents(),
                        EXAMPLE);
    }

    /// What the lead is told, in the same session, when its answer is no plan.
    static String again(List<Problem> problems) {
        String list =
                problems.stream()
                        .limit(PROBLEMS_MAX)
                        .map(problem -> "- " + problem)
                        .collect(Collectors.joining("\n"));
        int rest = problems.size() - PROBLEMS_MAX;
        String more = rest > 0 ? "\n- and " + rest + " more" : "";
        return """
        Your answer can't be used as a plan. All that is wrong with it:
        %s

        Answer again with the whole plan, mended: one JSON object with "goal" and "tasks", and nothing
        else.\
        """
                .formatted(list + more);
    }

    private String readmeHead() {
        return readme.map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(text -> "\n<readme>\n" + head(text) + "\n</readme>\n")
                .orElse("");
    }

    private static String head(String text) {
        Excerpt head = Excerpt.beginning(text, README_MAX, "");
        int rest = text.length() - head.text().length();
        return head.text() + (head.isCut() ? "\n(cut: " + rest + " characters more)" : "");
    }

    private String checks() {
        if (settings.checks().isEmpty()) {
            return "";
        }
        return settings.checks().stream()
                .map(CommandLine::toString)
                .collect(
                        Collectors.joining(
                                "; ",
                                "- These checks run after each task anyway: ",
                                ". A task's own \"checks\" come on top.\n"));
    }

    private String agents() {
        List<AgentName> names = settings.agents().configured().keySet().stream().sorted().toList();
        if (names.size() < 2) {
            return "";
        }
        return names.stream()
                .map(AgentName::value)
                .collect(
                        Collectors.joining(
                                ", ",
                                "- \"agent\" may name one of these: ",
                                "; without it, " + settings.agents().byDefault() + ".\n"));
    }
}
