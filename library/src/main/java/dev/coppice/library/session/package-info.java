/// The words of document 002: sessions, agent processes and the patterns that run them, over the one engine. What runs
/// together is a [Round], a job of the engine; every pattern, built in or a user's own, is made of rounds. Nothing here
/// starts a process, keeps a limit or stores a state. Knows neither of the other two families of the library.
@org.jspecify.annotations.NullMarked
package dev.coppice.library.session;
