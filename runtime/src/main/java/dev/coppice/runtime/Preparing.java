package dev.coppice.runtime;

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
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.Plans;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Verdict;
import dev.coppice.workspace.BranchTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Turns what a user asks for into a job's request, with every problem found before anything runs.
final class Preparing {
    private static final String BASE = "base";

    private final Surroundings surroundings;
    private final Ground ground;
    private final Configuration configuration;
    private final Settings settings;
    private final AgentProbe probe;
    private final List<String> warnings = new ArrayList<>();
    private final List<Problem> invalid = new ArrayList<>();
    private final List<Problem> unusable = new ArrayList<>();

    /// From where tasks start.
    ///
    /// @param folder from which a plan's paths are
    /// @param has whether a path from there names a file or folder that the tasks will find
    private record Start(
            Path folder, Optional<CommitId> base, Optional<String> target, Predicate<String> has) {
        static Start in(Path folder) {
            return new Start(
                    folder, Optional.empty(), Optional.empty(), path -> isIn(folder, path));
        }

        static Start at(
                Optional<CommitId> base, Discovery.Found found, Git git, Optional<String> target) {
            Path folder = found.topLevel();
            return base.map(at -> new Start(folder, base, target, git.commits().paths(at)))
                    .orElseGet(() -> in(folder));
        }
    }

    /// Whether a path from a folder names a file or folder in it.
    static boolean isIn(Path folder, String path) {
        Path named = folder.resolve(path).normalize();
        return named.startsWith(folder) && Files.exists(named);
    }

    Preparing(
            Surroundings surroundings,
            Ground ground,
            Configuration configuration,
            Settings settings,
            AgentProbe probe) {
        this.surroundings = surroundings;
        this.ground = ground;
        this.configuration = configuration;
        this.settings = settings;
        this.probe = probe;
    }

    Preparation prepare(RunOrder order) throws InterruptedException {
        Start start = start(order);
        Optional<Plan> plan = plan(order, start);
        Set<AgentName> needed = agents(plan, settings);
        for (AgentName name : needed) {
            probeNeeded(name, start.folder());
        }
        if (start.base().isPresent()
                && plan.isPresent()
                && !needed.contains(settings.agents().lead())) {
            probeResolver(plan.get(), start.folder());
        }
        String request =
                order.request().isBlank() ? plan.map(Plan::goal).orElse("") : order.request();
        return concluded(request, start, plan);
    }

    /// A job without tasks, to which they are added.
    Preparation prepareOpen(String request) {
        Start start = start(new RunOrder(request, Optional.empty(), Optional.empty()));
        return concluded(request, start, Optional.of(new Plan(request, List.of())));
    }

    private Start start(RunOrder order) {
        return switch (settings.layout().isolation()) {
            case WORKTREE -> onCommit(order);
            case NONE -> inFolder(order);
        };
    }

    private Preparation concluded(String request, Start start, Optional<Plan> plan) {
        if (!invalid.isEmpty()) {
            List<Problem> all = new ArrayList<>(invalid);
            all.addAll(unusable);
            return new Preparation.Refused(new Refusal(Refusal.Kind.INVALID, all));
        }
        if (!unusable.isEmpty()) {
            return new Preparation.Refused(new Refusal(Refusal.Kind.UNUSABLE, unusable));
        }
        warn(plan);
        return new Preparation.Ready(
                new JobRequest(
                        request,
                        start.folder().toString(),
                        start.base(),
                        start.target(),
                        plan,
                        settings,
                        0,
                        Optional.empty()),
                warnings);
    }

    private Start onCommit(RunOrder order) {
        return switch (ground) {
            case Ground.Checkout(Discovery.Found found, Git git) -> {
                Optional<CommitId> base = base(order, found, git);
                Optional<String> target = target(found, git);
                checkBranchNames(git);
                warnOfCheckout(found, git);
                yield Start.at(base, found, git, target);
            }
            case Ground.Folder folder -> {
                unusable.addAll(Refusal.noRepository(folder.root()).problems());
                yield Start.in(folder.root());
            }
        };
    }

    private Start inFolder(RunOrder order) {
        if (order.base().isPresent()) {
            invalid.add(
                    new Problem(
                            BASE,
                            "Tasks without worktrees (orchestrator.isolation: none) start from no commit. Leave it out."));
        }
        if (!settings.environment().equals(Settings.Environment.NONE)) {
            warnings.add(
                    "What `environment` asks for is prepared in worktrees only; with orchestrator.isolation: none "
                            + "the folder is taken as it is.");
        }
        return Start.in(surroundings.folder());
    }

    private Optional<CommitId> base(RunOrder order, Discovery.Found repository, Git git) {
        if (order.base().isPresent()) {
            Optional<CommitId> named = git.refs().resolve(order.base().get());
            if (named.isEmpty()) {
                invalid.add(
                        new Problem(BASE, "There is no commit called " + order.base().get() + "."));
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

    private Optional<String> target(Discovery.Found repository, Git git) {
        Optional<String> configured = settings.integrate().target();
        if (configured.isEmpty()) {
            Optional<String> here = repository.head().on().map(BranchName::value);
            if (here.isEmpty() && settings.integrate().result() == Settings.Result.MERGE) {
                invalid.add(
                        new Problem(
                                "integrate.target",
                                "You stand on no branch, so it is not known what to merge into. "
                                        + "Name one, or leave the result on its branch (integrate: branch)."));
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

    private Optional<Plan> plan(RunOrder order, Start start) {
        if (order.plan().isEmpty()) {
            if (order.request().isBlank()) {
                invalid.add(new Problem("request", "Say what is to be done, or give a plan."));
            }
            return Optional.empty();
        }
        return switch (check(order.plan().get(), start)) {
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

    private Verdict check(PlanDraft plan, Start start) {
        return Plans.check(plan, PlanRules.of(settings, PlanRules.Author.PERSON, start.has()));
    }

    /// The check of a plan alone, against what a job would start from.
    Verdict check(PlanDraft plan) {
        boolean isolated = settings.layout().isolation() == Settings.Isolation.WORKTREE;
        return check(
                plan,
                isolated && ground instanceof Ground.Checkout(Discovery.Found found, Git git)
                        ? Start.at(found.head().at(), found, git, Optional.empty())
                        : Start.in(surroundings.folder()));
    }

    private void checkBranchNames(Git git) {
        BranchTemplate template = new BranchTemplate(settings.layout().branchTemplate());
        template.samples().stream()
                .flatMap(name -> git.refs().blocking(name).stream())
                .distinct()
                .forEach(branch ->
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

    /// Those without whom a job of this plan, or of none yet, can't be done.
    static Set<AgentName> agents(Optional<Plan> plan, Settings settings) {
        Set<AgentName> needed = new LinkedHashSet<>();
        if (plan.isEmpty()) {
            needed.add(settings.agents().lead());
            needed.add(settings.agents().byDefault());
        } else {
            needed.addAll(agentsOf(plan.get()));
        }
        return needed;
    }

    private void probeNeeded(AgentName name, Path folder) throws InterruptedException {
        AgentSettings agent = settings.agents().configured().get(name);
        if (agent == null) {
            invalid.add(new Problem("agents." + name, "No agent is configured under this name."));
        } else {
            probe.problem(name, agent, folder).ifPresent(unusable::add);
        }
    }

    /// The lead settles conflicts, of which there may be none: without it the job can run.
    private void probeResolver(Plan plan, Path folder) throws InterruptedException {
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
                        : probe.whyUnusable(lead, agent, folder);
        advice.ifPresent(text ->
                warnings.add(
                        "The lead "
                                + lead
                                + " can't be asked should branches conflict: "
                                + text
                                + ". Or choose what wins with integrate.conflicts."));
    }

    private void warn(Optional<Plan> plan) {
        configuration.warnings().forEach(problem -> warnings.add(problem.toString()));
        int asked = settings.workers().maxWorkers();
        int cores = Runtime.getRuntime().availableProcessors();
        if (asked > cores) {
            warnings.add(
                    "max_workers is "
                            + asked
                            + ", but this machine has "
                            + cores
                            + (cores == 1 ? " core." : " cores."));
        }
        warnOfFewerSlots(asked, plan);
    }

    private void warnOfFewerSlots(int asked, Optional<Plan> plan) {
        int atRoot = settings.slots(0, Set.of());
        if (atRoot < asked) {
            warnings.add(
                    "max_workers is %d, but recursion.workers_by_depth lets no more than %d attempts run at once."
                            .formatted(asked, atRoot));
        }
        Set<AgentName> working =
                plan.map(Preparing::agentsOf).orElse(Set.of(settings.agents().byDefault()));
        int taken = settings.slots(0, working);
        if (taken < atRoot) {
            String names =
                    working.stream()
                            .map(AgentName::value)
                            .sorted()
                            .collect(Collectors.joining(", "));
            warnings.add(
                    "max_workers is %d, but no more than %d attempts of %s run at once: agents.NAME.max_concurrent says so."
                            .formatted(asked, taken, names));
        }
    }

    private static Set<AgentName> agentsOf(Plan plan) {
        return plan.tasks().stream()
                .map(Task::agent)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void warnOfCheckout(Discovery.Found repository, Git git) {
        if (!git.checkout().uncommitted().isEmpty()) {
            warnings.add("Uncommitted changes in your checkout are not part of the base.");
        }
        if (repository.head() instanceof Head.Detached) {
            warnings.add("You stand on no branch; the result is left on its own branch.");
        }
    }
}
