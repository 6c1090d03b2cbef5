/// A job's folder on disk: where its files are, and the writing of its reports and logs from what
/// the events came to. [JobFolder] says where, [ReportFiles] and [JobLogs] write, [Secrets] masks.
///
/// Absent: nothing here starts a process, knows git, or changes a job. The folder is a copy for
/// people; deleting it loses no event.
@NullMarked
package dev.coppice.folder;

import org.jspecify.annotations.NullMarked;
