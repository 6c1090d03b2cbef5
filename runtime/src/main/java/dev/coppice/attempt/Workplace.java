package dev.coppice.attempt;

import dev.coppice.agent.AgentEnvironment;
import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch.Reports;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.JobFolder.TaskFolder;
import dev.coppice.folder.TaskEnvelope;
import dev.coppice.git.BranchName;
import dev.coppice.git.Changes;
import dev.coppice.model.CommitId;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.FileChange;
import dev.coppice.model.WorkResult;
import dev.coppice.process.Child;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.workspace.Launching;
import dev.coppice.workspace.Workspace;
import dev.coppice.workspace.WorkspaceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Where an attempt works: its workspace, and what the programs in it find in their environment.
final class Workplace {
    private final Equipment equipment;
    private final AttemptOrder order;
    private final Running running;
    private final Deadline deadline;
    private final TaskFolder folder;
    private final Papers papers;

    Workplace(Equipment equipment, AttemptOrder order, Running running, Deadline deadline) {
        this.equipment = equipment;
        this.order = order;
        this.running = running;
        this.deadline = deadline;
        this.folder = Naming.folder(order);
        this.papers = Papers.of(order, folder);
    }

    /// A clean workspace on `base`.
    Workspace acquire(CommitId base) throws InterruptedException, IOException {
        JobFolder.make(folder.root());
        return equipment.workspaces().acquire(request(base), new Launches());
    }

    /// Programs of this attempt: they have its time, and end with it.
    private final class Launches implements Launching {
        @Override
        public Child start(Launch launch) {
            return running.start(equipment.processes(), launch);
        }

        @Override
        public Limits limits() {
            return deadline.limits();
        }

        @Override
        public boolean isTimeUp() {
            return deadline.isPassed();
        }

        @Override
        public boolean isStopped() {
            return running.isStopped();
        }
    }

    /// The workspace as the attempt before this one left it; empty where there is none, or what it was made from
    /// is not what `base` holds.
    Optional<Workspace> reopen(CommitId base) {
        return equipment.workspaces().reopen(request(base));
    }

    /// The user's folder itself, for a task without a worktree.
    Place inFolder() throws IOException {
        JobFolder.make(folder.root());
        String where = order.request().repository();
        Map<String, String> variables = variables();
        variables.put("COPPICE_SLUG", Naming.slug(order.task()).value());
        variables.put(AttemptMark.ROOT, where);
        variables.put("COPPICE_WORKSPACE_PATH", where);
        return new Place(Path.of(where), variables, privateHome());
    }

    /// The workspace, for the programs that work in it.
    Place in(Workspace workspace) throws IOException {
        return new Place(workspace.path(), workspace.variables(), privateHome());
    }

    /// In the task's folder, so that an agent finds its sessions in its next attempt.
    private Optional<Path> privateHome() throws IOException {
        return switch (order.agentSettings().home()) {
            case USER -> Optional.empty();
            case PRIVATE -> Optional.of(JobFolder.make(folder.home()));
        };
    }

    /// Planning and the checks of a joined tree bring no commit; a job that works for a task has branches of its own.
    private Optional<BranchName> branch() {
        return switch (order.task().duty()) {
            case Duty.Work _, Duty.Resolving _, Duty.Mending _ -> Optional.of(Naming.branch(order));
            case Duty.Planning _, Duty.Integrating _, Duty.Delegating _ -> Optional.empty();
        };
    }

    private WorkspaceRequest request(CommitId base) {
        return new WorkspaceRequest(
                order.job(),
                order.task().id(),
                order.worker(),
                order.attempt(),
                Naming.slug(order.task()),
                branch(),
                order.request().target().orElse(base.value()),
                base,
                folder.worktree(),
                order.request().settings().environment(),
                papers.reserved(),
                variables(),
                AttemptMark.of(order),
                folder.setupLog());
    }

    /// What every program of the attempt finds, beside what the workspace adds: what its agent may see of
    /// the user's environment, and ours.
    private Map<String, String> variables() {
        Map<String, String> variables =
                new HashMap<>(
                        AgentEnvironment.allowed(order.agentSettings(), equipment.environment()));
        running.pass()
                .ifPresent(pass -> {
                    variables.put("COPPICE_API_URL", pass.door().toString());
                    variables.put("COPPICE_API_KEY", pass.secret());
                });
        variables.put("COPPICE_JOB", order.job().value());
        variables.put("COPPICE_TASK", order.task().id().value());
        variables.put("COPPICE_ATTEMPT", Integer.toString(order.attempt()));
        variables.put("COPPICE_PROMPT_FILE", folder.attempt(order.attempt()).prompt().toString());
        variables.put("COPPICE_ENVELOPE", papers.envelope().toString());
        variables.put("COPPICE_RESULT", papers.result().toString());
        return variables;
    }

    /// What the checks of a task find: where a person wrote them, the user's whole environment and ours; where an agent
    /// did, no more than the agent itself.
    Map<String, String> checkVariables(Place place, boolean isTrusted) {
        if (!isTrusted) {
            return place.agentVariables();
        }
        Map<String, String> variables = new HashMap<>(equipment.environment());
        // they would lead git out of the workspace, and Python out of its environment
        variables.keySet().removeIf(name -> name.startsWith("GIT_"));
        if (place.variables().containsKey("VIRTUAL_ENV")) {
            variables.remove("PYTHONHOME");
        }
        variables.putAll(place.variables());
        return variables;
    }

    /// Reports that the workspace is ready, and what a person should know about it.
    void tell(Workspace workspace, Reports reports) {
        for (String warning : workspace.warnings()) {
            reports.happened(
                    new Event.Noted(Event.Level.WARNING, Optional.of(order.task().id()), warning));
        }
        reports.happened(
                new Event.WorkspaceReady(
                        order.task().id(),
                        order.attempt(),
                        Optional.of(workspace.base()),
                        workspace.on().map(BranchName::value),
                        workspace.path().toString()));
    }

    /// Writes what the agent may read beside its prompt.
    void writeEnvelope() throws IOException {
        if (papers.handoff().isPresent()) {
            papers.layEnvelope(papers.handoff().get());
            return;
        }
        SequencedMap<String, TaskEnvelope.Input> inputs = new LinkedHashMap<>();
        for (AttemptOrder.Input input : order.inputs()) {
            inputs.put(
                    input.task().id().value(),
                    new TaskEnvelope.Input(
                            input.output(),
                            input.branch().orElse(""),
                            input.commit().map(CommitId::value).orElse("")));
        }
        new TaskEnvelope(
                        order.job().value(),
                        Naming.worker(order),
                        order.task(),
                        order.attempt(),
                        order.timeout(),
                        order.goal(),
                        inputs,
                        order.discoveries().stream().map(Discovery::content).toList())
                .write(papers.envelope());
    }

    /// What a commit brings against the workspace's base.
    WorkResult result(Workspace workspace, CommitId commit, String output) {
        Changes changes = equipment.git().commits().changes(workspace.base(), commit);
        WorkResult words = WorkResult.of(output);
        if (changes.isEmpty() && order.task().duty() instanceof Duty.Work) {
            return words;
        }
        List<FileChange> files = new ArrayList<>();
        changes.created().forEach(f -> files.add(new FileChange(f, FileChange.Kind.CREATED)));
        changes.modified().forEach(f -> files.add(new FileChange(f, FileChange.Kind.MODIFIED)));
        changes.deleted().forEach(f -> files.add(new FileChange(f, FileChange.Kind.DELETED)));
        return new WorkResult(
                words.output(),
                words.outputCut(),
                Optional.of(workspace.branch().value()),
                Optional.of(commit),
                files);
    }
}
