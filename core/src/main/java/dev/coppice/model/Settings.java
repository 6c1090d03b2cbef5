package dev.coppice.model;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How a job is to be run. It stands in the job's first event, so that whoever takes the job up
/// later goes on under the same rules.
public record Settings(
        Layout layout,
        Workers workers,
        Recursion recursion,
        Agents agents,
        Environment environment,
        List<CommandLine> checks,
        Integrate integrate,
        Optional<BigDecimal> budgetUsd) {

    public Settings {
        checks = List.copyOf(checks);
    }

    /// The attempts of a job at `depth` that can run at once if its tasks are for these agents: no more than the job may
    /// have, and no more than the agents take together. Agents that are not configured count as if they took any.
    public int slots(int depth, Set<AgentName> used) {
        int asked = recursion.slots(depth, workers.maxWorkers());
        int taken = 0;
        for (AgentName name : used) {
            AgentSettings agent = agents.configured().get(name);
            if (agent == null) {
                return asked;
            }
            taken += agent.maxConcurrent();
        }
        return used.isEmpty() ? asked : Math.min(asked, taken);
    }

    // The same settings but for one of them.

    public Settings withLayout(Layout other) {
        return new Settings(
                other, workers, recursion, agents, environment, checks, integrate, budgetUsd);
    }

    public Settings withWorkers(Workers other) {
        return new Settings(
                layout, other, recursion, agents, environment, checks, integrate, budgetUsd);
    }

    public Settings withRecursion(Recursion other) {
        return new Settings(
                layout, workers, other, agents, environment, checks, integrate, budgetUsd);
    }

    public Settings withAgents(Agents other) {
        return new Settings(
                layout, workers, recursion, other, environment, checks, integrate, budgetUsd);
    }

    public Settings withEnvironment(Environment other) {
        return new Settings(
                layout, workers, recursion, agents, other, checks, integrate, budgetUsd);
    }

    public Settings withChecks(List<CommandLine> other) {
        return new Settings(
                layout, workers, recursion, agents, environment, other, integrate, budgetUsd);
    }

    public Settings withIntegrate(Integrate other) {
        return new Settings(
                layout, workers, recursion, agents, environment, checks, other, budgetUsd);
    }

    public Settings withBudgetUsd(Optional<BigDecimal> other) {
        return new Settings(
                layout, workers, recursion, agents, environment, checks, integrate, other);
    }

    /// Where a job's files and branches are.
    ///
    /// @param workspaceRoot an absolute path, or one from the repository's root
    /// @param branchTemplate contains `<job>` and `<n>`, perhaps `<slug>`
    /// @param isolation whether tasks get worktrees of their own
    /// @param keepWorkspaces whether workspaces stay when their work is in the result
    public record Layout(
            String workspaceRoot,
            String branchTemplate,
            Isolation isolation,
            boolean keepWorkspaces) {
        public Layout withIsolation(Isolation other) {
            return new Layout(workspaceRoot, branchTemplate, other, keepWorkspaces);
        }
    }

    public enum Isolation {
        WORKTREE,
        /// Tasks run in the working directory itself; no git is needed.
        NONE
    }

    /// Slots, limits and retries.
    ///
    /// @param maxWorkers running attempts of the job at once, 1–64
    /// @param defaultTimeout wall clock of an attempt
    /// @param jobTimeout wall clock of the whole job; unset: none
    /// @param idleTimeout how long an attempt may neither print nor compute
    /// @param stopGrace from SIGTERM to SIGKILL
    /// @param maxOutputBytes output and errors of one attempt on disk
    public record Workers(
            int maxWorkers,
            Duration defaultTimeout,
            Optional<Duration> jobTimeout,
            Duration idleTimeout,
            Duration stopGrace,
            long maxOutputBytes,
            int maxRetries,
            int maxFixRounds,
            Backoff backoff) {
        public Workers {
            if (maxWorkers < 1) {
                throw new IllegalArgumentException("max_workers must be at least 1");
            }
        }

        public Workers withMaxWorkers(int other) {
            return new Workers(
                    other,
                    defaultTimeout,
                    jobTimeout,
                    idleTimeout,
                    stopGrace,
                    maxOutputBytes,
                    maxRetries,
                    maxFixRounds,
                    backoff);
        }

        public Workers withDefaultTimeout(Duration other) {
            return new Workers(
                    maxWorkers,
                    other,
                    jobTimeout,
                    idleTimeout,
                    stopGrace,
                    maxOutputBytes,
                    maxRetries,
                    maxFixRounds,
                    backoff);
        }

        public Workers withJobTimeout(Optional<Duration> other) {
            return new Workers(
                    maxWorkers,
                    defaultTimeout,
                    other,
                    idleTimeout,
                    stopGrace,
                    maxOutputBytes,
                    maxRetries,
                    maxFixRounds,
                    backoff);
        }

        public Workers withMaxRetries(int other) {
            return new Workers(
                    maxWorkers,
                    defaultTimeout,
                    jobTimeout,
                    idleTimeout,
                    stopGrace,
                    maxOutputBytes,
                    other,
                    maxFixRounds,
                    backoff);
        }

        public Workers withMaxFixRounds(int other) {
            return new Workers(
                    maxWorkers,
                    defaultTimeout,
                    jobTimeout,
                    idleTimeout,
                    stopGrace,
                    maxOutputBytes,
                    maxRetries,
                    other,
                    backoff);
        }

        public Workers withBackoff(Backoff other) {
            return new Workers(
                    maxWorkers,
                    defaultTimeout,
                    jobTimeout,
                    idleTimeout,
                    stopGrace,
                    maxOutputBytes,
                    maxRetries,
                    maxFixRounds,
                    other);
        }
    }

    /// The wait before a retry: min(base·factor^n, max), give or take its jitter, never more than max.
    ///
    /// @param jitter share of the delay, 0–1
    /// @param timeoutFactor by which the limit grows for an attempt after one that timed out
    /// @param factor by which the wait grows from retry to retry; more than zero
    public record Backoff(
            Duration base, Duration max, double jitter, double timeoutFactor, double factor) {
        /// The factor where nobody asks for another.
        public static final double DOUBLING = 2;

        /// A wait that doubles.
        public Backoff(Duration base, Duration max, double jitter, double timeoutFactor) {
            this(base, max, jitter, timeoutFactor, DOUBLING);
        }

        /// The wait before retry number `retry` (0 for the first); `chance` is from 0 to 1.
        public Duration delay(int retry, double chance) {
            double longest = (double) max.toMillis();
            double capped =
                    Math.min(base.toMillis() * Math.pow(factor, Math.min(retry, 60)), longest);
            double jittered = capped + capped * jitter * (2 * chance - 1);
            return Duration.ofMillis(Math.round(Math.min(jittered, longest)));
        }
    }

    /// Child jobs: whether and how deep, and the slots at each depth.
    public record Recursion(boolean enabled, int maxDepth, List<Integer> workersByDepth) {
        public Recursion {
            workersByDepth = List.copyOf(workersByDepth);
            if (workersByDepth.stream().anyMatch(slots -> slots < 1)) {
                throw new IllegalArgumentException("workers_by_depth must be at least 1 each");
            }
        }

        /// What is told to whoever wants a job that is deeper than the deepest.
        public String noDeeper() {
            return "Maximum recursion depth ("
                    + maxDepth
                    + ") reached: do the work yourself, or ask whoever submitted the root job for a larger "
                    + "max_recursion_depth.";
        }

        /// The slots of a job at `depth` whose configuration asks for `asked`.
        public int slots(int depth, int asked) {
            if (workersByDepth.isEmpty()) {
                return asked;
            }
            return Math.min(asked, workersByDepth.get(Math.min(depth, workersByDepth.size() - 1)));
        }
    }

    /// The agents that the job may use.
    public record Agents(
            AgentName byDefault, AgentName lead, Map<AgentName, AgentSettings> configured) {
        public Agents {
            configured = Map.copyOf(configured);
        }

        /// The same agents, where each takes at least so many running attempts at once.
        public Agents taking(int atOnce) {
            Map<AgentName, AgentSettings> wider = new HashMap<>(configured);
            wider.replaceAll((_, agent) -> agent.taking(atOnce));
            return new Agents(byDefault, lead, wider);
        }

        public Agents withConfigured(Map<AgentName, AgentSettings> other) {
            return new Agents(byDefault, lead, other);
        }
    }

    /// One configured agent.
    ///
    /// @param kind the adapter
    /// @param command the program with its first arguments
    /// @param args further arguments
    /// @param env names of further environment variables it may see
    /// @param home whose home folder it finds
    /// @param maxConcurrent its running attempts at once, over all jobs of this process
    public record AgentSettings(
            Kind kind,
            List<String> command,
            List<String> args,
            Optional<String> model,
            Permission permission,
            Input input,
            List<String> env,
            Home home,
            int maxConcurrent) {
        public AgentSettings {
            command = List.copyOf(command);
            args = List.copyOf(args);
            env = List.copyOf(env);
            if (maxConcurrent < 1) {
                throw new IllegalArgumentException("max_concurrent must be at least 1");
            }
        }

        private AgentSettings taking(int atOnce) {
            return new AgentSettings(
                    kind,
                    command,
                    args,
                    model,
                    permission,
                    input,
                    env,
                    home,
                    Math.max(maxConcurrent, atOnce));
        }

        public AgentSettings withModel(String other) {
            return new AgentSettings(
                    kind,
                    command,
                    args,
                    Optional.of(other),
                    permission,
                    input,
                    env,
                    home,
                    maxConcurrent);
        }

        public AgentSettings withPermission(Permission other) {
            return new AgentSettings(
                    kind, command, args, model, other, input, env, home, maxConcurrent);
        }

        /// What its tasks must show when the plan does not say.
        public Expectation expectation() {
            return switch (kind) {
                case CLAUDE, SCRIPTED -> Expectation.CHANGES;
                case COMMAND -> Expectation.ANY;
            };
        }
    }

    /// The adapters there are.
    public enum Kind {
        CLAUDE,
        COMMAND,
        SCRIPTED
    }

    /// What an agent may do without asking.
    public enum Permission {
        /// Read only.
        PLAN,
        /// Change files.
        EDIT,
        /// Everything.
        ALL
    }

    /// The home folder of an agent, with its logins and settings.
    public enum Home {
        /// That of the user.
        USER,
        /// One of the task's own, empty at first; it stays over the task's attempts.
        PRIVATE
    }

    /// What a `command` agent finds on its standard input.
    public enum Input {
        PROMPT,
        DESCRIPTION,
        ENVELOPE,
        NONE
    }

    /// What makes a workspace usable.
    ///
    /// @param copy paths copied from the user's checkout
    /// @param link paths linked to the user's checkout
    /// @param requirements requirement files of a Python environment; unset: no environment
    /// @param packages Python packages that the environment holds besides
    /// @param ports size of the block of free ports; 0: none
    public record Environment(
            List<CommandLine> setup,
            List<String> copy,
            List<String> link,
            Optional<List<String>> requirements,
            List<String> packages,
            int ports) {
        public static final Environment NONE =
                new Environment(List.of(), List.of(), List.of(), Optional.empty(), List.of(), 0);

        public Environment {
            setup = List.copyOf(setup);
            copy = List.copyOf(copy);
            link = List.copyOf(link);
            requirements = requirements.map(List::copyOf);
            packages = List.copyOf(packages);
        }

        /// Whether programs run in the workspace to make it so.
        public boolean isMadeByPrograms() {
            return !setup.isEmpty() || requirements.isPresent();
        }
    }

    /// What happens to the finished branches.
    ///
    /// @param target the branch to deliver to; unset: the one the user stood on
    public record Integrate(Result result, Conflicts conflicts, Optional<String> target) {
        public Integrate withResult(Result other) {
            return new Integrate(other, conflicts, target);
        }
    }

    public enum Result {
        /// Join, then merge into the target branch.
        MERGE,
        /// Join, leave the result branch for review.
        BRANCH,
        /// Each task keeps its own branch.
        NONE
    }

    public enum Conflicts {
        AGENT,
        OURS,
        THEIRS,
        MANUAL
    }
}
