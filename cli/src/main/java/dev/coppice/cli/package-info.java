/// The program `coppice`: a file a command, each a few lines over [dev.coppice.runtime.Coppice], and the
/// ways of printing. Commands translate and delegate; what a job does is decided further in. Nothing here
/// knows SQL, git's words or how an agent is started.
@NullMarked
package dev.coppice.cli;

import org.jspecify.annotations.NullMarked;
