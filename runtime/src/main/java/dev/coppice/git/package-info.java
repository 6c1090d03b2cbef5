@NullMarked
package dev.coppice.git;

import org.jspecify.annotations.NullMarked;
