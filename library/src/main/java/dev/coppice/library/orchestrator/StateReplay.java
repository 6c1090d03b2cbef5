package dev.coppice.library.orchestrator;

import dev.coppice.engine.WorkQueue;
import dev.coppice.engine.WorkQueue.Answer;
import dev.coppice.model.AgentName;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Brings a new job to where a state file says that the tasks are: what was done or has failed is claimed and brought back
/// once more, so that those who depend on it, and the prompts of what starts later, find it and its work. What was blocked is blocked by that again. What
/// was in flight, or was canceled, is anybody's.
final class StateReplay {
    private static final AgentName UNKNOWN = new AgentName("loaded");

    private final WorkQueue queue;
    private final CoordinationState state;
    private final LoadedWork work;

    StateReplay(WorkQueue queue, CoordinationState state, LoadedWork work) {
        this.queue = queue;
        this.state = state;
        this.work = work;
    }

    /// Replays it.
    ///
    /// @return the state, with what was in flight, or was canceled, given back
    CoordinationState replay() {
        List<Task> open =
                new ArrayList<>(state.tasks().stream().filter(StateReplay::hasEnded).toList());
        Set<String> ended = open.stream().map(Task::id).collect(Collectors.toSet());
        tellHomeless(ended);
        boolean isGoingOn = true;
        while (isGoingOn) {
            isGoingOn = pass(open);
        }
        Set<String> left = open.stream().map(Task::id).collect(Collectors.toSet());
        return state.withTasks(
                state.tasks().stream()
                        .map(task -> {
                            boolean isReplayed =
                                    ended.contains(task.id()) && !left.contains(task.id());
                            return isReplayed || task.status() == TaskStatus.BLOCKED
                                    ? task
                                    : task.requeued();
                        })
                        .toList());
    }

    static boolean hasEnded(Task task) {
        return task.status() == TaskStatus.DONE || task.status() == TaskStatus.FAILED;
    }

    /// Ends each task whose turn it is.
    private boolean pass(List<Task> open) {
        boolean isGoingOn = false;
        for (Iterator<Task> each = open.iterator(); each.hasNext(); ) {
            Task task = each.next();
            if (end(task)) {
                each.remove();
                isGoingOn = true;
            }
        }
        return isGoingOn;
    }

    private boolean end(Task task) {
        TaskId id = new TaskId(task.id());
        AgentName agent = task.claimedBy().flatMap(AgentName::parse).orElse(UNKNOWN);
        if (!(queue.claim(id, agent) instanceof WorkQueue.Claim.Granted granted)) {
            return false;
        }
        TaskResult result = task.result().orElseGet(() -> TaskResult.of(""));
        List<dev.coppice.model.Discovery> found =
                state.discoveries().stream()
                        .filter(each -> each.relatedTask().equals(Optional.of(task.id())))
                        .map(StateReplay::discovery)
                        .toList();
        Answer answer;
        if (task.status() == TaskStatus.DONE) {
            WorkResult brought = work.onBranch(granted.order(), Results.workResult(result));
            answer = queue.complete(id, agent, brought, found);
        } else {
            found.forEach(each -> queue.discover(id, each));
            answer = queue.fail(id, agent, result.error().orElse("It failed."));
        }
        return answer == Answer.ACCEPTED;
    }

    /// Discoveries whose task has not ended are told by whichever task can be claimed now, and is given back.
    private void tellHomeless(Set<String> ended) {
        List<Discovery> homeless =
                state.discoveries().stream()
                        .filter(each -> each.relatedTask().filter(ended::contains).isEmpty())
                        .toList();
        if (homeless.isEmpty()) {
            return;
        }
        if (queue.claim(UNKNOWN) instanceof WorkQueue.Claim.Granted granted) {
            TaskId home = granted.order().task().id();
            homeless.forEach(each -> queue.discover(home, discovery(each)));
            queue.giveBack(home, UNKNOWN);
        }
    }

    private static dev.coppice.model.Discovery discovery(Discovery discovery) {
        return new dev.coppice.model.Discovery(discovery.content(), discovery.tags());
    }
}
