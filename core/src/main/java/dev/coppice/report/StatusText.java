package dev.coppice.report;

import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Writes a job's state as lines for a terminal. Nothing that an agent or a plan says can command the
/// terminal: control characters are taken out.
///
/// @param width columns of the terminal; lines are cut there, but for commands to be typed
/// @param colour whether escape sequences for colours may be used
/// @param zone in which times are shown
public record StatusText(int width, boolean colour, ZoneId zone) {
    private static final int ERROR_LINES_MAX = 5;
    private static final int TABLE_HEAD_LINES = 2;
    private static final int TASK_WIDTH_MIN = 16;
    private static final int WIDTH_FOR_ALL = 100;
    private static final String INDENT = "  ";
    private static final String BRANCH = "└ ";

    /// What the events can't tell of the present.
    ///
    /// @param at the moment of looking
    /// @param interrupted whether nobody drives the job, though it is not over
    /// @param running what the running attempts of tasks take from the machine, by their jobs
    public record Present(Instant at, boolean interrupted, Map<JobId, Map<TaskId, Load>> running) {
        public Present {
            running = Map.copyOf(running);
        }
    }

    /// What a running attempt's processes take from the machine.
    ///
    /// @param cpu processor time that they have used so far
    /// @param memoryBytes resident memory that they hold at the moment
    public record Load(Duration cpu, long memoryBytes) {}

    /// The lines, each with its end.
    ///
    /// @param descendants the jobs that came of it, each of which has a place below the task that started it
    public String render(JobView job, List<JobView> descendants, Present present) {
        List<String> lines = summary(job, present);
        table(rows(new Lineage(job, descendants), present), lines);
        pauses(job, present, lines);
        failures(job, lines);
        next(job, present, lines);
        return String.join("\n", lines) + "\n";
    }

    /// A picture of the present that is drawn again and again: at most `height` lines (but six at
    /// least), each with its end. Where not all tasks have room, those that run or failed come first,
    /// and a line says how many are left out.
    public String frame(JobView job, List<JobView> descendants, Present present, int height) {
        List<String> lines = summary(job, present);
        List<String> below = new ArrayList<>();
        pauses(job, present, below);
        List<Row> all = rows(new Lineage(job, descendants), present);
        int room = Math.max(1, height - lines.size() - TABLE_HEAD_LINES - below.size());
        List<Row> fitting = all.size() <= room ? all : mostUrgent(all, Math.max(1, room - 1));
        table(fitting, lines);
        if (fitting.size() < all.size()) {
            lines.add(
                    paint(
                            fit("%s… and %s more".formatted(INDENT, all.size() - fitting.size())),
                            Paint.DIM));
        }
        lines.addAll(below);
        return String.join("\n", lines) + "\n";
    }

    private List<String> summary(JobView job, Present present) {
        List<String> lines = new ArrayList<>();
        lines.add(head(job, present));
        lines.add(fit(INDENT + Plain.line(job.goal())));
        lines.add(fit(INDENT + "submitted " + Figures.moment(job.submittedAt(), zone)));
        job.request()
                .parent()
                .ifPresent(parent ->
                        lines.add(
                                fit(
                                        "%slevel %s, started by %s of job %s"
                                                .formatted(
                                                        INDENT,
                                                        job.request().depth(),
                                                        parent.task(),
                                                        parent.job()))));
        if (!job.why().isBlank()) {
            lines.add(fit(INDENT + Plain.line(job.why())));
        }
        return lines;
    }

    /// A line of the table: a task, or a job that a task started.
    ///
    /// @param urgency the sooner a person looks for it the smaller
    private record Row(List<String> cells, String what, Paint paint, int urgency) {}

    private List<Row> rows(Lineage lineage, Present present) {
        List<Row> rows = new ArrayList<>();
        addTasks(lineage, present, "", rows);
        return rows;
    }

    /// Those of a job started by another one stand below a line of their job's, its own end not among them.
    private void addTasks(Lineage lineage, Present present, String indent, List<Row> rows) {
        JobView job = lineage.job();
        for (TaskView task : job.tasks()) {
            rows.add(row(job, task, present, indent));
            for (Lineage child : lineage.children(task.id())) {
                rows.add(row(child.job(), present, indent + BRANCH));
                addTasks(child, present, indent + INDENT, rows);
            }
        }
        job.own().stream()
                .filter(task -> isShown(task, indent.isEmpty()))
                .forEach(task -> rows.add(row(job, task, present, indent)));
    }

    /// The engine's own tasks have a line once they were attempted.
    private static boolean isShown(TaskView own, boolean isAtTop) {
        return !own.attempts().isEmpty()
                && own.child().isEmpty()
                && (isAtTop || own.status() != TaskStatus.COMPLETED);
    }

    /// Those that a person looks for first, in the order of the table.
    private static List<Row> mostUrgent(List<Row> rows, int max) {
        Set<Row> urgent = Collections.newSetFromMap(new IdentityHashMap<>());
        rows.stream().sorted(Comparator.comparingInt(Row::urgency)).limit(max).forEach(urgent::add);
        return rows.stream().filter(urgent::contains).toList();
    }

    private static int urgency(TaskView task) {
        return switch (task.status()) {
            case RUNNING -> isBetweenAttempts(task) ? 2 : 0;
            case FAILED, TIMEOUT -> 1;
            case RETRYING -> 3;
            case BLOCKED -> 4;
            case READY -> 5;
            case PENDING, CANCELED -> 6;
            case COMPLETED -> 7;
        };
    }

    private static int urgency(JobView child) {
        return switch (child.status()) {
            case FAILED, PARTIAL -> 1;
            case SUBMITTED, PLANNING, RUNNING -> 2;
            case CANCELED -> 6;
            case COMPLETED -> 7;
        };
    }

    private String head(JobView job, Present present) {
        String status = present.interrupted() ? "interrupted" : job.status().wire();
        String rest = "  " + Headline.of(job, present.at());
        String start = "job " + job.id() + "  ";
        return start
                + paint(status, present.interrupted() ? Paint.YELLOW : paintOf(job.status()))
                + Plain.fit(rest, width - Plain.width(start) - Plain.width(status));
    }

    private void table(List<Row> shown, List<String> lines) {
        if (shown.isEmpty()) {
            return;
        }
        List<String> heads =
                columns(
                        List.of(
                                "", "TASK", "STATUS", "AGENT", "TRY", "TIME", "COST", "CPU",
                                "MEMORY"));
        int[] widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] =
                    Stream.concat(Stream.of(heads), shown.stream().map(Row::cells))
                            .mapToInt(cells -> Plain.width(cells.get(column)))
                            .max()
                            .getAsInt();
        }
        lines.add("");
        lines.add(paint(line(heads, widths, "WHAT"), Paint.DIM));
        shown.forEach(row -> lines.add(paint(line(row.cells(), widths, row.what()), row.paint())));
    }

    /// On a narrow terminal what a task is about takes the place of what it takes from the machine.
    private List<String> columns(List<String> cells) {
        return width < WIDTH_FOR_ALL ? cells.subList(0, cells.size() - 2) : cells;
    }

    private Row row(JobView job, TaskView task, Present present, String indent) {
        Optional<AttemptView> last = task.lastAttempt();
        Optional<Load> taken =
                last.filter(AttemptView::isRunning).isPresent()
                        ? Optional.ofNullable(
                                present.running().getOrDefault(job.id(), Map.of()).get(task.id()))
                        : last.map(attempt ->
                                new Load(
                                        attempt.resources().cpu(),
                                        attempt.resources().peakMemoryBytes()));
        List<String> cells =
                List.of(
                        task.worker() == 0 ? "" : job.request().numbers().of(task.worker()),
                        indent + Plain.fit(task.id().value(), Math.max(TASK_WIDTH_MIN, width / 5)),
                        standing(task),
                        task.agent().value(),
                        task.attempts().isEmpty() ? "" : Integer.toString(task.attempts().size()),
                        last.isEmpty() ? "" : Figures.duration(task.duration(present.at())),
                        cost(task),
                        taken.map(load -> Figures.duration(load.cpu())).orElse(""),
                        taken.map(load -> Figures.memory(load.memoryBytes())).orElse(""));
        return new Row(
                columns(cells), what(job, task, present), paintOf(task.status()), urgency(task));
    }

    private Row row(JobView child, Present present, String indent) {
        Counts counts = child.counts();
        List<String> cells =
                List.of(
                        "",
                        indent + "job " + child.id(),
                        child.status().wire(),
                        "",
                        "",
                        Figures.duration(child.elapsed(present.at())),
                        child.usage().usd().isPresent() ? Figures.usd(child.usage().usd()) : "",
                        "",
                        "");
        return new Row(
                columns(cells),
                "%s of %s: %s"
                        .formatted(
                                counts.completed(),
                                Figures.number(counts.total(), "task"),
                                Plain.firstLine(child.goal())),
                paintOf(child.status()),
                urgency(child));
    }

    private static String standing(TaskView task) {
        if (task.status() != TaskStatus.RUNNING) {
            return task.status().wire();
        }
        return isBetweenAttempts(task)
                ? "waiting"
                : task.lastAttempt().map(attempt -> attempt.phase().wire()).orElse("running");
    }

    /// Whether it runs and no attempt of it does: it waits for others.
    private static boolean isBetweenAttempts(TaskView task) {
        return task.lastAttempt().filter(attempt -> !attempt.isRunning()).isPresent();
    }

    private static String cost(TaskView task) {
        if (task.usage().usd().isPresent()) {
            return Headline.cost(task);
        }
        return task.unpricedAttempts() > 0 ? "?" : "";
    }

    private String what(JobView job, TaskView task, Present present) {
        return switch (task.status()) {
            case BLOCKED -> task.blockedBy().map(cause -> "blocked by " + cause).orElse("blocked");
            case RETRYING -> again(task, present.at()) + ": " + task.message();
            case FAILED, TIMEOUT, CANCELED ->
                    task.reason().map(reason -> reason.wire() + ": ").orElse("") + task.message();
            case PENDING ->
                    "waits for "
                            + String.join(
                                    ", ", task.waitingFor().stream().map(TaskId::value).toList());
            case COMPLETED ->
                    task.conflictedFiles().isEmpty()
                            ? task.task().name()
                            : "conflicts in " + String.join(", ", task.conflictedFiles());
            case RUNNING -> isBetweenAttempts(task) ? waiting(job, task) : task.task().name();
            case READY -> task.task().name();
        };
    }

    private static String waiting(JobView job, TaskView task) {
        List<String> open =
                job.children(task.id()).stream()
                        .filter(child -> !child.status().isOver())
                        .flatMap(child -> child.child().stream())
                        .map(id -> "job " + id)
                        .toList();
        return open.isEmpty() ? task.task().name() : "waits for " + String.join(", ", open);
    }

    private static String again(TaskView task, Instant now) {
        return task.retryAt()
                .filter(at -> at.isAfter(now))
                .map(at -> "again in " + Figures.duration(Duration.between(now, at)))
                .orElse("again");
    }

    private String line(List<String> cells, int[] widths, String what) {
        StringBuilder line = new StringBuilder(INDENT);
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] > 0) {
                String cell = cells.get(i);
                line.append(cell).repeat(' ', widths[i] - Plain.width(cell) + 2);
            }
        }
        return fit(line.append(Plain.line(what)).toString()).stripTrailing();
    }

    private void pauses(JobView job, Present present, List<String> lines) {
        if (job.status().isOver()) {
            return;
        }
        for (JobView.Pause pause : job.pausesAt(present.at())) {
            lines.add(
                    paint(
                            fit(
                                    "%s%s is paused, resumes at %s: %s"
                                            .formatted(
                                                    INDENT,
                                                    pause.agent(),
                                                    Figures.clock(pause.until(), zone),
                                                    Plain.line(pause.why()))),
                            Paint.YELLOW));
        }
    }

    private void failures(JobView job, List<String> lines) {
        for (TaskView task : job.all().toList()) {
            if (task.status() == TaskStatus.FAILED || task.status() == TaskStatus.TIMEOUT) {
                lines.add("");
                lines.add(paint(fit(task.workerId() + ", " + task.id() + ":"), Paint.RED));
                for (String error : task.lastErrors(ERROR_LINES_MAX)) {
                    lines.add(fit(INDENT + Plain.line(error)));
                }
            }
        }
    }

    private void next(JobView job, Present present, List<String> lines) {
        if (!job.checkoutChanges().isEmpty()) {
            lines.add("");
            lines.add(
                    fit(
                            "Changed in your checkout meanwhile: "
                                    + Plain.line(String.join(", ", job.checkoutChanges()))));
        }
        List<NextSteps.Step> steps = NextSteps.of(job);
        if (present.interrupted() || !steps.isEmpty()) {
            lines.add("");
        }
        if (present.interrupted()) {
            lines.add("interrupted, continue with: coppice resume " + job.id());
        }
        for (NextSteps.Step step : steps) {
            lines.add(fit(Plain.line(step.text())));
            step.command().ifPresent(command -> lines.add(INDENT + Plain.line(command)));
        }
    }

    private String fit(String line) {
        return Plain.fit(line, width);
    }

    private enum Paint {
        NONE(""),
        RED("\u001b[31m"),
        GREEN("\u001b[32m"),
        YELLOW("\u001b[33m"),
        BLUE("\u001b[36m"),
        DIM("\u001b[2m");

        private final String on;

        Paint(String on) {
            this.on = on;
        }
    }

    private String paint(String text, Paint paint) {
        return colour && paint != Paint.NONE ? paint.on + text + "\u001b[0m" : text;
    }

    private static Paint paintOf(JobStatus status) {
        return switch (status) {
            case SUBMITTED, PLANNING, RUNNING -> Paint.BLUE;
            case COMPLETED -> Paint.GREEN;
            case PARTIAL, CANCELED -> Paint.YELLOW;
            case FAILED -> Paint.RED;
        };
    }

    private static Paint paintOf(TaskStatus status) {
        return switch (status) {
            case PENDING, READY -> Paint.NONE;
            case RUNNING -> Paint.BLUE;
            case COMPLETED -> Paint.GREEN;
            case RETRYING, BLOCKED, CANCELED -> Paint.YELLOW;
            case FAILED, TIMEOUT -> Paint.RED;
        };
    }
}
