package dev.coppice.attempt;

import dev.coppice.agent.AgentEnd;
import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch.Reports;
import dev.coppice.folder.JobFolder.AttemptFolder;
import dev.coppice.lead.Asking;
import dev.coppice.lead.LeadPrompt;
import dev.coppice.lead.PlanSchema;
import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.WorkResult;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.Problem;
import dev.coppice.workspace.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The lead's attempt at a plan: it reads a worktree of the base and changes nothing. An answer that is
/// no plan goes back to it with every error at once. Owned by one thread.
final class PlanningAttempt {
    private static final List<String> READMES =
            List.of("README.md", "README", "README.txt", "README.rst");

    /// Of a large repository so many files are looked at for its outline.
    private static final int FILES_MAX = 50_000;

    private final Equipment equipment;
    private final AttemptOrder order;
    private final Reports reports;
    private final Tally tally;
    private final Workplace workplace;
    private final Conversation conversation;

    PlanningAttempt(
            Equipment equipment,
            AttemptOrder order,
            Reports reports,
            Running running,
            Tally tally) {
        this.equipment = equipment;
        this.order = order;
        this.reports = reports;
        this.tally = tally;
        Deadline deadline = new Deadline(order, running);
        this.workplace = new Workplace(equipment, order, running, deadline);
        this.conversation = new Conversation(equipment, order, reports, running, tally, deadline);
    }

    Event.AttemptEnded carry() throws InterruptedException, IOException {
        Outcome outcome =
                switch (order.request().settings().layout().isolation()) {
                    case WORKTREE -> planInWorktree();
                    case NONE -> {
                        Place place = workplace.inFolder();
                        yield plan(place, FolderFiles.of(place.folder()).names());
                    }
                };
        return new Event.AttemptEnded(
                order.task().id(),
                order.attempt(),
                outcome,
                tally.usage(),
                tally.resources(),
                conversation.session(),
                Optional.empty());
    }

    private Outcome planInWorktree() throws InterruptedException, IOException {
        CommitId base = order.request().base().orElseThrow();
        equipment.workspaces().warm(order.request().settings().workers().maxWorkers(), base);
        Workspace workspace = workplace.acquire(base);
        workplace.tell(workspace, reports);
        List<String> files = equipment.git().commits().outline(base, FILES_MAX).files();
        Outcome outcome = plan(workplace.in(workspace), files);
        equipment.workspaces().release(workspace);
        return outcome;
    }

    private Outcome plan(Place place, List<String> files) throws InterruptedException, IOException {
        LeadPrompt prompt =
                new LeadPrompt(
                        order.task().description(),
                        files,
                        readme(place.folder()),
                        order.request().settings());
        PlanRules rules =
                PlanRules.of(
                        order.request().settings(),
                        PlanRules.Author.AGENT,
                        path -> isInside(place.folder(), path));
        return ask(Asking.of(prompt, rules), place);
    }

    private Outcome ask(Asking first, Place place) throws InterruptedException, IOException {
        Asking asking = first;
        String prompt = first.prompt().text();
        while (true) {
            AgentEnd end =
                    conversation.say(
                            prompt,
                            place,
                            files(asking.askedAgain()),
                            Optional.of(PlanSchema.text()));
            WorkResult words = WorkResult.of(end.output());
            String answer;
            switch (end.verdict()) {
                case Verdict.Succeeded succeeded ->
                        answer = succeeded.structured().orElse(end.output());
                case Verdict.Stopped _ -> {
                    return new Outcome.Stopped(words);
                }
                case Verdict.RateLimited limited -> {
                    return new Outcome.RateLimited(limited.until(), limited.message(), words);
                }
                case Verdict.Failed failed -> {
                    // Without the structured answer that was asked for, its words may still hold a
                    // plan.
                    if (failed.reason() != Reason.NO_RESULT || end.output().isBlank()) {
                        return new Outcome.Failed(failed.reason(), failed.message(), words);
                    }
                    answer = end.output();
                }
            }
            switch (asking.hear(answer)) {
                case Asking.Heard.Accepted accepted -> {
                    accepted.warnings().forEach(this::warn);
                    return new Outcome.Planned(accepted.plan(), words);
                }
                case Asking.Heard.GaveUp gaveUp -> {
                    return new Outcome.Failed(Reason.INVALID_PLAN, gaveUp.message(), words);
                }
                case Asking.Heard.AskAgain again -> {
                    if (!conversation.isInBudget()) {
                        return new Outcome.Failed(
                                Reason.BUDGET,
                                "The answer is no plan, and there is no money left to ask again.\n"
                                        + again.prompt(),
                                words);
                    }
                    prompt = conversation.canGoOn() ? again.prompt() : again.whole();
                    asking = again.next();
                }
            }
        }
    }

    private void warn(Problem problem) {
        reports.happened(
                new Event.Noted(
                        Event.Level.WARNING, Optional.of(order.task().id()), problem.toString()));
    }

    private AttemptFolder files(int askedAgain) {
        AttemptFolder first = Naming.folder(order).attempt(order.attempt());
        return askedAgain == 0 ? first : first.again(askedAgain);
    }

    private static boolean isInside(Path root, String path) {
        Path named = root.resolve(path).normalize();
        return named.startsWith(root) && Files.exists(named);
    }

    private static Optional<String> readme(Path root) throws IOException {
        for (String name : READMES) {
            Path file = root.resolve(name);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }
}
