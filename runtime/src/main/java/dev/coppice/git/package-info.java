/// Git, typed: what Coppice asks of a repository, and nothing else.
///
/// Start reading at [Repositories], which finds a repository, and [Git], which is one. Every command is
/// the git program, run by `GitProgram` in one way: an argument vector, no hooks, no prompts, no variable
/// of the caller's that could point it elsewhere, answers separated by NUL. What writes shared refs or the
/// list of worktrees holds the repository's lock.
///
/// Absent: git's switches that override its own refusals; user-level configuration is never written; no
/// clean-up of worktrees that are not ours; no job, task or policy is known here.
@NullMarked
package dev.coppice.git;

import org.jspecify.annotations.NullMarked;
