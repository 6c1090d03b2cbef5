package dev.coppice.cli;

import dev.coppice.client.CoppiceClient;
import dev.coppice.client.CoppiceClientException;
import dev.coppice.client.FilePart;
import dev.coppice.client.JobPage;
import dev.coppice.client.JobSummary;
import dev.coppice.client.NotFoundException;
import dev.coppice.client.ServerException;
import dev.coppice.client.UnreachableException;
import dev.coppice.engine.EventLog;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.Secrets;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.process.Follower;
import dev.coppice.report.JobHistory;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.report.StatusText.Load;
import dev.coppice.report.StatusText.Present;
import dev.coppice.runtime.Surroundings;
import dev.coppice.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The jobs of the server that `COPPICE_API_URL` names. Agents find that variable too: for them it is the door of whoever
/// runs them, with a key that is good for their own job and those that came of it.
///
/// A server tells a command of no news: followers look again and again. Not for use by several threads at once.
final class DistantServer implements Site {
    private static final int PAGE = 1_000;

    /// So long an answer to whether a job is driven holds, as a server lets a key ask only so often.
    private static final Duration FRESH = Duration.ofSeconds(3);

    /// So often followers look: for all jobs of a family that are shown, a key has some hundred calls a minute.
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final String address;
    private final CoppiceClient client;
    private final InstantSource clock;
    private final Secrets secrets = new Secrets(List.of());
    private final Map<JobId, Known> known = new HashMap<>();
    private Optional<Driven> driven = Optional.empty();
    private Optional<Followed> followed = Optional.empty();

    /// Whether the followed job was seen so; one that nobody drives at first is not waited for.
    private boolean wasDriven;

    /// A job as far as its events were read.
    private record Known(JobHistory history, JobView view) {}

    private record Driven(JobId job, boolean isDriven, Instant until) {}

    /// The job that somebody follows, who outlives a restart of the server.
    private record Followed(JobId job, Absence ofServer, Absence ofDriver) {}

    private DistantServer(String address, CoppiceClient client, InstantSource clock) {
        this.address = address;
        this.client = client;
        this.clock = clock;
    }

    /// The server that is named; empty where none is.
    static Optional<DistantServer> of(Surroundings world) {
        return NamedServer.of(world)
                .map(named ->
                        new DistantServer(
                                named.address().toString(),
                                new CoppiceClient(named.address().toString(), named.key()),
                                world.clock()));
    }

    /// For what a command asks of the server beyond looking.
    CoppiceClient client() {
        return client;
    }

    @Override
    public List<JobSummary> jobs() {
        List<JobSummary> jobs = new ArrayList<>();
        JobPage page;
        int asked = 0; // not how many came: one that can't be read is left out
        do {
            int from = asked;
            page = asking(() -> client.jobs(Optional.empty(), PAGE, from));
            jobs.addAll(page.jobs());
            asked += PAGE;
        } while (asked < page.total());
        return jobs;
    }

    @Override
    public Optional<JobView> view(JobId job) {
        Optional<Known> before = Optional.ofNullable(known.get(job));
        List<Recorded> more;
        try {
            more = read(job, before.map(each -> each.view().sequence()).orElse(0L));
        } catch (NotFoundException _) {
            return Optional.empty();
        }
        if (!more.isEmpty()) {
            JobHistory history =
                    before.map(Known::history).orElseGet(() -> new JobHistory(more.getFirst()));
            more.stream().skip(before.isPresent() ? 0 : 1).forEach(history::apply);
            known.put(job, new Known(history, history.view()));
        }
        return Optional.ofNullable(known.get(job)).map(Known::view);
    }

    @Override
    public List<Recorded> read(JobId job, long after) {
        try {
            return asking(() -> client.events(job.value(), after)).stream()
                    .map(Stores::recorded)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.of(
                    ExitCode.UNUSABLE,
                    address,
                    "The server tells of events that this version of coppice does not know: "
                            + e.getMessage());
        }
    }

    @Override
    public void follow(JobId job, Output out) {
        wasDriven = false;
        followed =
                Optional.of(
                        new Followed(
                                job,
                                new Absence("The server is away.", out, clock),
                                new Absence(
                                        "Nobody drives the job at the server just now.",
                                        out,
                                        clock)));
    }

    @Override
    public Duration patience() {
        return LOOK;
    }

    @Override
    public EventLog.Subscription subscribe(JobId job, Runnable news) {
        return () -> {};
    }

    @Override
    public boolean isDriven(JobView job) {
        Instant now = clock.instant();
        if (driven.filter(known -> known.job().equals(job.id()) && now.isBefore(known.until()))
                .isEmpty()) {
            boolean isDriven = isDrivenThere(job.id());
            driven = Optional.of(new Driven(job.id(), isDriven, now.plus(FRESH)));
        }
        return driven.get().isDriven();
    }

    /// A server that is stopped lays its jobs down before it goes, and takes them up once it is back.
    private boolean isDrivenThere(JobId job) {
        boolean isDriven = !asking(() -> client.status(job.value())).interrupted();
        if (followed.filter(each -> each.job().equals(job)).isEmpty()) {
            return isDriven;
        }
        Absence ofDriver = followed.get().ofDriver();
        if (isDriven) {
            ofDriver.end();
            wasDriven = true;
        }
        return isDriven || (wasDriven && ofDriver.isBearable());
    }

    @Override
    public Map<TaskId, Load> loads(JobView job) {
        return Map.of();
    }

    @Override
    public boolean hasFile(JobView job, Path file) throws InterruptedException {
        try {
            artifact(job, file, Long.MAX_VALUE); // of which nothing is sent
            return true;
        } catch (NotFoundException _) {
            return false;
        }
    }

    @Override
    public void lines(JobView job, Path file, Follower.Writer writer, Consumer<String> each)
            throws InterruptedException {
        long at = 0;
        boolean isWhole = false;
        while (!isWhole) {
            isWhole = writer.awaitEnd(LOOK);
            at = tell(job, file, at, isWhole, each);
        }
    }

    /// Hands on the lines from byte `at` on, and returns where to go on: the last one, which may be half of one, only once
    /// the file is whole.
    private long tell(JobView job, Path file, long at, boolean isWhole, Consumer<String> each)
            throws InterruptedException {
        FilePart part = artifact(job, file, at);
        long from = at;
        while (part.next() > from) {
            part.text().substring(0, wholeLines(part)).lines().forEach(each);
            from = part.next();
            part = artifact(job, file, from);
        }
        if (isWhole) {
            part.text().lines().forEach(each);
        }
        return from;
    }

    private static int wholeLines(FilePart part) {
        return part.text().lastIndexOf('\n') + 1;
    }

    private FilePart artifact(JobView job, Path file, long offset) throws InterruptedException {
        JobFolder folder = JobFolder.of(job.request(), job.id());
        String path = folder.tree().relativize(file).toString();
        return patiently(() -> client.artifact(job.request().root(job.id()).value(), path, offset));
    }

    @Override
    public String statusJson(JobView job, Present present) {
        return asking(() -> client.statusDocument(job.id().value()));
    }

    @Override
    public String resultsJson(JobView job, Instant now) {
        return asking(() ->
                job.status().isOver()
                        ? client.resultsDocument(job.id().value())
                        : client.statusDocument(job.id().value()));
    }

    @Override
    public String report(JobView job) {
        return "coppice report " + job.id();
    }

    @Override
    public Optional<String> page(JobView job) {
        return Optional.of(
                "%s/api/v1/jobs/%s/artifacts/reports/report.html"
                        .formatted(address.replaceFirst("/+$", ""), job.id()));
    }

    @Override
    public Secrets secrets() {
        return secrets;
    }

    @Override
    public void close() {
        client.close();
    }

    private interface Asking<T> {
        T ask() throws InterruptedException;
    }

    /// Views are made where nobody can be interrupted: there an interrupt ends the command.
    private <T> T asking(Asking<T> asking) {
        try {
            return patiently(asking);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.of(ExitCode.STOPPED, "coppice", "It was interrupted.");
        }
    }

    /// Asks again while the server is away, where somebody follows a job. The client waits between its own tries.
    private <T> T patiently(Asking<T> asking) throws InterruptedException {
        while (true) {
            try {
                T answer = asking.ask();
                followed.map(Followed::ofServer).ifPresent(Absence::end);
                return answer;
            } catch (UnreachableException | ServerException e) {
                if (followed.isEmpty() || !isAway(e)) {
                    throw e;
                }
                if (!followed.get().ofServer().isBearable()) {
                    throw givenUp(followed.get().job(), e);
                }
            }
        }
    }

    /// Nobody is there, or a proxy or the server itself says that it does not serve now.
    private static boolean isAway(CoppiceClientException e) {
        return e.problem().filter(problem -> problem.status() != 503).isEmpty();
    }

    private static CommandFailure givenUp(JobId job, CoppiceClientException e) {
        return CommandFailure.of(
                ExitCode.UNUSABLE,
                "server",
                "%s Job %s may go on there all the same; look again with: coppice watch %s"
                        .formatted(Plain.line(String.valueOf(e.getMessage())), job, job));
    }
}
