package dev.coppice.git;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The version of the git program, by the two numbers that matter.
public record GitVersion(int major, int minor) implements Comparable<GitVersion> {
    /// The oldest git that can merge without a checkout.
    public static final GitVersion OLDEST = new GitVersion(2, 38);

    private static final Pattern FORM = Pattern.compile("git version (\\d+)\\.(\\d+).*");

    /// Reads what `git version` prints.
    ///
    /// @throws GitException if that is something else
    static GitVersion parse(String printed) {
        Matcher matcher = FORM.matcher(printed.strip());
        if (!matcher.matches()) {
            throw new GitException("git version answered '" + printed.strip() + "'");
        }
        return new GitVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public int compareTo(GitVersion other) {
        return Comparator.comparingInt(GitVersion::major)
                .thenComparingInt(GitVersion::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
