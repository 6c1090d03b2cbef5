package dev.coppice.lead;

import dev.coppice.model.Plan;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.Plans;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Verdict;
import java.util.List;
import java.util.stream.Collectors;

/// The talk with a lead about one plan: what to send, and what its answer means. A value; whoever
/// runs the lead sends [LeadPrompt#text] first and then does what [#hear] says.
///
/// ```
///            hear: a plan          ┌─▶ Accepted
/// ask ─▶ answer ──────────────────┤
///  ▲             hear: none, < 2   │
///  └───────────── AskAgain ◀──────┤
///                 hear: none, = 2  └─▶ GaveUp
/// ```
///
/// @param askedAgain how often an answer was sent back
public record Asking(LeadPrompt prompt, PlanRules rules, int askedAgain) {
    /// Answers are sent back so often.
    public static final int ASKED_AGAIN_MAX = 2;

    /// Begins with nothing asked.
    public static Asking of(LeadPrompt prompt, PlanRules rules) {
        return new Asking(prompt, rules, 0);
    }

    /// Judges an answer: a plan, or all that is wrong with it.
    public Heard hear(String answer) {
        return switch (Plans.check(PlanReader.answer(answer), rules)) {
            case Verdict.Valid(Plan plan, List<Problem> warnings) ->
                    new Heard.Accepted(plan, warnings);
            case Verdict.Invalid(List<Problem> problems) when askedAgain == ASKED_AGAIN_MAX ->
                    new Heard.GaveUp(problems);
            case Verdict.Invalid(List<Problem> problems) -> again(problems);
        };
    }

    private Heard again(List<Problem> problems) {
        String mend = LeadPrompt.again(problems);
        return new Heard.AskAgain(
                mend, prompt.text() + "\n" + mend, new Asking(prompt, rules, askedAgain + 1));
    }

    /// What an answer came to.
    public sealed interface Heard {
        /// It is a plan.
        record Accepted(Plan plan, List<Problem> warnings) implements Heard {}

        /// It is sent back.
        ///
        /// @param prompt for the session that gave the answer
        /// @param whole for an agent that remembers nothing: the first prompt and what was wrong
        /// @param next hears the next answer
        record AskAgain(String prompt, String whole, Asking next) implements Heard {}

        /// It was sent back often enough; these are the last answer's problems.
        record GaveUp(List<Problem> problems) implements Heard {
            private static final int TOLD_MAX = 10;

            /// The first of them in one text, for the job's failure.
            public String message() {
                return problems.stream()
                        .limit(TOLD_MAX)
                        .map(Problem::toString)
                        .collect(
                                Collectors.joining(
                                        "; ",
                                        "the lead gave no usable plan in "
                                                + (ASKED_AGAIN_MAX + 1)
                                                + " answers; the last one: ",
                                        ""));
            }
        }
    }
}
