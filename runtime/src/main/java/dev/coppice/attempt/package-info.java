/// Carries one attempt through: workspace, agent, checks, commit; or the lead's planning; or the
/// joining of branches. It knows nothing of other attempts: what to run and when to try again is
/// decided elsewhere, and everything it learns leaves it as an event.
@NullMarked
package dev.coppice.attempt;

import org.jspecify.annotations.NullMarked;
