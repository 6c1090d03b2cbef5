package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Takes excluded paths out of commits that an agent made itself.
final class Cleansing {
    private final Git git;
    private final Checkout checkout;

    Cleansing(Git git, Checkout checkout) {
        this.git = git;
        this.checkout = checkout;
    }

    /// The commits from `base` to `head` as they would be if no excluded path had been touched in them: each is
    /// written anew, with its author, date and message, and with those paths as `base` has them. Gives `head` itself
    /// if none of them touched one.
    CommitId without(Exclusions exclusions, CommitId base, CommitId head) {
        if (exclusions.isEmpty() || head.equals(base)) {
            return head;
        }
        boolean isTouched =
                !checkout.call("rev-list", "--max-count=1", "--full-history")
                        .with(base + ".." + head, "--")
                        .with(exclusions.pathspecs())
                        .done()
                        .lines()
                        .isEmpty();
        return isTouched ? rewritten(exclusions, base, head) : head;
    }

    private CommitId rewritten(Exclusions exclusions, CommitId base, CommitId head) {
        SequencedMap<CommitId, List<CommitId>> commits = git.commits().above(List.of(head), base);
        Map<CommitId, CommitId> anew = new HashMap<>();
        try (ScratchIndex index = ScratchIndex.empty(git)) {
            for (CommitId commit : commits.sequencedKeySet().reversed()) {
                call(index, "read-tree").with(commit).done();
                call(index, "reset", "--quiet", "--no-refresh")
                        .with(base, "--")
                        .with(exclusions.pathspecs())
                        .done();
                String tree = call(index, "write-tree").done().text();
                anew.put(commit, git.commits().writeObject(rewritten(commit, tree, anew)));
            }
        }
        return anew.getOrDefault(head, head);
    }

    private GitCall call(ScratchIndex index, String... arguments) {
        return checkout.call(arguments).variable("GIT_INDEX_FILE", index.file());
    }

    /// The commit object with another tree and other parents, and without a signature, which no longer fits.
    private byte[] rewritten(CommitId commit, String tree, Map<CommitId, CommitId> anew) {
        // one character a byte, so that what is in any encoding comes out as it went in
        String object =
                new String(
                        git.call("cat-file", "commit").with(commit).done().output(),
                        StandardCharsets.ISO_8859_1);
        int endOfHeader = object.indexOf("\n\n");
        StringBuilder text = new StringBuilder();
        boolean isSignature = false;
        for (String line : object.substring(0, endOfHeader).split("\n", -1)) {
            isSignature = line.startsWith("gpgsig") || (isSignature && line.startsWith(" "));
            if (isSignature) {
                continue;
            }
            if (line.startsWith("tree ")) {
                line = "tree " + tree;
            } else if (line.startsWith("parent ")) {
                CommitId parent = new CommitId(line.substring("parent ".length()));
                line = "parent " + anew.getOrDefault(parent, parent);
            }
            text.append(line).append('\n');
        }
        return text.append(object.substring(endOfHeader + 1))
                .toString()
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
