/// Where the rooms are put together, by hand: [Coppice] is what the command line, and later the server and
/// the library, open. Nothing below this room knows it.
@NullMarked
package dev.coppice.runtime;

import org.jspecify.annotations.NullMarked;
