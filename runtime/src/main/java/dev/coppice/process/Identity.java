package dev.coppice.process;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What tells one process from any other, also after its number was given to another one or the
/// machine was started again. It holds no clock's time, which could be set.
///
/// @param pid its number
/// @param startTicks when it started, in kernel ticks since boot (field 22 of `/proc/PID/stat`); 0
///     where the system doesn't say
/// @param bootId which boot of the machine; empty where the system doesn't say
public record Identity(long pid, long startTicks, String bootId) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})/([0-9]{1,18})/([^/ ]*)");

    /// The identity in a text as [#toString] gives it; empty where it has not that form.
    public static Optional<Identity> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(
                        new Identity(
                                Long.parseLong(form.group(1)),
                                Long.parseLong(form.group(2)),
                                form.group(3)))
                : Optional.empty();
    }

    /// `<pid>/<startTicks>/<bootId>`, without white space.
    @Override
    public String toString() {
        return pid + "/" + startTicks + "/" + bootId;
    }
}
