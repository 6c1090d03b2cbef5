package dev.coppice.attempt;

import dev.coppice.agent.Agent;
import dev.coppice.agent.AgentEnd;
import dev.coppice.agent.AgentEnvironment;
import dev.coppice.agent.AgentNote;
import dev.coppice.agent.AgentRequest;
import dev.coppice.agent.AgentRequest.Session;
import dev.coppice.agent.Agents;
import dev.coppice.agent.WorkerTools;
import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch.Reports;
import dev.coppice.folder.JobFolder.AttemptFolder;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Usage;
import dev.coppice.process.Identity;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/// What an attempt and its agent say to each other: one run of the agent's program, or several in one
/// session where the agent can take one up again. Owned by the attempt's thread.
final class Conversation {
    private final Equipment equipment;
    private final AttemptOrder order;
    private final Reports reports;
    private final Running running;
    private final Tally tally;
    private final Agent agent;
    private final Papers papers;
    private final Deadline deadline;

    /// The variable by which the agent would be told of our tools, where the user has it.
    private final Optional<String> usersOwn;

    private boolean hasBegun;
    private Optional<String> session;

    /// What was used in the session before this attempt.
    private Usage usedBefore;

    Conversation(
            Equipment equipment,
            AttemptOrder order,
            Reports reports,
            Running running,
            Tally tally,
            Deadline deadline) {
        this.equipment = equipment;
        this.order = order;
        this.reports = reports;
        this.running = running;
        this.tally = tally;
        this.agent = Agents.of(order.task().agent(), order.agentSettings());
        this.papers = Papers.of(order, Naming.folder(order));
        this.deadline = deadline;
        this.usersOwn =
                agent.toolsVariable()
                        .filter(
                                AgentEnvironment.allowed(
                                                order.agentSettings(), equipment.environment())
                                        ::containsKey);
        this.session =
                agent.hasSessions()
                        ? order.earlier().flatMap(AttemptOrder.Earlier::session)
                        : Optional.empty();
        this.usedBefore =
                session.flatMap(_ -> order.earlier())
                        .map(AttemptOrder.Earlier::sessionUsage)
                        .orElse(Usage.NONE);
    }

    /// Whether the agent can be asked once more after its end.
    boolean canHaveSessions() {
        return agent.hasSessions();
    }

    /// Whether the agent still knows what was said before.
    boolean canGoOn() {
        return agent.hasSessions() && session.isPresent();
    }

    /// Leaves what was said before: the agent begins with a new session.
    void startAnew() {
        session = Optional.empty();
        usedBefore = Usage.NONE;
    }

    Optional<String> session() {
        return session;
    }

    /// Says `prompt` and waits until the agent has done with it, at most until the deadline.
    ///
    /// @param files where this run's prompt and output go
    /// @param schema the form of the answer that is wanted
    AgentEnd say(String prompt, Place place, AttemptFolder files, Optional<String> schema)
            throws InterruptedException, IOException {
        papers.clearResult();
        if (!hasBegun) {
            hasBegun = true;
            noteMissingTools();
        }
        AgentRun program =
                new AgentRun(
                        equipment.processes(),
                        running,
                        agent,
                        order.agentSettings(),
                        place.folder(),
                        equipment.environment(),
                        place.agentVariables(),
                        AttemptMark.of(order));
        AgentRun.Ran ran =
                program.run(
                        request(prompt, schema, files),
                        files,
                        deadline.limits(),
                        this::started,
                        this::noted);
        papers.keepResult();
        tally.add(ran.ended());
        tally.add(ran.end().usage());
        session = ran.end().session().or(() -> session);
        reports.happened(
                new Event.AgentEnded(
                        order.task().id(), order.attempt(), ran.ended().exit().code()));
        return ran.end();
    }

    /// How a tool of ours is named to the agent; empty where it has none.
    Optional<String> tool(String name) {
        return pass().flatMap(_ -> agent.tool(name));
    }

    /// By which the agent may use our tools.
    private Optional<Passes.Issued> pass() {
        return usersOwn.isEmpty() ? running.pass() : Optional.empty();
    }

    /// Tells of tools that the agent does without.
    private void noteMissingTools() {
        if (running.pass().isPresent()) {
            usersOwn.ifPresent(variable ->
                    reports.happened(
                            new Event.Noted(
                                    Event.Level.INFO,
                                    Optional.of(order.task().id()),
                                    "Its agent works without the tools of Coppice, since "
                                            + variable
                                            + " is the user's own.")));
        }
    }

    private AgentRequest request(String prompt, Optional<String> schema, AttemptFolder files) {
        return new AgentRequest(
                prompt,
                order.task().description(),
                order.task().model(),
                session.<Session>map(Session.Resumed::new)
                        .orElseGet(() -> new Session.Fresh(UUID.randomUUID())),
                session.isEmpty() ? Usage.NONE : usedBefore.plus(tally.usage()),
                schema,
                order.task().duty() instanceof Duty.Planning,
                budgetLeft(),
                pass().map(pass -> new WorkerTools(pass.door().resolve("/mcp"), files.root())),
                papers.envelope(),
                papers.result());
    }

    /// What the agent may still cost. A price that is not known counts as nothing.
    private Optional<BigDecimal> budgetLeft() {
        return order.budgetUsd().map(b -> b.subtract(tally.usage().usd().orElse(BigDecimal.ZERO)));
    }

    /// Whether the agent may be asked once more.
    boolean isInBudget() {
        return budgetLeft().filter(left -> left.signum() <= 0).isEmpty();
    }

    private void started(Identity process) {
        reports.happened(
                new Event.AttemptStarted(
                        order.task().id(),
                        order.attempt(),
                        new ProcessIdentity(
                                process.pid(), process.startTicks(), process.bootId())));
    }

    private void noted(AgentNote note) {
        switch (note) {
            case AgentNote.SessionOpened(String opened) -> opened(opened);
            case AgentNote.Said(String text) -> heard(text);
            case AgentNote.ToolUsed(String tool, String what) -> heard("[" + tool + "] " + what);
            case AgentNote.Denied(String tool, String why) ->
                    heard("[" + tool + " was not allowed] " + why);
            case AgentNote.Unconnected(String server, String status) ->
                    reports.happened(
                            new Event.Noted(
                                    Event.Level.WARNING,
                                    Optional.of(order.task().id()),
                                    "Its agent works without the MCP server "
                                            + server
                                            + ", whose status is "
                                            + status
                                            + "."));
            case AgentNote.Retrying(String error, Duration delay) ->
                    heard("[" + error + "; it tries again in " + delay.toSeconds() + " s]");
        }
    }

    private void opened(String id) {
        if (!session.equals(Optional.of(id))) {
            session = Optional.of(id);
            reports.happened(new Event.SessionOpened(order.task().id(), order.attempt(), id));
        }
    }

    private void heard(String text) {
        equipment.listener().said(order.job(), order.task().id(), text);
    }
}
