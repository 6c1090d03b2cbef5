/// Plans as text: [PlanReader] and [PlanWriter] for plan files and answers, [PlanSchema] for agents
/// that can be held to one, [LeadPrompt] for what the lead is asked, and [Asking], which judges its
/// answers and says what to ask next.
///
/// Absent: nothing here starts an agent, reads a file or asks git. The loop that sends a prompt and
/// waits for the answer is in the room that runs attempts.
@NullMarked
package dev.coppice.lead;

import org.jspecify.annotations.NullMarked;
