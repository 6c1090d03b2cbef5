package dev.coppice.git;

/// What a tree or the index holds at a path.
///
/// @param mode git's six octal digits
/// @param object the full id of the content
public record TreeEntry(String mode, String object) {
    private static final String ABSENT = "000000";

    /// What stands for nothing at all.
    static TreeEntry absent(String idOfThisRepository) {
        return new TreeEntry(ABSENT, ObjectIds.noneLike(idOfThisRepository));
    }

    /// Whether there is nothing at the path.
    public boolean isAbsent() {
        return mode.equals(ABSENT);
    }

    /// Whether it is a file with content, executable or not: no link, no submodule.
    public boolean isFile() {
        return mode.startsWith("100");
    }

    /// Whether it is a link to a commit of another repository: a submodule, or a nested repository.
    public boolean isRepository() {
        return mode.equals("160000");
    }

    /// The line for `update-index -z --index-info` that puts it at `path`, or takes away what is there.
    String indexInfo(String path) {
        return mode + " " + object + "\t" + path + "\0";
    }
}
