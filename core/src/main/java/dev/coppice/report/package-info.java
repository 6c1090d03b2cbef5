/// What people and programs are shown of a job, derived from its events alone. [JobView] is the door:
/// one fold makes it, and timeline, analytics, provenance and every text here are functions of it.
///
/// Absent: no clock is read (the caller says what time it is and in which zone), no file is opened,
/// nothing decides what happens next.
@NullMarked
package dev.coppice.report;

import org.jspecify.annotations.NullMarked;
