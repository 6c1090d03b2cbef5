package dev.coppice.git;

import dev.coppice.model.CommitId;

/// What is to be merged into a branch of the user's.
///
/// @param target the branch that gets it
/// @param result the commit to merge
/// @param resultBranch the branch that names it, for the command that a person would type
public record LandingOrder(
        BranchName target,
        CommitId result,
        BranchName resultBranch,
        Authorship authorship,
        CommitMessage message) {}
