/// Tests of what the command line does by itself, without a job.
@NullMarked
package dev.coppice.cli;

import org.jspecify.annotations.NullMarked;
