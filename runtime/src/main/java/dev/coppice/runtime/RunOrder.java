package dev.coppice.runtime;

import dev.coppice.plan.PlanDraft;
import java.util.Optional;

/// What a user asks a job for.
///
/// @param request the user's words; empty where the plan's goal is to stand for them
/// @param plan a plan that was read; without one the lead makes it
/// @param base a revision from which the tasks start; unset: the commit that the user stands on
public record RunOrder(String request, Optional<PlanDraft> plan, Optional<String> base) {}
