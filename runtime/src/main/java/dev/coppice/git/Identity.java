package dev.coppice.git;

import java.util.regex.Pattern;

/// A name and an e-mail address as they stand in a commit. Characters that would break a commit's form
/// (angle brackets, line ends, other control characters) are taken out.
public record Identity(String name, String email) {
    private static final Pattern UNFIT = Pattern.compile("[<>\\p{Cntrl}]");

    /// Who commits where nobody is known.
    public static final Identity COPPICE = new Identity("coppice", "coppice@coppice.invalid");

    /// @throws IllegalArgumentException if nothing is left of the name
    public Identity {
        name = UNFIT.matcher(name).replaceAll("").strip();
        email = UNFIT.matcher(email).replaceAll("").strip();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("an identity needs a name");
        }
    }

    @Override
    public String toString() {
        return name + " <" + email + ">";
    }
}
