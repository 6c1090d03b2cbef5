/// The loop that drives jobs, and the ports through which it touches the world: the log of events and
/// the dispatch of attempts. It reads no clock but the one it is given and opens no file.
@NullMarked
package dev.coppice.engine;

import org.jspecify.annotations.NullMarked;
