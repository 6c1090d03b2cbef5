/// Who may call the server: keys with a scope, kept hashed, the key that a server on loopback makes for its
/// own user, and workers with the tokens of their attempts. [Access] is the one place where a secret becomes a [Caller].
///
/// Absent: nothing here knows HTTP, a job's state, or what a call is about; and no key is kept where it could be
/// read back, but for the loopback key in a file of its owner's.
@org.jspecify.annotations.NullMarked
package dev.coppice.server.access;
