/// Joining branches without a checkout.
///
/// [Merges] is the door. Branches whose changes do not meet are joined many at a time, without looking at any
/// content; the others one by one, by git's own merge in memory; a conflict is settled by a policy or handed back.
///
/// Absent: no ref is moved, no file of a checkout is touched but in the worktree that a resolver is given, and no agent
/// is known here.
@NullMarked
package dev.coppice.merge;

import org.jspecify.annotations.NullMarked;
