package dev.coppice.testkit.simulation;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Expectation;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Jobs to be simulated, of all shapes.
final class Requests {
    private static final List<AgentName> AGENTS =
            List.of(new AgentName("claude"), new AgentName("script"));
    private static final CommitId BASE = new CommitId("b".repeat(40));

    private final RandomGenerator random;

    Requests(RandomGenerator random) {
        this.random = random;
    }

    /// A request with a plan, or one for the lead.
    JobRequest draw() {
        Settings settings =
                settings(
                        1 + random.nextInt(3),
                        perhaps(8, Duration.ofMinutes(1 + random.nextInt(60))),
                        perhaps(4, new BigDecimal(random.nextInt(6))),
                        agents());
        boolean isPlanned = random.nextBoolean();
        return request(
                isPlanned ? Optional.of(plan("t")) : Optional.empty(),
                settings,
                random.nextBoolean());
    }

    /// A plan of one to six tasks whose names begin with `prefix`.
    Plan plan(String prefix) {
        int count = 1 + random.nextInt(6);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Need> needs = new ArrayList<>();
            for (Task earlier : tasks) {
                if (random.nextInt(3) == 0) {
                    needs.add(new Need(earlier.id(), on()));
                }
            }
            tasks.add(
                    task(
                            new TaskId(prefix + i),
                            new Duty.Work(),
                            1 + random.nextInt(10),
                            needs,
                            AGENTS.get(random.nextInt(AGENTS.size())),
                            limits()));
        }
        return new Plan("the goal", tasks);
    }

    private Need.On on() {
        return switch (random.nextInt(6)) {
            case 0 -> Need.On.FAILURE;
            case 1 -> Need.On.END;
            default -> Need.On.SUCCESS;
        };
    }

    private Limits limits() {
        return new Limits(
                Duration.ofSeconds(30 + random.nextInt(600)),
                random.nextInt(3),
                0,
                perhaps(8, new BigDecimal(random.nextInt(3))));
    }

    private Map<AgentName, Settings.AgentSettings> agents() {
        Map<AgentName, Settings.AgentSettings> agents = new HashMap<>();
        for (AgentName agent : AGENTS) {
            if (random.nextBoolean()) {
                agents.put(
                        agent,
                        new Settings.AgentSettings(
                                Settings.Kind.COMMAND,
                                List.of("true"),
                                List.of(),
                                Optional.empty(),
                                Settings.Permission.EDIT,
                                Settings.Input.PROMPT,
                                List.of(),
                                Settings.Home.USER,
                                1 + random.nextInt(2)));
            }
        }
        return agents;
    }

    private <T> Optional<T> perhaps(int oneIn, T value) {
        return random.nextInt(oneIn) == 0 ? Optional.of(value) : Optional.empty();
    }

    static Task task(
            TaskId id, Duty duty, int priority, List<Need> needs, AgentName agent, Limits limits) {
        return new Task(
                id,
                duty,
                "Do " + id,
                priority,
                needs,
                List.of(),
                "",
                agent,
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                limits);
    }

    static JobRequest request(Optional<Plan> plan, Settings settings, boolean inRepository) {
        return new JobRequest(
                "Do something",
                "/repository",
                inRepository ? Optional.of(BASE) : Optional.empty(),
                Optional.empty(),
                plan,
                settings,
                0,
                Optional.empty());
    }

    static Settings settings(
            int maxWorkers,
            Optional<Duration> jobTimeout,
            Optional<BigDecimal> budget,
            Map<AgentName, Settings.AgentSettings> agents) {
        return new Settings(
                new Settings.Layout(
                        ".coppice/workspace",
                        "coppice/<job>/<n>-<slug>",
                        Settings.Isolation.WORKTREE,
                        false),
                new Settings.Workers(
                        maxWorkers,
                        Duration.ofMinutes(10),
                        jobTimeout,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(2),
                        1_000_000,
                        2,
                        2,
                        new Settings.Backoff(
                                Duration.ofSeconds(1), Duration.ofMinutes(1), 0.1, 1.5)),
                new Settings.Recursion(true, 3, List.of()),
                new Settings.Agents(AGENTS.getFirst(), AGENTS.getFirst(), agents),
                Settings.Environment.NONE,
                List.of(),
                new Settings.Integrate(
                        Settings.Result.BRANCH, Settings.Conflicts.AGENT, Optional.empty()),
                budget);
    }
}
