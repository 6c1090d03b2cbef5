package dev.coppice.plan;

/// Something that is wrong, or worth a warning, in what somebody wrote.
///
/// @param place where: `plan.yaml:7` where the line is known, else `tasks[2].priority`
/// @param message what, and what to do about it; one line without the place
public record Problem(String place, String message) {
    /// One line for people.
    @Override
    public String toString() {
        return place + ": " + message;
    }
}
