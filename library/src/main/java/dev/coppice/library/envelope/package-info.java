/// The words of documents 000 and 001: worktrees, virtual environments, envelopes and their results, over the one
/// engine. Knows neither of the other two families of the library.
@org.jspecify.annotations.NullMarked
package dev.coppice.library.envelope;
