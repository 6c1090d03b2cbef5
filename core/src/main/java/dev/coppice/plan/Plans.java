package dev.coppice.plan;

/// The check of a plan as a whole, before anything runs.
public final class Plans {
    private Plans() {}

    /// Checks `draft` and fills in what it leaves out.
    ///
    /// All problems are found at once: no tasks or too many, unknown keys, bad, unknown and
    /// duplicate ids, cycles (named), values out of range, empty descriptions, unknown agents,
    /// missing context files, and paths that leave the repository.
    ///
    /// A dependency names a task of the plan or of the job; where nothing has the id `task-3` (or
    /// `task-003`), it means the third task of the plan, else the third of the job. A task without
    /// an id is called `task-` and its number. A task's checks are the job's and then its own. A
    /// context file must exist, or be promised (literally, in `expected_files`) by a task that
    /// this one depends on.
    public static Verdict check(PlanDraft draft, PlanRules rules) {
        return new PlanCheck(draft, rules).verdict();
    }
}
