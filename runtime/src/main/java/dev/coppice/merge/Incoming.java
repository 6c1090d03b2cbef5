package dev.coppice.merge;

import dev.coppice.git.CommitMessage;
import dev.coppice.model.CommitId;
import java.util.List;

/// One head that is to be joined.
///
/// @param label what it is called in messages and answers; its branch's name also serves in conflict markers
/// @param commit the head
/// @param title what it is about, for the first line of the merge's message
/// @param trailers the last lines of that message
public record Incoming(
        String label, CommitId commit, String title, List<CommitMessage.Trailer> trailers) {

    public Incoming {
        trailers = List.copyOf(trailers);
    }

    CommitMessage message() {
        return new CommitMessage(
                "Merge " + label + ": " + title.lines().findFirst().orElse(""), trailers);
    }
}
