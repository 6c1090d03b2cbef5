package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.List;

/// A commit that is to be written.
public record CommitDraft(
        TreeId tree, List<CommitId> parents, Authorship authorship, CommitMessage message) {

    public CommitDraft {
        parents = List.copyOf(parents);
    }

    /// The commit object as git stores it.
    String object() {
        StringBuilder object = new StringBuilder("tree ").append(tree).append('\n');
        parents.forEach(parent -> object.append("parent ").append(parent).append('\n'));
        return object.append(authorship.authorLine())
                .append('\n')
                .append(authorship.committerLine())
                .append("\n\n")
                .append(message)
                .toString();
    }
}
