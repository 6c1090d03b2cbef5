/// A worktree for each attempt and what makes it usable.
///
/// Start reading at [Workspaces], the door. A worktree comes from the `Pool` or from git; `Preparation` makes it usable:
/// `CarriedFiles`, `VirtualEnvironments` over `VenvSkeleton`, `PortBlocks`, `Programs` for the setup commands. `Rescues`
/// keeps what an attempt leaves; `Cleaner` removes what is proven to be kept elsewhere. Beside a worktree's folder lie
/// `<name>.json` (`WorkspaceFile`) and `<name>.ignore` (`AgentIgnores`).
///
/// Absent: no agent is known or started here, nothing is merged, no events are written, and no git command is run but
/// through the git room.
@NullMarked
package dev.coppice.workspace;

import org.jspecify.annotations.NullMarked;
