package dev.coppice.runtime;

import dev.coppice.agent.AgentEnvironment;
import dev.coppice.agent.Agents;
import dev.coppice.agent.Availability;
import dev.coppice.config.Configuration;
import dev.coppice.git.BranchName;
import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import dev.coppice.git.Head;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Task;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.Plans;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Verdict;
import dev.coppice.process.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns what a user asks for into a job's request, with every problem found before anything runs.
final class Preparing {
    private final Discovery.Found repository;
    private final Git git;
    private final Configuration configuration;
    private final Settings settings;
    private final Processes processes;
    private final Map<String, String> environment;
    private final List<String> warnings = new ArrayList<>();
    private final List<Problem> invalid = new ArrayList<>();
    private final List<Problem> unusable = new ArrayList<>();

    Preparing(
            Discovery.Found repository,
            Git git,
            Configuration configuration,
            Settings settings,
            Processes processes,
            Map<String, String> environment) {
        this.repository = repository;
        this.git = git;
        this.configuration = configuration;
        this.settings = settings;
        this.processes = processes;
        this.environment = environment;
    }

    Preparation prepare(RunOrder order) throws InterruptedException {
        if (settings.layout().isolation() == Settings.Isolation.NONE) {
            invalid.add(
                    new Problem(
                            "orchestrator.isolation",
                            "Tasks without worktrees of their own are not supported yet. Leave it out, or set it to worktree."));
        }
        Optional<CommitId> base = base(order);
        Optional<String> target = target();
        Optional<Plan> plan = plan(order);
        checkBranchNames();
        Set<AgentName> needed = agents(plan);
        for (AgentName name : needed) {
            probeNeeded(name);
        }
        if (plan.isPresent() && !needed.contains(settings.agents().lead())) {
            probeResolver(plan.get());
        }
        if (!invalid.isEmpty()) {
            List<Problem> all = new ArrayList<>(invalid);
            all.addAll(unusable);
            return new Preparation.Refused(new Refusal(Refusal.Kind.INVALID, all));
        }
        if (!unusable.isEmpty()) {
            return new Preparation.Refused(new Refusal(Refusal.Kind.UNUSABLE, unusable));
        }
        warn();
        String request =
                order.request().isBlank() ? plan.map(Plan::goal).orElse("") : order.request();
        return new Preparation.Ready(
                new JobRequest(
                        request,
                        repository.topLevel().toString(),
                        base,
                        target,
                        plan,
                        settings,
                        0,
                        Optional.empty()),
                warnings);
    }

    private Optional<CommitId> base(RunOrder order) {
        if (order.base().isPresent()) {
            Optional<CommitId> named = git.refs().resolve(order.base().get());
            if (named.isEmpty()) {
                invalid.add(
                        new Problem(
                                "--base", "There is no commit called " + order.base().get() + "."));
            }
            return named;
        }
        Optional<CommitId> here = repository.head().at();
        if (here.isEmpty()) {
            unusable.add(
                    new Problem(
                            repository.topLevel().toString(),
                            "The repository has no commit yet. Commit something, or let `coppice run --init` "
                                    + "make the first commit of the files there."));
        }
        return here;
    }

    private Optional<String> target() {
        Optional<String> configured = settings.integrate().target();
        if (configured.isEmpty()) {
            Optional<String> here = repository.head().on().map(BranchName::value);
            if (here.isEmpty() && settings.integrate().result() == Settings.Result.MERGE) {
                invalid.add(
                        new Problem(
                                "integrate.target",
                                "You stand on no branch, so it is not known what to merge into. "
                                        + "Name one with --target, or leave the result branch with --integrate branch."));
            }
            return here;
        }
        Optional<String> unfit = BranchName.problem(configured.get());
        if (unfit.isPresent()) {
            invalid.add(
                    new Problem(
                            "integrate.target",
                            "'"
                                    + configured.get()
                                    + "' can't be the name of a branch: "
                                    + unfit.get()
                                    + "."));
        } else if (git.refs().commit(new BranchName(configured.get()).ref()).isEmpty()) {
            invalid.add(
                    new Problem(
                            "integrate.target",
                            "There is no branch called " + configured.get() + "."));
        }
        return configured;
    }

    private Optional<Plan> plan(RunOrder order) {
        if (order.plan().isEmpty()) {
            if (order.request().isBlank()) {
                invalid.add(
                        new Problem(
                                "request", "Say what is to be done, or give a plan with --plan."));
            }
            return Optional.empty();
        }
        PlanRules rules = PlanRules.of(settings, PlanRules.Author.PERSON, this::isFile);
        return switch (Plans.check(order.plan().get(), rules)) {
            case Verdict.Invalid(List<Problem> problems) -> {
                invalid.addAll(problems);
                yield Optional.empty();
            }
            case Verdict.Valid(Plan plan, List<Problem> said) -> {
                said.forEach(problem -> warnings.add(problem.toString()));
                yield Optional.of(plan);
            }
        };
    }

    private boolean isFile(String path) {
        Path root = repository.topLevel();
        Path named = root.resolve(path).normalize();
        return named.startsWith(root) && Files.exists(named);
    }

    private void checkBranchNames() {
        git.refs()
                .blocking(new BranchName("coppice/job/result"))
                .ifPresent(branch ->
                        unusable.add(
                                new Problem(
                                        "branch " + branch,
                                        "It takes the name under which the tasks' branches are made. Rename it: "
                                                + "git branch -m "
                                                + branch
                                                + " "
                                                + branch
                                                + "-old")));
    }

    private Set<AgentName> agents(Optional<Plan> plan) {
        Set<AgentName> needed = new LinkedHashSet<>();
        if (plan.isEmpty()) {
            needed.add(settings.agents().lead());
            needed.add(settings.agents().byDefault());
        } else {
            plan.get().tasks().stream().map(Task::agent).forEach(needed::add);
        }
        return needed;
    }

    private void probeNeeded(AgentName name) throws InterruptedException {
        AgentSettings agent = settings.agents().configured().get(name);
        if (agent == null) {
            invalid.add(new Problem("agents." + name, "No agent is configured under this name."));
        } else {
            whyUnusable(name, agent)
                    .ifPresent(advice -> unusable.add(new Problem("agent " + name, advice)));
        }
    }

    /// The lead settles conflicts, of which there may be none: without it the job can run.
    private void probeResolver(Plan plan) throws InterruptedException {
        boolean mayBeAsked =
                settings.integrate().result() != Settings.Result.NONE
                        && settings.integrate().conflicts() == Settings.Conflicts.AGENT
                        && plan.tasks().size() > 1;
        if (!mayBeAsked) {
            return;
        }
        AgentName lead = settings.agents().lead();
        AgentSettings agent = settings.agents().configured().get(lead);
        Optional<String> advice =
                agent == null
                        ? Optional.of("no agent is configured under this name")
                        : whyUnusable(lead, agent);
        advice.ifPresent(text ->
                warnings.add(
                        "The lead "
                                + lead
                                + " can't be asked should branches conflict: "
                                + text
                                + ". Or choose what wins with integrate.conflicts."));
    }

    private Optional<String> whyUnusable(AgentName name, AgentSettings agent)
            throws InterruptedException {
        return switch (Agents.of(name, agent)
                .probe(
                        processes,
                        repository.topLevel(),
                        AgentEnvironment.allowed(agent, environment))) {
            case Availability.Usable _ -> Optional.empty();
            case Availability.Missing missing ->
                    Optional.of(missing.program() + " can't be used: " + missing.advice());
            case Availability.NotLoggedIn notLoggedIn -> Optional.of(notLoggedIn.advice());
        };
    }

    private void warn() {
        configuration.warnings().forEach(problem -> warnings.add(problem.toString()));
        int cores = Runtime.getRuntime().availableProcessors();
        if (settings.workers().maxWorkers() > cores) {
            warnings.add(
                    "max_workers is "
                            + settings.workers().maxWorkers()
                            + ", but this machine has "
                            + cores
                            + (cores == 1 ? " core." : " cores."));
        }
        if (!git.checkout().uncommitted().isEmpty()) {
            warnings.add("Uncommitted changes in your checkout are not part of the base.");
        }
        if (repository.head() instanceof Head.Detached) {
            warnings.add("You stand on no branch; the result is left on its own branch.");
        }
    }
}
