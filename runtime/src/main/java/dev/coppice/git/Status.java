package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `git status` says of a checkout: where it stands, and each file that is not as its commit has it. Form:
///
/// ```
/// # branch.oid ID | (initial)
/// # branch.head NAME | (detached)
/// 1 XY SUB MODE-HEAD MODE-INDEX MODE-WORKTREE ID-HEAD ID-INDEX PATH
/// u XY SUB MODE-BASE MODE-OURS MODE-THEIRS MODE-WORKTREE ID-BASE ID-OURS ID-THEIRS PATH
/// ? PATH
/// ```
record Status(Head head, List<Entry> entries) {
    private static final String OID = "# branch.oid ";
    private static final String BRANCH = "# branch.head ";
    private static final String ABSENT = "000000";

    /// A file or, with a `/` at the end of its path, a nested repository.
    sealed interface Entry {
        String path();
    }

    /// A file that the index knows.
    ///
    /// @param code two letters: index against commit, checkout against index; `.` is unchanged
    record Tracked(
            String path, String code, TreeEntry inCommit, TreeEntry inIndex, String worktreeMode)
            implements Entry {
        boolean isStaged() {
            return code.charAt(0) != '.';
        }

        boolean isEdited() {
            return code.charAt(1) != '.';
        }
    }

    /// A file in conflict.
    record Unmerged(String path, TreeEntry ours, String worktreeMode) implements Entry {}

    /// A file that the index does not know and no rule ignores.
    record Untracked(String path) implements Entry {
        boolean isRepository() {
            return path.endsWith("/");
        }
    }

    static boolean isAbsent(String worktreeMode) {
        return worktreeMode.equals(ABSENT);
    }

    static Status read(List<String> fields) {
        Optional<CommitId> commit = Optional.empty();
        Optional<BranchName> branch = Optional.empty();
        List<Entry> entries = new ArrayList<>();
        for (String field : fields) {
            if (field.startsWith(OID)) {
                commit =
                        Optional.of(field.substring(OID.length()))
                                .filter(ObjectIds::isFull)
                                .map(CommitId::new);
            } else if (field.startsWith(BRANCH)) {
                branch =
                        Optional.of(field.substring(BRANCH.length()))
                                .filter(name -> !name.equals("(detached)"))
                                .map(BranchName::new);
            } else if (!field.startsWith("#")) {
                entries.add(entry(field));
            }
        }
        return new Status(Heads.of(branch, commit), List.copyOf(entries));
    }

    private static Entry entry(String field) {
        return switch (field.charAt(0)) {
            case '1' -> {
                String[] parts = field.split(" ", 9);
                yield new Tracked(
                        parts[8],
                        parts[1],
                        new TreeEntry(parts[3], parts[6]),
                        new TreeEntry(parts[4], parts[7]),
                        parts[5]);
            }
            case 'u' -> {
                String[] parts = field.split(" ", 11);
                yield new Unmerged(parts[10], new TreeEntry(parts[4], parts[8]), parts[6]);
            }
            case '?' -> new Untracked(field.substring(2));
            default -> throw new GitException("git status answered '" + field + "'");
        };
    }
}
