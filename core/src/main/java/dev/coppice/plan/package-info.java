/// From what somebody wrote to a plan that can run: [Plans] checks a [PlanDraft] as a whole and
/// answers with the plan or with every problem at once; [Patterns] draws the edges of the common
/// shapes.
///
/// Absent: nothing here reads a file, parses a format, asks git whether a file exists, or decides
/// when a task runs. What must be known about the repository is passed in by [PlanRules].
@NullMarked
package dev.coppice.plan;

import org.jspecify.annotations.NullMarked;
