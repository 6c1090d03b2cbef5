/// The words of document 002: sessions, agent processes and the patterns that run them, over the one engine. Knows
/// neither of the other two families of the library.
@org.jspecify.annotations.NullMarked
package dev.coppice.library.session;
