package dev.coppice.store;

/// What checking the chain of a job's events came to.
///
/// An event's hash is the SHA-256, in hexadecimal digits, of this text in UTF-8:
/// ```
/// {"job":"…","sequence":2,"at":"…","previous":"…","event":{…}}
/// ```
/// where `previous` is the hash of the event before (for the first one 64 zeros) and `event` the
/// stored JSON as it stands. So whoever changes, removes, inserts or moves an event must change all
/// hashes after it; whoever has kept a later hash sees that too.
public sealed interface Chain {
    /// Every event is as it was stored.
    ///
    /// @param lastHash of the last event: who keeps it can prove later that nothing was rewritten
    record Verified(long count, String lastHash) implements Chain {}

    /// The chain holds up to the event before `sequence`.
    ///
    /// @param what what doesn't fit there, for people
    record Broken(long sequence, String what) implements Chain {}
}
