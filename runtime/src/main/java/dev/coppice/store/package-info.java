/// The histories of all jobs in a file: the event log on SQLite, the hash chain that shows later
/// changes, and the on-disk form of every event ever written. [Stores] is the door.
///
/// Absent: this room decides nothing and knows no job's state; it reads no clock but to name a copy
/// made before a migration, and events are told from one another only where they become JSON.
@NullMarked
package dev.coppice.store;

import org.jspecify.annotations.NullMarked;
