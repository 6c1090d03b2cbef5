package dev.coppice.merge;

import dev.coppice.git.Authorship;
import dev.coppice.git.Checkout;
import dev.coppice.model.CommitId;
import java.util.List;

/// Which heads are to be joined onto what.
///
/// @param checkout the checkout whose attributes (`.gitattributes`) count
/// @param onto where it begins; it becomes the first parent of the first merge
/// @param incoming the heads, merged in this order
/// @param policy what happens to conflicts
/// @param authorship of the merge commits
public record JoinOrder(
        Checkout checkout,
        CommitId onto,
        List<Incoming> incoming,
        ConflictPolicy policy,
        Authorship authorship) {

    public JoinOrder {
        incoming = List.copyOf(incoming);
    }
}
