package dev.coppice.git;

import java.util.Optional;

/// The full name of a ref, such as `refs/heads/trunk`, that git would accept.
public record RefName(String value) implements Comparable<RefName> {
    private static final String FORBIDDEN = "~^:?*[\\";

    /// @throws IllegalArgumentException with the reason, for a name that git would refuse
    public RefName {
        Optional<String> problem =
                value.startsWith("refs/")
                        ? problem(value)
                        : Optional.of("it must begin with refs/");
        if (problem.isPresent()) {
            throw new IllegalArgumentException(
                    "'" + value + "' can't be the name of a ref: " + problem.get());
        }
    }

    /// The branch that this ref is, if it is one that commands can name. Git keeps branches of other names too, such
    /// as `refs/heads/HEAD`, once somebody made them; they are none of ours.
    public Optional<BranchName> branch() {
        return Optional.of(value)
                .filter(ref -> ref.startsWith(BranchName.FOLDER))
                .map(ref -> ref.substring(BranchName.FOLDER.length()))
                .filter(name -> BranchName.problem(name).isEmpty())
                .map(BranchName::new);
    }

    /// What is wrong with a name by the rules of `git check-ref-format`.
    static Optional<String> problem(String name) {
        if (name.isEmpty() || name.startsWith("/") || name.endsWith("/") || name.contains("//")) {
            return Optional.of("a part of it is empty");
        }
        if (name.endsWith(".")) {
            return Optional.of("it ends with a dot");
        }
        for (String sequence : new String[] {"..", "@{"}) {
            if (name.contains(sequence)) {
                return Optional.of("it contains " + sequence);
            }
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return Optional.of("it contains a space or control character");
            }
            if (FORBIDDEN.indexOf(c) >= 0) {
                return Optional.of("it contains " + c);
            }
        }
        for (String part : name.split("/", -1)) {
            if (part.startsWith(".")) {
                return Optional.of("a part of it begins with a dot");
            }
            if (part.endsWith(".lock")) {
                return Optional.of("a part of it ends with .lock");
            }
        }
        return Optional.empty();
    }

    @Override
    public int compareTo(RefName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
