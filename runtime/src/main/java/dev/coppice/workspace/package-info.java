@NullMarked
package dev.coppice.workspace;

import org.jspecify.annotations.NullMarked;
