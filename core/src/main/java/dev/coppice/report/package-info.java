@NullMarked
package dev.coppice.report;

import org.jspecify.annotations.NullMarked;
