/// How Coppice is to run here: [Configuration] reads `coppice.yaml`, the user's own file, the
/// environment and the flags, the later of which wins, and tells all that is wrong in them at once.
///
/// Absent: nothing here starts a process, asks git, or keeps state. What depends on the world (the
/// environment, what git tracks) is passed in by [Sources]; every key, its form and its default
/// stand in one table, `Keys`, from which [Template] is made.
@NullMarked
package dev.coppice.config;

import org.jspecify.annotations.NullMarked;
