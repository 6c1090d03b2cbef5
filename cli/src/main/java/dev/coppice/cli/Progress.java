package dev.coppice.cli;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.report.EventText;
import dev.coppice.report.Figures;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import java.util.Optional;

/// Shows how a job goes: on a terminal as a table that is drawn again and again, elsewhere as a line for
/// each event that matters.
final class Progress {
    private static final String CLEAR_BELOW = "\u001b[J";

    private final Invocation call;
    private final Site site;
    private Screen screen;
    private final JobReader reader;
    private int drawn;
    private volatile boolean isResized;
    private volatile boolean isEnough;

    Progress(Invocation call, Site site, JobId job) {
        this.call = call;
        this.site = site;
        this.screen = call.screen();
        this.reader = new JobReader(site, call.out(), job);
        if (screen.isTerminal()) {
            Signals.handle("WINCH", _ -> isResized = true);
        }
    }

    /// Shows the job until it is over or nobody drives it, or [#enough] was called and everything before it is
    /// shown.
    void show() throws InterruptedException {
        try (reader) {
            boolean isLast = false;
            while (!isLast) {
                isLast = isEnough || (reader.view().isPresent() && !reader.goesOn());
                reader.read(screen.isTerminal() ? _ -> {} : this::tell);
                Optional<JobView> job = reader.view();
                if (screen.isTerminal() && job.isPresent()) {
                    draw(job.get(), isLast);
                }
                if (!isLast && reader.goesOn()) {
                    reader.await(site.patience());
                }
            }
        }
    }

    /// Ends [#show] after a last look.
    void enough() {
        isEnough = true;
        reader.wake();
    }

    private void draw(JobView job, boolean isLast) {
        if (isResized) {
            isResized = false;
            screen = screen.again();
        }
        // A frame that is as high as the terminal could not be drawn over.
        String text = isLast ? "" : Jobs.frame(call, site, job, screen);
        String frame = (drawn > 0 ? "\u001b[" + drawn + "A\r" : "") + CLEAR_BELOW + text;
        drawn = (int) text.lines().count();
        call.out().print(frame);
    }

    private void tell(Recorded recorded) {
        if (isTold(recorded.event())) {
            String who =
                    EventText.task(recorded.event()).map(this::name).map(n -> n + ": ").orElse("");
            call.out()
                    .line(
                            Figures.clock(recorded.at(), call.zone())
                                    + " "
                                    + who
                                    + EventText.describe(recorded.event(), call.zone()));
        }
    }

    private String name(TaskId id) {
        return reader.view()
                .flatMap(job -> job.task(id))
                .map(TaskView::workerId)
                .map(worker -> id.isOwn() ? worker : worker + " " + id)
                .orElse(id.value());
    }

    private static boolean isTold(Event event) {
        return switch (event) {
            case Event.JobSubmitted _,
                    Event.TasksAdded _,
                    Event.AttemptClaimed _,
                    Event.AttemptStarting _,
                    Event.Checked _,
                    Event.Discovered _,
                    Event.AttemptEnded _,
                    Event.RetryScheduled _,
                    Event.TaskEnded _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.Noted _,
                    Event.ResultMerged _,
                    Event.JobEnded _ ->
                    true;
            case Event.DriverTaken _,
                    Event.WorkspaceReady _,
                    Event.AttemptStarted _,
                    Event.SessionOpened _,
                    Event.AgentEnded _ ->
                    false;
        };
    }
}
